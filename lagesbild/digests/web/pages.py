"""The letters: the list of them, and each of them; readers see those that have left."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import publications, reading
from lagesbild.digests.draw import pdf as paper
from lagesbild.digests.rules import Letter
from lagesbild.digests.service import looking, showing
from lagesbild.digests.web import frames, letter
from lagesbild.digests.web import reading as outside
from lagesbild.digests.web.choosing import address_of, period_of
from lagesbild.digests.web.status import standing
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Permission
from lagesbild.people.web import current_actor

bp = Blueprint("digests", __name__)


@bp.get("/utskick")
def listing() -> ResponseReturnValue:
    """Show how the letters stand, and all of them; to readers the newest that has left."""
    actor = current_actor()
    if not actor.may(Permission.READ_DIGEST):
        return outside.start(actor)
    with reading(actor.gate) as session:
        rows = showing.listing(session, actor, now=clock.now())
    with publications(actor.gate) as session:
        editions = meetings.editions(session, actor)
    return render_template(
        "digests/list.html",
        rows=[(row, period_of(actor, row.run.week)) for row in rows],
        editions=[(each, period_of(actor, each.week)) for each in editions],
        standing=standing(actor),
        address_of=address_of,
    )


@bp.get("/utskick/<week>")
def one(week: str) -> ResponseReturnValue:
    """Show a week's letter; to readers when it has left, and before that the week's figures."""
    actor = current_actor()
    if actor.may(Permission.READ_DIGEST):
        return letter.page(actor, week)
    return outside.page(actor, week)


@bp.get("/utskick/<week>/lasare")
def readers(week: str) -> ResponseReturnValue:
    """Show the figures that readers outside the group get of a week, read by their own login."""
    return outside.figures(current_actor(), week)


@bp.get("/utskick/<week>/brev.html")
def html(week: str) -> ResponseReturnValue:
    """Return the HTML of a letter, for a frame on its page."""
    return frames.framed(_file(week)[0])


@bp.get("/utskick/<week>/brev.txt")
def text(week: str) -> ResponseReturnValue:
    """Return the text of a letter exactly as it is sent."""
    return frames.plain(_file(week)[0])


@bp.get("/utskick/<week>/brev.pdf")
def pdf(week: str) -> ResponseReturnValue:
    """Return a letter as PDF: as it was attached, else printed now."""
    found, which = _file(week)
    return frames.paper(found.pdf or paper.pdf(found), _name(week, which))


@bp.get("/utskick/<week>/arkiv.pdf")
def archive(week: str) -> ResponseReturnValue:
    """Return a letter as PDF/A, for the archive."""
    found, which = _file(week)
    return frames.paper(looking.archived(current_actor(), found), f"{_name(week, which)}-arkiv")


@bp.get("/utskick/<week>/brev.json")
def values(week: str) -> Response:
    """Return a letter for machines, as it stands in the archive."""
    found, which = _file(week)
    return frames.values(found, _name(week, which))


def _file(week: str) -> tuple[Letter, dict[str, Any]]:
    """Return the letter that is asked for, and what an address needs to be about it."""
    actor = current_actor()
    if not actor.may(Permission.READ_DIGEST):
        found, sent = outside.file_of(actor, week)
        return found, address_of(sent.kind, sent.version)
    shown, run = letter.file_of(week)
    return shown, address_of(run.kind, run.version)


def _name(week: str, which: dict[str, Any]) -> str:
    return "-".join(("lagesbild", week, *(f"{name}-{said}" for name, said in which.items())))
