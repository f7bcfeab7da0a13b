"""Pages about incidents: the list, and one incident."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.audit.rules import VERB_TEXT
from lagesbild.base import clock
from lagesbild.base.db import reading, transaction
from lagesbild.incidents import service
from lagesbild.incidents.rules import Cursor, TimePrecision
from lagesbild.incidents.rules.moments import when_text
from lagesbild.incidents.web import filters
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.forms import position, version_of
from lagesbild.people.web import current_actor

ROWS = 50  # on a page

bp = Blueprint("incidents", __name__)


@bp.app_template_filter("happened")
def happened(start: datetime, end: datetime | None, precision: str) -> str:
    """Return when something happened, no finer than it is known."""
    return when_text(start, end, TimePrecision(precision), seen=clock.now())


@bp.get("/handelser")
def listing() -> ResponseReturnValue:
    """Show the incidents that the filters of the address find, newest first."""
    actor = current_actor()
    limit = filters.limit(ROWS)
    with reading(actor.gate) as session:
        wanted = filters.wanted(session, actor)
        rows = service.listing(session, actor, wanted, limit=limit + 1, after=filters.cursor())
        context = choices(session, actor)
    older = None
    if len(rows) > limit:
        rows = rows[:limit]
        older = filters.cursor_text(Cursor(rows[-1].occurred_from, rows[-1].id))
    query = request.args.to_dict()
    return render_template("incidents/list.html", rows=rows, older=older, query=query, **context)


@bp.get("/handelser/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show an incident with each organisation's part and what was done with it."""
    actor = current_actor()
    with reading(actor.gate) as session:
        incident = service.one(session, actor, name)
        history = service.history(session, actor, incident)
        context = choices(session, actor)
    return render_template(
        "incidents/one.html",
        incident=incident,
        position=position(incident.facts.place),
        history=history,
        verbs=VERB_TEXT,
        **context,
    )


@bp.post("/handelser/<name>/ta-tillbaka")
def withdraw(name: str) -> ResponseReturnValue:
    """Take an incident back, with a reason."""
    actor = current_actor()
    with transaction(actor.gate) as session:
        incident = service.one(session, actor, name)
        service.withdraw(
            session,
            actor,
            incident.id,
            version=version_of(request.form.get("version", "")) or 0,  # no incident has 0
            reason=request.form.get("reason", ""),
            now=clock.now(),
        )
    return redirect(url_for(".one", name=name), code=303)
