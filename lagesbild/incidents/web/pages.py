"""Pages about incidents: the list, and one incident."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.audit.rules import VERB_TEXT
from lagesbild.base import clock, privacy
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.incidents import service
from lagesbild.incidents.rules import Incident, TimePrecision
from lagesbild.incidents.rules.audiences import AUDIENCE_TEXT, SENSITIVITY_TEXT, views
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.moments import when_text
from lagesbild.incidents.rules.owning import disagreements, may_add, may_change, may_comment
from lagesbild.incidents.web import filters
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.forms import position, version_of
from lagesbild.incidents.web.words import ORDER
from lagesbild.people.rules import Actor
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
        after = filters.cursor(wanted.order)
        rows = service.listing(session, actor, wanted, limit=limit + 1, after=after)
        context = choices(session, actor)
    older = None
    if len(rows) > limit:
        rows = rows[:limit]
        older = filters.cursor_text(rows[-1].cursor(wanted.order))
    query = {name: privacy.redacted(value) for name, value in request.args.items()}
    return render_template(
        "incidents/list.html",
        rows=rows,
        older=older,
        query=query,
        orders=ORDER,
        order=wanted.order,
        **context,
    )


@bp.get("/handelser/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show an incident with each organisation's part, remarks, and what was done with it."""
    return show(current_actor(), name)


def show(
    actor: Actor,
    name: str,
    *,
    revealed: Incident | None = None,
    error: InvalidError | ConflictError | None = None,
    written: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Return the page of an incident; with an error, what was written stands there still."""
    with reading(actor.gate) as session:
        incident = revealed or service.one(session, actor, name)
        history = service.history(session, actor, incident)
        comments = service.comments(session, actor, incident)
        context = choices(session, actor)
    facts = incident.facts
    category = context["categories"][facts.category]
    district = context["district_names"].get(facts.district_id, "")
    page = render_template(
        "incidents/one.html",
        incident=incident,
        parts=sorted(incident.parts, key=lambda p: p.organisation_id != incident.organisation_id),
        position=position(facts.place),
        revealed=revealed is not None,
        history=history,
        comments=comments,
        seen_by=views(incident, category, district),
        audience_text=AUDIENCE_TEXT,
        sensitivity=SENSITIVITY_TEXT[category.sensitivity],
        differing=disagreements(incident),
        may_change=may_change(actor, incident) and incident.withdrawn_at is None,
        may_add=may_add(actor, incident),
        may_comment=may_comment(actor, incident),
        own_part=incident.part_of(actor.organisation_id),
        comment_id=request.form.get("id", type=UUID) or new_id(),
        written={k: privacy.redacted(v) for k, v in (written or {}).items()},
        error=error,
        verbs=VERB_TEXT,
        **context,
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/handelser/<name>/ta-tillbaka")
def withdraw(name: str) -> ResponseReturnValue:
    """Take an incident back, with a reason; one that is refused or asked about is shown again."""
    actor = current_actor()
    given = request.form.get
    version = version_of(given("version", "")) or 0  # no incident has 0
    reason = Reason(given("reason", ""), confirmed="confirmed" in request.form)
    try:
        with transaction(actor.gate) as session:
            incident = service.one(session, actor, name)
            service.withdraw(
                session, actor, incident.id, version=version, reason=reason, now=clock.now()
            )
    except (InvalidError, ConflictError) as error:
        return show(actor, name, error=error, written={"reason": reason.text})
    return redirect(url_for(".one", name=name), code=303)
