"""The police's events for programs."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import reading
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
