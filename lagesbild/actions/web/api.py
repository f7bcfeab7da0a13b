"""Actions for programs: to read."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lagesbild.access import service as access
from lagesbild.actions import service
from lagesbild.actions.rules import NUMBER, Action, Effect, Kind, Result, State
from lagesbild.actions.web.pages import CLOSED, today
from lagesbild.base.db import reading
from lagesbild.base.errors import InvalidError
from lagesbild.base.openapi import (
    DAY,
    JSON,
    MOMENT,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Answer,
    Chapter,
    Json,
    Operation,
    Parameter,
    listed,
    maybe,
    named,
    record,
)
from lagesbild.people.web import current_actor

STATUSES = ("oppna", *CLOSED)

bp = Blueprint("actions_api", __name__)


@bp.get("/actions")
def listing() -> ResponseReturnValue:
    """Return the open actions, or those that are done or were stopped."""
    actor = current_actor()
    status = request.args.get("status", "oppna")
    if status not in STATUSES:
        raise InvalidError("status", "Läget finns inte. De som finns: " + ", ".join(STATUSES))
    owner = request.args.get("owner")
    with reading(actor.gate) as session:
        known = (
            service.closed(session, actor, CLOSED[status])
            if status in CLOSED
            else service.open_at(session, actor, today=today())
        )
        wanted = access.organisation_named(session, actor, owner).id if owner else None
    return {"actions": [_as_json(a) for a in known if wanted in (None, a.owner.id)]}


@bp.get("/actions/<action>")
def one(action: str) -> ResponseReturnValue:
    """Return one action."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = service.one(session, actor, action)
        rows = service.linked(session, actor, found)
    return _as_json(found) | {"incident_references": [row.reference for row in rows]}


def _as_json(action: Action) -> Json:
    same = (
        "reference", "what", "place_text", "owner_role", "decided_by", "kind", "focus",
        "category_group", "state", "result", "effect", "note", "reason", "version",
    )  # fmt: skip
    return {name: getattr(action, name) for name in same} | {
        "district": action.district.slug if action.district else None,
        "owner": action.owner.slug,
        "decided_on": action.decided_on.isoformat() if action.decided_on else None,
        "due": action.due.isoformat() if action.due else None,
        "problem": action.problem or None,
        "late": action.is_late(today()),
        "closed_at": action.closed_at.isoformat() if action.closed_at else None,
    }


_FIELDS: Json = {
    "reference": TEXT,
    "what": TEXT,
    "district": maybe(TEXT),
    "place_text": TEXT,
    "owner": TEXT,
    "owner_role": TEXT,
    "decided_by": TEXT,
    "decided_on": maybe(DAY),
    "due": maybe(DAY),
    "kind": {"type": "string", "enum": list(Kind)},
    "focus": TEXT,
    "problem": maybe(TEXT),
    "category_group": maybe(TEXT),
    "state": {"type": "string", "enum": list(State)},
    "late": YES_OR_NO,
    "result": maybe({"type": "string", "enum": list(Result)}),
    "effect": maybe({"type": "string", "enum": list(Effect)}),
    "note": TEXT,
    "reason": TEXT,
    "closed_at": maybe(MOMENT),
    "version": WHOLE,
}
_NUMBER: Json = {"type": "string", "pattern": f"^{NUMBER.pattern}$"}
CHAPTER = Chapter(
    "Actions",
    {
        "listing": Operation(
            "listActions",
            "List actions",
            Answer("The actions.", {JSON: record({"actions": listed(named("Action"))})}),
            "Open ones come late first, then by their last day; others the latest first. A reporter"
            " gets those of the own organisation.",
            (
                Parameter(
                    "status",
                    "Which ones; the open ones unless it says otherwise.",
                    {"type": "string", "enum": list(STATUSES)},
                ),
                Parameter("owner", "The short name of the organisation that acts."),
            ),
            refusals=(403, 404),
        ),
        "one": Operation(
            "readAction",
            "Read one action and the numbers of its incidents",
            Answer("The action.", {JSON: record(_FIELDS | {"incident_references": listed(TEXT)})}),
            parameters=(Parameter("action", "Such as 2026-118.", _NUMBER, "path"),),
            refusals=(403, 404),
        ),
    },
    {"Action": record(_FIELDS)},
)
