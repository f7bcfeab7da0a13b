"""The page of a letter for those who write and approve it, and the letter in each of its forms."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import moment_text
from lagesbild.base.db import new_id, reading
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.outbox import STATE_TEXT, State
from lagesbild.base.web import STATUS
from lagesbild.digests.rules import Delivery, Form, Kind, Letter, Run, RunState, What
from lagesbild.digests.rules.checks import Check, Level
from lagesbild.digests.rules.editing import Changed, difference
from lagesbild.digests.rules.recipients import COORDINATORS, Addressed, ListName
from lagesbild.digests.rules.saying import FAILED, event_text, is_late, minutes_left
from lagesbild.digests.service import approving, composing, looking, showing
from lagesbild.digests.service.composing import Composed
from lagesbild.digests.service.delivering import LATE_NOTE, MEMBERS
from lagesbild.digests.service.drafting import NO_LETTER
from lagesbild.digests.service.looking import Whole
from lagesbild.digests.service.showing import Around
from lagesbild.digests.web.choosing import address_of, period_of, run_of
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

LISTS = {name.value: name.text for name in ListName}
LISTS |= {COORDINATORS: "Kopia till samordnare", MEMBERS: "Gruppen"}
WAYS = ("epost", "telefon", "text")  # in which a letter is shown on its page
DONE = {
    "godkant": "Brevet är godkänt.",
    "tillbaka": "Godkännandet är tillbakataget. Brevet är ett utkast igen.",
    "andrat": "Texten är sparad. Så här ser brevet ut nu.",
    "skickas": "Brevet är lämnat för att skickas. Det går inom en minut.",
    "igen": "Brevet skickas en gång till till den adressen, inom en minut.",
    "struket": "Brevet är struket och skickas inte.",
    "test": "Testbrevet är på väg till dig, inom en minut. Ingen annan får det.",
    "rattelse": "Det här är utkastet till rättelsen. Skriv vad som är rättat.",
}
Error = InvalidError | ConflictError | NotAllowedError


@dataclass(frozen=True)
class Shown:
    """A letter on its page: what stands around it, and as it would leave while it may change."""

    around: Around
    composed: Composed | None
    refusal: str

    @property
    def letter(self) -> Letter | None:
        """The whole letter; none where nothing is written yet."""
        return letter_of(self.around.whole, self.composed, Form.FULL)


def letter_of(whole: Whole, composed: Composed | None, form: Form) -> Letter | None:
    """Return a letter in one of its forms: as it would leave, or as it was approved."""
    known = composed.letters if composed else whole.letters
    return known.get(form) or known.get(Form.FULL)


def page(actor: Actor, week: str, error: Error | None = None) -> ResponseReturnValue:
    """Show the letter of a week as it is sent, with all that is to be done about it."""
    with reading(actor.gate) as session:
        run = run_of(session, actor, week)
    if run is None:
        return _lacking(actor, week)
    shown = _shown(actor, run)
    body = render_template("digests/one.html", **_words(actor, shown, error))
    return make_response(body, STATUS[type(error)] if error else 200)


def _lacking(actor: Actor, week: str) -> ResponseReturnValue:
    """Say what has to be done before there is a letter."""
    period = period_of(actor, week)
    with reading(actor.gate) as session:
        found = showing.lacking(session, actor, period)
    if period.start > clock.now():
        raise NotFoundError(NO_LETTER)
    return render_template(
        "digests/one_lacking.html",
        period=period,
        due=found.due,
        is_fixed=found.is_fixed,
        is_past=found.due.at <= clock.now(),
    )


def _shown(actor: Actor, run: Run) -> Shown:
    now, sender = clock.now(), current_app.config["MAIL_FROM"]
    with reading(actor.gate) as session:
        around = showing.around(session, actor, run.id, sender=sender, now=now)
    composed = _as_it_would_leave(actor, around.whole)
    clean = composed is not None and composed.is_clean
    with reading(actor.gate) as session:
        refusal = approving.refusal(session, actor, around.draft.author, clean=clean)
    return Shown(around, composed, refusal)


def _as_it_would_leave(actor: Actor, whole: Whole) -> Composed | None:
    """Return a letter put together anew; None where it is approved, or no letter but a notice.

    One that was held before there were approvals was written then, and still has to be approved.
    """
    run = whole.run
    if (whole.letters and not run.is_open) or not run.kind.is_letter:
        return None
    base_url = current_app.config["BASE_URL"]
    return composing.composed(actor, run.id, base_url=base_url, now=clock.now())


def _words(actor: Actor, shown: Shown, error: Error | None) -> dict[str, Any]:
    around, now = shown.around, clock.now()
    run, deliveries = around.whole.run, around.whole.deliveries
    way = request.args.get("som", WAYS[0])
    form = form_asked_for()
    done = "" if error else request.args.get("klart", "")
    mails = {each.id: each.recipient for each in deliveries}
    period = period_of(actor, run.week)
    return _CONSTANTS | {
        "period": period,
        "before": period.previous(),
        "after": period.previous(-1) if period.end <= now else None,
        "run": run,
        "shown": shown,
        "around": around,
        "letter": letter_of(around.whole, shown.composed, form),
        "form": form,
        "way": way if way in WAYS else WAYS[0],
        "which": address_of(run.kind, run.version),
        "address_of": address_of,
        "checks": _worst_first(shown.composed),
        "changed": _by_part(around),
        "events": [(each, event_text(each, mails)) for each in reversed(around.whole.events)],
        "counts": Counter(each.list for each in _places(around)),
        "again": {each.resend_of for each in deliveries},
        "minutes": minutes_left(run, now),
        "is_late": is_late(run, now),
        "is_due": run.due_at <= now,
        "is_newest": _is_newest(run, [row.run for row in around.others]),
        "late_note": LATE_NOTE.format(moment_text(run.due_at)) if _is_noted(run) else "",
        "why_not": next(
            (e.detail for e in reversed(around.whole.events) if e.what is What.DROPPED), ""
        ),
        "own": around.organisations.get(actor.organisation_id) if actor.organisation_id else "",
        "test_id": new_id(),
        "done": DONE.get(done, ""),
        "error": error,
    }


_CONSTANTS: dict[str, Any] = {
    "LISTS": LISTS,
    "STATE_TEXT": STATE_TEXT,
    "FAILED": FAILED,
    "Kind": Kind,
    "RunState": RunState,
    "State": State,
}


def _is_newest(run: Run, others: Sequence[Run]) -> bool:
    """Whether no later version waits or has left; one that is struck counts for nothing."""
    alive = (each for each in others if each.state is not RunState.DROPPED)
    return all(each.version <= run.version for each in alive if each.kind is run.kind)


def _places(around: Around) -> Sequence[Addressed | Delivery]:
    """Return where a letter has gone, each address once; where it would go before that."""
    gone = [each for each in around.whole.deliveries if each.resend_of is None]
    return gone or around.addressed


def _worst_first(composed: Composed | None) -> list[Check]:
    order = list(Level)
    return sorted(composed.checks if composed else [], key=lambda check: order.index(check.level))


def _by_part(around: Around) -> list[tuple[str, list[Changed]]]:
    """Return what somebody has changed since the first draft, part by part."""
    found = difference(around.draft.first, around.draft.latest)
    return [(part, list(lines)) for part, lines in groupby(found, key=lambda each: each.part)]


def _is_noted(run: Run) -> bool:
    is_noted = run.late and not run.says_late
    return run.kind.is_letter and is_noted and run.state is RunState.RELEASED


def file_of(week: str) -> tuple[Letter, Run]:
    """Return the letter that a request asks for, in the form that it asks for."""
    actor = current_actor()
    with reading(actor.gate) as session:
        run = run_of(session, actor, week)
        if run is None:
            raise NotFoundError(NO_LETTER)
        whole = looking.run(session, actor, run.id)
    found = letter_of(whole, _as_it_would_leave(actor, whole), form_asked_for())
    if found is None:
        raise NotFoundError(NO_LETTER)
    return found, run


def form_asked_for() -> Form:
    """Return how much of a letter a request is about."""
    return next((form for form in Form if form == request.args.get("form")), Form.FULL)
