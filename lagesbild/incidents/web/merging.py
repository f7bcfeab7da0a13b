"""Pages where two incidents become one, and two again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.incidents.rules.merging import Merging
from lagesbild.incidents.service import merging as service
from lagesbild.incidents.web import filters
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.forms import version_of
from lagesbild.incidents.web.pages import show
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

Refused = InvalidError | ConflictError

bp = Blueprint("merging", __name__)


@bp.get("/handelser/<name>/sla-ihop")
def compare(name: str) -> ResponseReturnValue:
    """Show an incident and another one side by side, to choose which is kept."""
    return _side_by_side(current_actor(), name, request.args.get("med", ""))


@bp.post("/handelser/<name>/sla-ihop")
def merge(name: str) -> ResponseReturnValue:
    """Keep one of two incidents and make the other a part of it."""
    actor = current_actor()
    other = _named(request.form.get("other", ""))
    versions = [version_of(request.form.get(f, "")) or 0 for f in ("version", "other_version")]
    wanted = Merging(name, other, *versions)
    if request.form.get("keep") == "other":
        wanted = Merging(other, name, *reversed(versions))
    try:
        with transaction(actor.gate) as session:
            kept = service.merge(session, actor, wanted, now=clock.now())
    except (InvalidError, ConflictError) as error:
        return _side_by_side(actor, name, other, error)
    if "intake" in request.form:
        address = url_for("incidents.listing", status=filters.NEW, ihop=kept.reference)
        return redirect(address, code=303)
    return redirect(url_for("incidents.one", name=kept.reference, _anchor="ihop"), code=303)


@bp.post("/handelser/<name>/dela-upp")
def split(name: str) -> ResponseReturnValue:
    """Make an incident that was merged one of its own again."""
    actor = current_actor()
    version = version_of(request.form.get("version", "")) or 0
    try:
        with transaction(actor.gate) as session:
            other = service.split(session, actor, name, version=version, now=clock.now())
    except ConflictError as error:
        return show(actor, name, error=error)
    return redirect(url_for("incidents.one", name=other.reference), code=303)


def _named(text: str) -> str:
    return text.strip().upper()


def _side_by_side(
    actor: Actor, name: str, other: str, error: Refused | None = None
) -> ResponseReturnValue:
    """Show both with what was refused, or where they cannot be compared the incident with why."""
    try:
        with reading(actor.gate) as session:
            pair = service.compare(session, actor, name, _named(other))
            context = choices(session, actor)
    except InvalidError as why:
        return show(actor, name, error=error or why, written={"other": other})
    page = render_template("incidents/merge.html", pair=pair, error=error, **context)
    return page, STATUS[type(error)] if error else 200
