"""Who gets a group's letters: lists by role, with addresses that begin and end on a day."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM, Period, day_text
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.digests.rules import Form
from lagesbild.meetings.rules.series import check_text
from lagesbild.people.rules import Group

COORDINATORS = "samordnare"  # they get a copy of all that leaves
LONGEST_MAIL, LONGEST_TITLE = 254, 80  # the former from RFC 5321 4.5.3.1.3
FARTHEST = timedelta(days=5 * 366)
DAY = timedelta(days=1)
WEEKS_AHEAD = 20  # no summer is longer
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# What mail servers everywhere take: no quotes, no comments, no name beside it, ASCII alone.
_MAIL = re.compile(
    rf"(?=[^@]{{1,64}}@)[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*"
    rf"@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
)


class ListName(StrEnum):
    """The role for which somebody gets the letter."""

    CHAIR = "ordforande"
    PRESIDIUM = "presidium"
    COUNCIL = "rad"
    OWNERS = "huvudman"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _LIST[self]


_LIST = {
    ListName.CHAIR: "Ordförande",
    ListName.PRESIDIUM: "Presidium",
    ListName.COUNCIL: "Brottsförebyggande rådet",
    ListName.OWNERS: "Huvudmän",
}


@dataclass(frozen=True)
class Recipient:
    """An address on a list, from one day to another, both with it. `title` is a function."""

    id: UUID
    list: ListName
    mail: str
    title: str
    starts_on: date
    ends_on: date | None = None
    version: int = 1

    def is_on(self, day: date) -> bool:
        """Whether it stands on its list on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_over(self, day: date) -> bool:
        """Whether it has left its list before a day."""
        return self.ends_on is not None and self.ends_on < day

    def earliest_end(self, today: date) -> date:
        """Return the first day that may be its last one: yesterday, so that today's letter passes.

        The day before its first one means that it never gets any.
        """
        return max(today, self.starts_on) - DAY


class Addressed(NamedTuple):
    """An address that a letter goes to, in which form, and for which list."""

    mail: str
    form: Form
    list: str


class Standing(NamedTuple):
    """A recipient with the first and the last letter they get; no last one: for the time being."""

    recipient: Recipient
    first: Period
    last: Period | None

    @property
    def gets_none(self) -> bool:
        """Whether no letter goes between their days."""
        return self.last is not None and self.last < self.first


def check_address(field: str, text: str, called: str) -> str:
    """Return a mail address without the air around it, or raise `InvalidError`."""
    mail = text.strip()
    privacy.guard(field, mail, confirmed=True)
    if len(mail) > LONGEST_MAIL or not _MAIL.fullmatch(mail):
        raise InvalidError(
            field,
            f"{called} ska vara en enda adress, som ordforande@kommun.se, utan namn, mellanslag"
            " och å, ä eller ö.",
        )
    return mail


def checked(new: Recipient, known: Iterable[Recipient], today: date) -> Recipient:
    """Return what may be stored of somebody new, or raise `InvalidError`."""
    mail = check_address("mail", new.mail, "E-postadressen")
    title = check_text("title", new.title)
    if not title:
        raise InvalidError("title", "Skriv mottagarens funktion, till exempel Ordförande.")
    if len(title) > LONGEST_TITLE:
        raise InvalidError("title", f"Funktionen är för lång. Högst {LONGEST_TITLE} tecken.")
    if new.starts_on < today:
        raise InvalidError("starts_on", "Första dagen ligger före i dag. Välj i dag eller senare.")
    if new.starts_on > today + FARTHEST:
        raise InvalidError("starts_on", "Första dagen ligger långt fram. Kontrollera årtalet.")
    found = replace(new, mail=mail, title=title)
    if found.ends_on is not None and found.ends_on < found.starts_on:
        raise InvalidError("ends_on", "Sista dagen ligger före den första. Byt plats på dem.")
    _refuse_twice("mail", found, known)
    return found


def ended(found: Recipient, ends_on: date, today: date) -> Recipient:
    """Return a recipient with a last day, or raise where that is too late to say."""
    if found.is_over(today):
        raise ConflictError("Mottagaren har redan lämnat listan.", current=found)
    if ends_on < (first := found.earliest_end(today)):
        raise InvalidError("ends_on", f"Sista dagen kan vara tidigast {day_text(first)}.")
    if ends_on > today + FARTHEST:
        raise InvalidError("ends_on", "Sista dagen ligger långt fram. Kontrollera årtalet.")
    return replace(found, ends_on=ends_on)


def kept(found: Recipient, known: Iterable[Recipient], today: date) -> Recipient:
    """Return a recipient whose last day is taken back, while it has not passed."""
    if found.is_over(today):
        raise ConflictError(
            "Mottagaren har redan lämnat listan. Lägg till adressen på nytt.", current=found
        )
    open_ended = replace(found, ends_on=None)
    _refuse_twice("ends_on", open_ended, known)
    return open_ended


def _refuse_twice(field: str, new: Recipient, known: Iterable[Recipient]) -> None:
    for other in known:
        is_same = other.mail.lower() == new.mail.lower() and other.list is new.list
        if is_same and other.id != new.id and _overlap(other, new):
            raise InvalidError(
                field,
                f"Adressen står redan på listan {new.list.text} under de dagarna. Avsluta den"
                " först, eller välj andra dagar.",
            )


def _overlap(one: Recipient, other: Recipient) -> bool:
    ends = [r.ends_on for r in (one, other) if r.ends_on is not None]
    first = max(one.starts_on, other.starts_on)
    return not ends or first <= min(ends)


def around(day: date, group: Group) -> tuple[Period, Period, Period]:
    """Return periods of which one has the last letter up to a day, and one the first from it on.

    No letter goes before its period is over, nor after the next one is.
    """
    midnight = datetime.combine(day, time.min, STOCKHOLM)
    running = Period.of(midnight, weekday=group.meeting_weekday)
    return running.previous(2), running.previous(), running


def standing(recipient: Recipient, group: Group, days: Mapping[Period, date]) -> Standing:
    """Return which letters somebody gets; `days` says when each goes that is `around` theirs."""
    starts, ends = recipient.starts_on, recipient.ends_on
    first = min(p for p in around(starts, group) if days[p] >= starts)
    if ends is None:
        return Standing(recipient, first, None)
    return Standing(recipient, first, max(p for p in around(ends, group) if days[p] <= ends))


def addressed(
    recipients: Iterable[Recipient],
    forms: Mapping[ListName, Form],
    copies: Sequence[str],
    *,
    on: date,
) -> list[Addressed]:
    """Return where a letter goes on a day, each address once, in the fullest of its forms.

    `copies` are the coordinators' addresses; a list without a form of its own gets all of it.
    """
    wanted = [
        Addressed(r.mail, forms.get(r.list, Form.FULL), r.list)
        for r in sorted(recipients, key=lambda r: list(ListName).index(r.list))
        if r.is_on(on)
    ]
    wanted += [Addressed(mail, Form.FULL, COORDINATORS) for mail in copies]
    found: dict[str, Addressed] = {}
    for one in wanted:
        before = found.get(one.mail.lower())
        if before is None:
            found[one.mail.lower()] = one
        elif _fullness(one.form) < _fullness(before.form):
            found[one.mail.lower()] = before._replace(form=one.form)
    return list(found.values())


def _fullness(form: Form) -> int:
    return list(Form).index(form)
