"""Pages about incidents: the list, and one incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.audit.rules import VERB_TEXT
from lagesbild.base import clock, privacy
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.incidents import service
from lagesbild.incidents.rules import Incident, TimePrecision
from lagesbild.incidents.rules.audiences import AUDIENCE_TEXT, SENSITIVITY_TEXT, views
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.moments import when_text
from lagesbild.incidents.rules.owning import (
    disagreements,
    may_add,
    may_change,
    may_comment,
    may_review,
)
from lagesbild.incidents.service import bordering, inquiries, intake, merging
from lagesbild.incidents.web import lists
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.filters import NEW
from lagesbild.incidents.web.forms import position, version_of
from lagesbild.incidents.web.shapes import place_words
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

ROWS = 50  # on a page
WEEKS = 27  # to choose from: half a year
BESIDE = "BESIDE_INCIDENT"  # what topics on the same floor add to the page of one: see `app`
# What one would not want to write again.
WRITTEN = ("comment", "summary", "details", "question", "answer")

bp = Blueprint("incidents", __name__)


@bp.app_template_filter("happened")
def happened(start: datetime, end: datetime | None, precision: str) -> str:
    """Return when something happened, no finer than it is known."""
    return when_text(start, end, TimePrecision(precision), seen=clock.now())


@bp.get("/handelser")
def listing() -> ResponseReturnValue:
    """Show the incidents that the filters of the address find, or what is new to the group."""
    actor = current_actor()
    return lists.new(actor) if request.args.get("status") == NEW else lists.every(actor)


@bp.get("/handelser/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show an incident with each organisation's part, remarks, and what was done with it."""
    return show(current_actor(), name)


def redacted(written: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form without personal numbers, to be shown again."""
    return {name: privacy.redacted(text) for name, text in written.items()}


def show(
    actor: Actor,
    name: str,
    *,
    revealed: Incident | None = None,
    error: InvalidError | ConflictError | None = None,
    written: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Return the page of an incident; with an error, what was written stands there still."""
    now = clock.now()
    with reading(actor.gate) as session:
        incident = revealed or service.one(session, actor, name)
        history = service.history(session, actor, incident)
        comments = service.comments(session, actor, incident)
        context = choices(session, actor) | _joined(session, actor, incident)
        context["near"] = bordering.near(session, actor, incident)
        for add in current_app.config[BESIDE]:
            context |= add(session, actor, incident, now=now)
    safe = redacted(written or {})
    page = render_template(
        "incidents/one.html",
        incident=incident,
        position=position(incident.facts.place),
        place_words=place_words,
        revealed=revealed is not None,
        history=history,
        comments=comments,
        comment_id=request.form.get("id", type=UUID) or new_id(),
        written=safe,
        lost=lost(safe) if incident.withdrawn_at else "",
        error=error,
        verbs=VERB_TEXT,
        **_shared(actor, incident),
        **_audiences(incident, context),
        **context,
    )
    return page, STATUS[type(error)] if error else 200


def _joined(session: Session, actor: Actor, incident: Incident) -> dict[str, object]:
    """Return what is one with the incident, who went through it, and what was asked about it."""
    reviews = may_review(actor, incident)
    return {
        "kept": merging.kept(session, actor, incident),
        "merged": merging.merged(session, actor, incident),
        "may_review": reviews,
        "review": intake.review_of(session, actor, incident) if reviews else None,
        "inquiries": inquiries.about(session, actor, incident),
        "inquiry_id": new_id(),
    }


def lost(written: Mapping[str, str]) -> str:
    """Return what somebody would not want to write again."""
    return " ".join(written.get(name, "") for name in WRITTEN).strip()


def _shared(actor: Actor, incident: Incident) -> dict[str, object]:
    """Return who says what, the owner first, and what the actor may add."""
    return {
        "parts": sorted(
            incident.parts, key=lambda p: p.organisation_id != incident.organisation_id
        ),
        "differing": disagreements(incident),
        "own_part": incident.part_of(actor.organisation_id),
        "may_change": may_change(actor, incident) and incident.withdrawn_at is None,
        "may_add": may_add(actor, incident),
        "may_comment": may_comment(actor, incident),
    }


def _audiences(incident: Incident, context: Mapping[str, Any]) -> dict[str, object]:
    """Return what each audience gets of it."""
    category = context["categories"][incident.facts.category]
    district = context["district_names"].get(incident.facts.district_id, "")
    return {
        "seen_by": views(incident, category, district),
        "audience_text": AUDIENCE_TEXT,
        "sensitivity": SENSITIVITY_TEXT[category.sensitivity],
    }


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
