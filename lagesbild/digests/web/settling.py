"""The settings of the letter: how it is approved, when it goes, and who signs it."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Annotated
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lagesbild.base import clock, privacy
from lagesbild.base.db import Session, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, invalid
from lagesbild.digests.rules.schedule import Duty, Rule, Schedule, seen
from lagesbild.digests.service import settling as service
from lagesbild.digests.service.settling import Settled
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

bp = Blueprint("digest_settling", __name__)

Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
LETTER, SIGNERS = "brevet", "personer"  # which form of the page was sent
LABELS = {
    "rule": "Vem som godkänner",
    "letter_time": "Brevet går",
    "sender": "Avsändare",
    "role": "Från",
    "contact": "Kontakt",
    "reply_to": "Svar går till",
    "record": "Diarienummer",
    "attach_pdf": "PDF",
}


class LetterForm(BaseModel):
    """What a group settles about its letter. `group_version`: that of the letter's time."""

    model_config = ConfigDict(extra="ignore")

    rule: Rule
    letter_time: time
    sender: str = ""
    role: str = ""
    contact: str = ""
    reply_to: str = ""
    record: str = ""
    attach_pdf: bool = False
    version: Version
    group_version: Version

    def settled(self) -> Settled:
        """Return the same in the words of the domain."""
        plan = Schedule(
            self.rule,
            self.sender,
            self.role,
            self.contact,
            self.reply_to,
            self.record,
            self.attach_pdf,
            self.version,
        )
        return Settled(plan, self.letter_time.replace(tzinfo=None), self.group_version)


@bp.get("/utskick/installningar")
def page() -> ResponseReturnValue:
    """Show how the letter is approved and sent, to be changed by a coordinator."""
    return _page(current_actor())


def _page(
    actor: Actor, error: InvalidError | ConflictError | None = None, wrong: str = ""
) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        found = service.settled(session, actor)
        signers = service.signers(session, actor)
        missing = service.approvers_missing(session, actor)
    stored = _values(found)
    differs: list[tuple[str, str]] = []
    if error and wrong == LETTER:
        written = {name: privacy.redacted(text) for name, text in request.form.items()}
        if error_is_stale := isinstance(error, ConflictError):
            spoken = stored | _spoken(found.schedule)
            differs = [
                (label, spoken[name] or "inget")
                for name, label in LABELS.items()
                if written.get(name, "").strip() != stored[name]
            ]
        versions = {n: stored[n] for n in ("version", "group_version") if error_is_stale}
        stored = stored | {"attach_pdf": ""} | written | versions
    page = render_template(
        "digests/settings.html",
        values=stored,
        settled=found,
        signers=signers,
        seen=seen(signers),
        missing=missing,
        rules=list(Rule),
        duties=list(Duty),
        differs=differs,
        error=error,
        wrong=wrong,
        is_done=request.args.get("klart") == "ja" and error is None,
    )
    return page, STATUS[type(error)] if error else 200


def _values(found: Settled) -> dict[str, str]:
    """Return stored settings as the form shows them."""
    plan = found.schedule
    return {
        "rule": plan.rule,
        "letter_time": f"{found.letter_time:%H:%M}",
        "sender": plan.sender,
        "role": plan.role,
        "contact": plan.contact,
        "reply_to": plan.reply_to,
        "record": plan.record,
        "attach_pdf": "true" if plan.attach_pdf else "",
        "version": str(plan.version),
        "group_version": str(found.group_version),
    }


def _spoken(plan: Schedule) -> dict[str, str]:
    return {"rule": plan.rule.text, "attach_pdf": "bifogas" if plan.attach_pdf else "bifogas inte"}


@bp.post("/utskick/installningar")
def settle() -> ResponseReturnValue:
    """Settle how the letter is approved and sent."""

    def store(session: Session, actor: Actor) -> None:
        wanted = LetterForm.model_validate(request.form.to_dict()).settled()
        service.settle(session, actor, wanted, now=clock.now())

    return _stored(store, LETTER)


@bp.post("/utskick/installningar/personer")
def sign() -> ResponseReturnValue:
    """Settle who writes and approves: `person` names all that were shown, `duty` what is ticked."""

    def store(session: Session, actor: Actor) -> None:
        service.sign(session, actor, _duties(), seen=request.form.get("seen", ""), now=clock.now())

    return _stored(store, SIGNERS)


def _duties() -> Mapping[UUID, frozenset[Duty]]:
    """Read who was shown and what is ticked of them."""
    try:
        wanted: dict[UUID, set[Duty]] = {UUID(id_): set() for id_ in request.form.getlist("person")}
        for ticked in request.form.getlist("duty"):
            person, _, duty = ticked.partition(":")
            wanted[UUID(person)].add(Duty(duty))
    except (ValueError, KeyError) as error:
        raise InvalidError("duty", "Ladda om sidan och försök igen.") from error
    return {person: frozenset(found) for person, found in wanted.items()}


def _stored(store: Callable[[Session, Actor], None], wrong: str) -> ResponseReturnValue:
    actor = current_actor()
    require(actor, Permission.SETTLE_DIGEST)
    try:
        with transaction(actor.gate) as session:
            store(session, actor)
    except ValidationError as error:
        return _page(actor, invalid(error), wrong)
    except (InvalidError, ConflictError) as error:
        return _page(actor, error, wrong)
    return redirect(url_for(".page", klart="ja"), code=303)
