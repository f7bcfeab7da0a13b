"""The police's events for programs."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import reading
from lagesbild.base.openapi import (
    JSON,
    MOMENT,
    TEXT,
    WEEK,
    WHOLE,
    YES_OR_NO,
    Answer,
    Chapter,
    Operation,
    Parameter,
    listed,
    maybe,
    record,
)
from lagesbild.people.web import current_actor
from lagesbild.police.rules.weeks import as_json
from lagesbild.police.service import events as service

api = Blueprint("police_api", __name__)


@api.get("/police-events")
def listing() -> ResponseReturnValue:
    """Return the events of a week, newest first; of the running one where none is named."""
    actor, now = current_actor(), clock.now()
    weekday = actor.group.meeting_weekday
    name = request.args.get("week")
    period = Period.named(name, weekday=weekday) if name else Period.of(now, weekday=weekday)
    with reading(actor.gate) as session:
        shown = service.week(session, actor, period, now=now).shown
    return as_json(period.name, shown)


_EVENT = {
    "id": WHOLE,
    "type": TEXT,
    "suggested_category": maybe(TEXT),
    "occurred_at": MOMENT,
    "time_precision": TEXT,
    "summary": TEXT,
    "summary_withheld": YES_OR_NO,
    "url": maybe(TEXT),
    "published_at": MOMENT,
    "changed_at": maybe(MOMENT),
    "incident": maybe(TEXT),
}
_EVENTS = {
    "week": TEXT,
    "source": TEXT,
    "counted": {"const": False},
    "located": {"const": False},
    "events": listed(record(_EVENT)),
}
CHAPTER = Chapter(
    "Weeks",
    {
        "listing": Operation(
            "listPoliceEvents",
            "List the police's public events of a week, newest first",
            Answer("The events, kept for thirty days.", {JSON: record(_EVENTS)}),
            "They stand beside the picture and are counted only when somebody logs them.",
            (Parameter("week", "Such as 2026-W47; the running one without it.", WEEK),),
            refusals=(403,),
        )
    },
)
