"""Asking another organisation for input, and answering."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import Session, new_id, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.incidents.rules.inquiries import Asking
from lagesbild.incidents.service import inquiries as service
from lagesbild.incidents.web import filters, lists
from lagesbild.incidents.web.forms import version_of
from lagesbild.incidents.web.pages import show
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor

bp = Blueprint("asking", __name__)


@bp.post("/handelser/underlag")
def ask() -> ResponseReturnValue:
    """Ask another organisation; the id in the form makes a double click one question."""

    def store(session: Session, actor: Actor) -> None:
        asking = Asking(
            request.form.get("id", type=UUID) or new_id(),
            request.form.get("asked", ""),
            request.form.get("question", ""),
            request.form.get("about") or None,
            confirmed="confirmed" in request.form,
        )
        service.ask(session, actor, asking, now=clock.now())

    return _done(store, "")


@bp.post("/handelser/underlag/<uuid:id_>/svar")
def answer(id_: UUID) -> ResponseReturnValue:
    """Answer a question in a sentence."""

    def store(session: Session, actor: Actor) -> None:
        service.answer(
            session,
            actor,
            id_,
            text=request.form.get("answer", ""),
            version=version_of(request.form.get("version", "")) or 0,
            confirmed="confirmed" in request.form,
            now=clock.now(),
        )

    return _done(store, str(id_))


@bp.post("/handelser/underlag/<uuid:id_>/ta-tillbaka")
def take_back(id_: UUID) -> ResponseReturnValue:
    """Take back a question of the own organisation."""

    def store(session: Session, actor: Actor) -> None:
        service.take_back(session, actor, id_, now=clock.now())

    return _done(store, str(id_))


def _done(store: Callable[[Session, Actor], None], inquiry: str) -> ResponseReturnValue:
    """Store and go back to where it was said, or show that again with what was written."""
    actor = current_actor()
    about = request.form.get("about", "")
    about = about if filters.REFERENCE.fullmatch(about) else ""
    try:
        with transaction(actor.gate) as session:
            store(session, actor)
    except (InvalidError, ConflictError) as error:
        written = request.form.to_dict() | {"inquiry": inquiry}
        if about:
            return show(actor, about, error=error, written=written)
        page = lists.new if actor.may(Permission.REVIEW_INCIDENTS) else lists.every
        return page(actor, error=error, written=written)
    return redirect(_back(actor, about), code=303)


def _back(actor: Actor, about: str) -> str:
    if about:
        return url_for("incidents.one", name=about, _anchor="underlag")
    status = filters.NEW if actor.may(Permission.REVIEW_INCIDENTS) else None
    return url_for("incidents.listing", status=status, _anchor="underlag")
