"""The page of those who get the letter; readers see on it what applies to themselves."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lagesbild.base import clock, privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, invalid
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.recipients import COORDINATORS, ListName, Recipient
from lagesbild.digests.service import recipients as service
from lagesbild.incidents.web.shapes import nothing
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor

bp = Blueprint("digest_recipients", __name__)

Store = Callable[[Session, Actor], None]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
NEW, FORMS = "ny", "former"  # which form of the page was sent; else the id of a recipient
DONE = ("ny", "sista-dag", "kvar", "former")


class RecipientForm(BaseModel):
    """Somebody to put on a list."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")

    id: UUID
    list: ListName
    mail: str = ""
    title: str = ""
    starts_on: date
    ends_on: Annotated[date | None, BeforeValidator(nothing)] = None

    def recipient(self) -> Recipient:
        """Return the same in the words of the domain."""
        return Recipient(self.id, self.list, self.mail, self.title, self.starts_on, self.ends_on)


class EndForm(BaseModel):
    """Somebody's last day on a list."""

    model_config = ConfigDict(extra="ignore")

    ends_on: date
    version: Version


class KeepForm(BaseModel):
    """Which version of a recipient somebody has seen."""

    model_config = ConfigDict(extra="ignore")

    version: Version


@bp.get("/utskick/mottagare")
def page() -> ResponseReturnValue:
    """Show who gets the letter, and the next one; to readers what applies to themselves."""
    actor = current_actor()
    return _page(actor) if actor.may(Permission.READ_DIGEST) else _own(actor)


def _own(actor: Actor) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        found = service.own(session, actor, now=clock.now())
    return render_template("digests/recipients_own.html", own=found, full=Form.FULL)


def _page(
    actor: Actor, error: InvalidError | ConflictError | None = None, wrong: str = ""
) -> ResponseReturnValue:
    now = clock.now()
    today = now.astimezone(STOCKHOLM).date()
    with reading(actor.gate) as session:
        found = service.overview(session, actor, now=now)
    usual = {"id": str(new_id()), "list": ListName.CHAIR, "starts_on": today.isoformat()}
    sent = {name: privacy.redacted(text) for name, text in request.form.items()} if error else {}
    page = render_template(
        "digests/recipients.html",
        found=found,
        lists=list(ListName),
        named_lists=[(name.value, name.text) for name in ListName],
        list_text={name.value: name.text for name in ListName},
        forms=list(Form),
        copies=COORDINATORS,
        today=today,
        values=usual | (sent if wrong == NEW else {}),
        sent=sent,
        error=error,
        wrong=wrong,
        done=done if (done := request.args.get("klart", "")) in DONE and not error else "",
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/utskick/mottagare")
def add() -> ResponseReturnValue:
    """Put somebody on a list; the id in the form makes a double click one recipient."""

    def store(session: Session, actor: Actor) -> None:
        new = RecipientForm.model_validate(request.form.to_dict()).recipient()
        service.add(session, actor, new, now=clock.now())

    return _stored(store, NEW, "ny")


@bp.post("/utskick/mottagare/<uuid:id_>/sista-dag")
def end(id_: UUID) -> ResponseReturnValue:
    """Let a day be somebody's last one on their list."""

    def store(session: Session, actor: Actor) -> None:
        form = EndForm.model_validate(request.form.to_dict())
        service.end(session, actor, id_, form.ends_on, version=form.version, now=clock.now())

    return _stored(store, str(id_), "sista-dag")


@bp.post("/utskick/mottagare/<uuid:id_>/kvar")
def keep(id_: UUID) -> ResponseReturnValue:
    """Take back that somebody leaves their list."""

    def store(session: Session, actor: Actor) -> None:
        version = KeepForm.model_validate(request.form.to_dict()).version
        service.keep(session, actor, id_, version=version, now=clock.now())

    return _stored(store, str(id_), "kvar")


@bp.post("/utskick/mottagare/former")
def settle_forms() -> ResponseReturnValue:
    """Settle how much of the letter each list gets; `was-…` is what the form was drawn with."""

    def store(session: Session, actor: Actor) -> None:
        sent = request.form
        wanted = {n: _form(sent[f"form-{n}"]) for n in ListName if f"form-{n}" in sent}
        seen = {n: _form(sent[f"was-{n}"]) for n in ListName if f"was-{n}" in sent}
        service.set_forms(session, actor, wanted, seen=seen, now=clock.now())

    return _stored(store, FORMS, "former")


def _form(text: str) -> Form:
    if text not in set(Form):
        raise InvalidError("form", "Välj ett av sätten i listan.")
    return Form(text)


def _stored(store: Store, wrong: str, done: str) -> ResponseReturnValue:
    """Store and go back to the page, or show what was refused in the form that it was sent by."""
    actor = current_actor()
    try:
        with transaction(actor.gate) as session:
            store(session, actor)
    except ValidationError as error:
        return _page(actor, invalid(error), wrong)
    except (InvalidError, ConflictError) as error:
        return _page(actor, error, wrong)
    return redirect(url_for(".page", klart=done), code=303)
