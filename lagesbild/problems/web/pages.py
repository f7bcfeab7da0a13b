"""Pages about ongoing problems: the list, and one problem."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.audit.rules import VERB_TEXT
from lagesbild.base import clock, privacy
from lagesbild.base.db import Session, reading
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.web.choices import choices
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor
from lagesbild.problems import service
from lagesbild.problems.rules import DIRECTION_TEXT

BESIDE = "BESIDE_PROBLEM"  # what other topics add to the page of a problem: see `app`

bp = Blueprint("problems", __name__)


@bp.get("/problem")
def listing() -> ResponseReturnValue:
    """Show the problems that go on, or those that are closed."""
    actor = current_actor()
    with reading(actor.gate) as session:
        known = service.all_of(session, actor)
    closed = request.args.get("status") == "avslutade"
    return render_template(
        "problems/list.html",
        problems=[p for p in known if p.is_open is not closed],
        number_open=sum(p.is_open for p in known),
        number_closed=sum(not p.is_open for p in known),
        closed=closed,
        directions=DIRECTION_TEXT,
    )


@bp.get("/problem/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show a problem with its incidents, its actions, and what was done with it."""
    return show(current_actor(), name)


def show(
    actor: Actor,
    name: str,
    *,
    error: InvalidError | ConflictError | None = None,
    written: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Return the page of a problem; with an error, what was written stands there still."""
    now = clock.now()
    with reading(actor.gate) as session:
        problem = service.one(session, actor, name)
        rows = service.linked(session, actor, problem)
        history = service.history(session, actor, problem)
        context: dict[str, Any] = choices(session, actor)
        for add in current_app.config[BESIDE]:
            context |= add(session, actor, problem, now=now)
    page = render_template(
        "problems/one.html",
        problem=problem,
        rows=rows,
        history=history,
        verbs=VERB_TEXT,
        directions=DIRECTION_TEXT,
        written={key: privacy.redacted(text) for key, text in (written or {}).items()},
        error=error,
        **context,
    )
    return page, STATUS[type(error)] if error else 200


def beside_incident(
    session: Session, actor: Actor, incident: Incident, *, now: datetime
) -> dict[str, object]:
    """Return what the page of an incident says of problems."""
    assert now.tzinfo is not None
    if not actor.may(Permission.READ_PROBLEMS):
        return {"problems": (), "open_problems": ()}
    known = service.of_incident(session, actor, incident)
    ids = {problem.id for problem in known}
    may_link = actor.may(Permission.WRITE_PROBLEMS) and incident.withdrawn_at is None
    others = service.open_at(session, actor) if may_link else []
    choice = [(p.reference, f"{p.reference} {p.title}") for p in others if p.id not in ids]
    return {"problems": known, "open_problems": choice}


def to(name: str, anchor: str | None = None) -> ResponseReturnValue:
    """Go to the page of a problem."""
    return redirect(url_for("problems.one", name=name, _anchor=anchor), code=303)
