"""The week: page and API."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lagesbild.analysis.rules.cells import MOST
from lagesbild.analysis.rules.reduction import OF_THE_GROUP, OF_THE_LETTER
from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.openapi import (
    DAY,
    JSON,
    MOMENT,
    NUMBER,
    TEXT,
    WEEK,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    listed,
    record,
)
from lagesbild.districts import service as districts
from lagesbild.districts.draw import drawing
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service
from lagesbild.meetings.rules import Reported, as_json, sentences
from lagesbild.meetings.service import viewing
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor
from lagesbild.police.service import events as police

bp = Blueprint("meetings", __name__)
api = Blueprint("meetings_api", __name__)

BELOW = 68  # pixels of a map's drawing for a number and a word under a name
START = (  # where a role that may not see the week begins
    (Permission.READ_INCIDENTS, "incidents.listing"),
    (Permission.READ_AUDIT, "audit.page"),
)


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show the week that the group looks at now, or the page where the actor's work begins."""
    actor = current_actor()
    if not actor.may(Permission.READ_WEEK):
        place = next((page for p, page in START if actor.may(p)), "digests.listing")
        return redirect(url_for(place), code=303)
    with reading(actor.gate) as session:
        period = service.shown_first(session, actor, now=clock.now())
    return _week(actor, period)


@bp.get("/vecka/<name>")
def week(name: str) -> ResponseReturnValue:
    """Show one week: `2026-W47`; to readers its letter, whose links lead here."""
    actor = current_actor()
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    return for_readers(actor, period) or _week(actor, period)


def for_readers(actor: Actor, period: Period) -> ResponseReturnValue | None:
    """Return the way to a week's letter for who sees that and not the week itself."""
    if actor.may(Permission.READ_WEEK) or not actor.may(Permission.READ_PUBLICATION):
        return None
    return redirect(url_for("digests.one", week=period.name), code=303)


def _week(actor: Actor, period: Period) -> ResponseReturnValue:
    now = clock.now()
    with reading(actor.gate) as session:
        picture = service.picture(session, actor, period, now=now)
        meeting = service.meeting(session, actor, period)
        schematic = districts.is_schematic(session, actor, on=period.last_day)
        outlines = districts.outlines(session, actor, on=period.last_day)
        beside = police.week(session, actor, period, now=now)
        stand_outs = viewing.stand_outs(session, actor, picture)[:MOST]
        categories = incidents.categories(session, actor)
    return render_template(
        "meetings/week.html",
        picture=picture,
        period=period,
        is_running=period.end > now,
        has_begun=period.start <= now,
        meeting=meeting,
        is_ahead=meeting.starts_at > now,
        sentence=sentences.sentence(picture),
        rows=sentences.by_deviation(picture),
        total_judged=picture.judged(picture.total),
        drawn=drawing(outlines, below=BELOW) if outlines else None,
        TEXT=sentences.TEXT,
        OF_THE_GROUP=OF_THE_GROUP,
        OF_THE_LETTER=OF_THE_LETTER,
        schematic=schematic,
        police=beside,
        stand_outs=stand_outs,
        categories=categories,
        district_names={d.id: d.name for d, _ in picture.districts},
        own=next((c for c in picture.coverage if c.organisation.id == actor.organisation_id), None),
    )


@bp.post("/vecka/<name>/inget")
def nothing(name: str) -> ResponseReturnValue:
    """Note that the actor's organisation has nothing to report for a week."""
    actor = current_actor()
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    with transaction(actor.gate) as session:
        service.report_nothing(session, actor, period, now=clock.now())
    return redirect(url_for(".week", name=period.name), code=303)


@api.get("/weeks/<name>")
def picture(name: str) -> ResponseReturnValue:
    """Return the figures of a week."""
    actor = current_actor()
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    with reading(actor.gate) as session:
        found = service.picture(session, actor, period, now=clock.now())
    return as_json(found)


_FIGURES = {
    "this_week": WHOLE,
    "last_week": WHOLE,
    "mean_of_four": NUMBER,
    "same_week_last_year": WHOLE,
    "late": WHOLE,
}
_STATE = {"type": "string", "enum": list(Reported)}
_WEEK = {
    "week": WEEK,
    "from": DAY,
    "to": DAY,
    "compared_with": DAY,
    "known_at": MOMENT,
    "districts": listed(record({"slug": TEXT, "key": TEXT, "name": TEXT} | _FIGURES)),
    "without_district": record(_FIGURES),
    "total": record(_FIGURES),
    "late_from_last_week": WHOLE,
    "coverage": listed(record({"organisation": TEXT, "state": _STATE, "incidents": WHOLE})),
    "newcomers": listed(record({"organisation": TEXT, "name": TEXT, "first_week": WEEK})),
}
OPERATIONS = {
    "picture": Operation(
        "readWeek",
        "Read the figures of a week",
        Answer("The figures, as they are known now.", {JSON: record(_WEEK)}),
        "A week runs from a meeting day to the day before the next, and is named by the ISO"
        " week of the meeting that closes it. Incidents of severity 0 are not counted.",
        (Parameter("name", "Such as 2026-W47.", WEEK, "path"),),
        refusals=(403,),
    )
}
