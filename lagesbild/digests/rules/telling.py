"""What those who write and approve a letter are told while it waits, and when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lagesbild.base.clock import Period, moment_text
from lagesbild.base.outbox import STATE_TEXT
from lagesbild.digests.rules import (
    REMINDED,
    SILENCE,
    Delivery,
    Kind,
    Letter,
    Run,
    is_too_late,
    page_of,
)
from lagesbild.digests.rules.silence import named
from lagesbild.people.rules import Group

EXTRA_FROM = 1000  # the versions of reminders of extra letters stand apart from those of letters


@dataclass(frozen=True)
class Waited:
    """A letter that is due, and how far it has come; `run` is None where it is not drafted.

    `waits` means that a mail server has not yet taken it for everybody, long after it left.
    """

    period: Period
    due_at: datetime
    run: Run | None
    waits: bool = False

    @property
    def is_approved(self) -> bool:
        """Whether it may leave."""
        return self.run is not None and self.run.approved_at is not None

    @property
    def has_left(self) -> bool:
        """Whether it has been put in the outbox."""
        return self.run is not None and self.run.released_at is not None


def passed(due_at: datetime, now: datetime) -> list[Kind]:
    """Return of what the moment has passed, or is now, for a letter that nobody has approved."""
    due, found = due_at.astimezone(UTC), []
    if due - REMINDED <= now:
        found.append(Kind.REMINDER)
    if due <= now:
        found += [Kind.ESCALATION, Kind.DELAYED]
    if due + SILENCE <= now:
        found.append(Kind.ALARM)
    return found


def wanted(waited: Waited, known: Collection[Kind], now: datetime) -> list[Kind]:
    """Return what there is to tell of a letter at a moment, but for the kinds that are known."""
    due, found = waited.due_at.astimezone(UTC), passed(waited.due_at, now)
    if waited.is_approved or is_too_late(due, now):
        found = [kind for kind in found if kind is Kind.ALARM]
    elif due <= now:
        found.remove(Kind.REMINDER)
    if waited.has_left and not waited.waits:
        found = [kind for kind in found if kind is not Kind.ALARM]
    return [kind for kind in found if kind not in known]


def wanted_of(run: Run, now: datetime) -> list[Kind]:
    """Return what there is to tell of a draft without a set time; an extra letter cannot wait."""
    if run.kind is Kind.EXTRA and now - run.made_at >= REMINDED:
        return [Kind.REMINDER, Kind.ESCALATION]
    return [Kind.REMINDER]


def reminder(group: Group, waited: Waited, base_url: str) -> Letter:
    """Return what is told an hour before."""
    at = moment_text(waited.due_at)
    return _letter(
        f"Brevet för v. {waited.period.week} väntar på att godkännas",
        f"Brevet till {group.letter_to} går {at}, om det är godkänt. {_state(waited)}",
        "Går det inte i tid får mottagarna ett kort besked om att det dröjer, och inget annat.",
        _page(group, waited.period, base_url),
    )


def reminder_of(group: Group, run: Run, period: Period, base_url: str) -> Letter:
    """Return what is told when an extra letter or a correction has been drafted, and waits."""
    what, state = (
        ("Ett extra brev", "är påbörjat och går så snart det är skrivet och godkänt.")
        if run.kind is Kind.EXTRA
        else (
            f"En rättelse av brevet för v. {period.week}",
            "är skriven och går så snart den är godkänd.",
        )
    )
    return _letter(
        f"{what} väntar på att godkännas",
        f"{what} till {group.letter_to} {state}",
        "",
        _page(group, period, base_url),
    )


def escalation(group: Group, waited: Waited, base_url: str, *, is_told: bool) -> Letter:
    """Return what is told, to deputies too, when the letter was due and is not approved.

    `is_told` means that the readers have heard that it is delayed.
    """
    told = "Mottagarna har fått besked om att det dröjer. " if is_told else ""
    return _letter(
        f"Brevet för v. {waited.period.week} är inte godkänt",
        f"Brevet till {group.letter_to} skulle ha gått {moment_text(waited.due_at)}."
        f" {_state(waited)}",
        f"{told}Du kan godkänna det, även som ersättare.",
        _page(group, waited.period, base_url),
    )


def alarm(group: Group, waited: Waited, base_url: str) -> Letter:
    """Return what is told, by another way, when a letter is two hours late and has not left."""
    state = "Det är godkänt men har inte skickats." if waited.is_approved else _state(waited)
    if waited.has_left:
        state = "Det är lämnat för att skickas, men mejlservern har inte tagit emot det till alla."
    return _letter(
        f"Larm: brevet för v. {waited.period.week} har inte gått",
        f"Brevet till {group.letter_to} skulle ha gått {moment_text(waited.due_at)}. {state}",
        "Det här larmet går en annan väg än breven, där en sådan är inställd.",
        _page(group, waited.period, base_url),
    )


def missed(
    group: Group, run: Run, period: Period, failed: Sequence[Delivery], base_url: str
) -> Letter:
    """Return what is told when a mailing has not reached an address, or perhaps not."""
    where = "\n".join(f"{d.recipient}: {STATE_TEXT[d.state]}. {d.answer}" for d in failed)
    return _letter(
        f"{named(run.kind, run.week, run.version)} nådde inte alla",
        f"Mejlservern har inte bekräftat att det kom fram till:\n{where}",
        "Det skickas inte igen av sig självt. På brevets sida skickar du det en gång till,"
        " en adress i taget.",
        _page(group, period, base_url),
    )


def _state(waited: Waited) -> str:
    if waited.run is None:
        return "Lägesbilden är inte fastställd, så det finns inget utkast än."
    return "Utkastet är skrivet men inte godkänt."


def _page(group: Group, period: Period, base_url: str) -> str:
    return f"{page_of(group, base_url)}/utskick/{period.name}"


def _letter(subject: str, first: str, second: str, address: str) -> Letter:
    text = "\n\n".join(filter(None, (first, second, f"Öppna brevet efter inloggning:\n{address}")))
    return Letter(subject, "", f"{text}\n", None)
