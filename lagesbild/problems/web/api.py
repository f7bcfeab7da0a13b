"""Problems for programs: to read."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lagesbild.base.db import reading
from lagesbild.base.openapi import (
    DAY,
    JSON,
    MOMENT,
    TEXT,
    WHOLE,
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
from lagesbild.problems import service
from lagesbild.problems.rules import NUMBER, Direction, Problem

bp = Blueprint("problems_api", __name__)


@bp.get("/problems")
def listing() -> ResponseReturnValue:
    """Return the problems of the group, the open ones first."""
    actor = current_actor()
    with reading(actor.gate) as session:
        known = service.all_of(session, actor)
    return {"problems": [_as_json(problem) for problem in known]}


@bp.get("/problems/<problem>")
def one(problem: str) -> ResponseReturnValue:
    """Return one problem."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = service.one(session, actor, problem)
        rows = service.linked(session, actor, found)
    return _as_json(found) | {"incident_references": [row.reference for row in rows]}


def _as_json(problem: Problem) -> Json:
    return {
        "reference": problem.reference,
        "title": problem.title,
        "description": problem.description,
        "since": problem.since.isoformat(),
        "district": problem.district.slug if problem.district else None,
        "place_text": problem.place_text,
        "direction": problem.direction,
        "incidents": problem.incidents,
        "closed_at": problem.closed_at.isoformat() if problem.closed_at else None,
        "closed_reason": problem.closed_reason,
        "reopened_reason": problem.reopened_reason,
        "version": problem.version,
    }


_FIELDS: Json = {
    "reference": TEXT,
    "title": TEXT,
    "description": TEXT,
    "since": DAY,
    "district": maybe(TEXT),
    "place_text": TEXT,
    "direction": {"type": "string", "enum": list(Direction)},
    "incidents": WHOLE,
    "closed_at": maybe(MOMENT),
    "closed_reason": TEXT,
    "reopened_reason": TEXT,
    "version": WHOLE,
}
_NUMBER: Json = {"type": "string", "pattern": f"^{NUMBER.pattern}$"}
CHAPTER = Chapter(
    "Problems",
    {
        "listing": Operation(
            "listProblems",
            "List the ongoing and the closed problems",
            Answer("The problems.", {JSON: record({"problems": listed(named("OngoingProblem"))})}),
            "`incidents` counts the linked incidents that you may see.",
            refusals=(403,),
        ),
        "one": Operation(
            "readProblem",
            "Read one problem and the numbers of its incidents",
            Answer("The problem.", {JSON: record(_FIELDS | {"incident_references": listed(TEXT)})}),
            parameters=(Parameter("problem", "Such as P-19.", _NUMBER, "path"),),
            refusals=(403, 404),
        ),
    },
    {"OngoingProblem": record(_FIELDS)},
)
