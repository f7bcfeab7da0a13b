"""Going through what is new, and taking that back."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.service import intake
from lagesbild.incidents.web import filters
from lagesbild.incidents.web.lists import moment
from lagesbild.people.web import current_actor

bp = Blueprint("intake", __name__)


@bp.post("/handelser/genomgangna")
def review() -> ResponseReturnValue:
    """Note that the chosen incident was gone through, or all of the page."""
    actor, now = current_actor(), clock.now()
    chosen = request.form.getlist("one") or request.form.getlist("id")
    with transaction(actor.gate) as session:
        intake.review(session, actor, _ids(chosen), now=now)
    if filters.REFERENCE.fullmatch(name := request.form.get("back", "")):
        return redirect(url_for("incidents.one", name=name), code=303)
    return redirect(_back(now.isoformat()), code=303)


@bp.post("/handelser/genomgangna/angra")
def undo() -> ResponseReturnValue:
    """Take back what was gone through at a moment."""
    actor, now = current_actor(), clock.now()
    at = moment(request.form.get("at", ""))
    if at is None:
        raise InvalidError("at", "Ladda om sidan och försök igen.")
    with transaction(actor.gate) as session:
        intake.undo(session, actor, at=at, now=now)
    return redirect(_back(), code=303)


@bp.post("/handelser/<name>/inte-genomgangen")
def forget(name: str) -> ResponseReturnValue:
    """Put an incident back among those that nobody has gone through."""
    actor = current_actor()
    with transaction(actor.gate) as session:
        intake.forget(session, actor, name, now=clock.now())
    return redirect(url_for("incidents.one", name=name), code=303)


def _back(at: str | None = None) -> str:
    return url_for("incidents.listing", status=filters.NEW, genomgangna=at)


def _ids(chosen: list[str]) -> list[UUID]:
    """Return the ids of a form, or raise `InvalidError`."""
    if len(chosen) > filters.MAX_LIMIT:
        raise InvalidError("id", f"Högst {filters.MAX_LIMIT} händelser åt gången.")
    try:
        return [UUID(text) for text in chosen]
    except ValueError as error:
        raise InvalidError("id", "Det är inte ett id (UUID).") from error
