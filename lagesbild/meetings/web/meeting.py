"""The page of a meeting: nine steps, one address."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.actions.rules import EFFECT_TEXT, KIND_TEXT, RESULT_TEXT, STATE_TEXT, State
from lagesbild.actions.rules.lists import beneath, sections
from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, reading
from lagesbild.base.errors import ConflictError, InvalidError, LagesbildError
from lagesbild.base.web import STATUS, input_time
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.web import words
from lagesbild.incidents.web.filters import REFERENCE
from lagesbild.meetings.draw.places import Happening, district_map
from lagesbild.meetings.rules import assessing, sentences, snapshot
from lagesbild.meetings.rules.agenda import Step, titles
from lagesbild.meetings.rules.sitting import PURPOSE, Note
from lagesbild.meetings.service import composing, fixing, sitting, viewing
from lagesbild.meetings.service.composing import Work
from lagesbild.meetings.service.viewing import View
from lagesbild.meetings.web.place import Place, Refused, place_of, touched
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor
from lagesbild.problems.rules import DIRECTION_TEXT

bp = Blueprint("meeting", __name__)

WEEK = timedelta(days=7)


@bp.get("/mote/<name>")
def page(name: str) -> ResponseReturnValue:
    """Show a step of the meeting that closes a week."""
    return show(place_of(current_actor(), name))


@bp.get("/mote/<name>/puls")
def pulse(name: str) -> ResponseReturnValue:
    """Say whether anything has changed: 304, or 200 with nothing in it."""
    actor = current_actor()
    place_of(actor, name)
    with reading(actor.gate) as session:
        word = sitting.pulse(session, actor, now=clock.now())
    answer = Response("", mimetype="text/plain")
    answer.set_etag(word)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


def show(place: Place, refused: Refused | None = None) -> ResponseReturnValue:
    """Return the page of a step; with what was refused, where something was."""
    if elsewhere := SHOWN_BY.get(place.step):
        return elsewhere(place, refused)
    actor = current_actor()
    with reading(actor.gate) as session:
        found = viewing.view(session, actor, place.period, now=clock.now())
        if place.step is Step.DISTRICTS and not (place.district or refused) and found.rows:
            return redirect(place.to(place.step, found.rows[0][0].slug))  # it stays in sight
        more = _MORE.get(place.step, _nothing)(session, actor, found, place)
        pictures = fixing.fixed(session, actor, place.period)
    body = render_template(
        f"meetings/steps/{place.step.name.lower()}.html",
        **shown(place, found, refused),
        pictures=pictures,
        **more,
    )
    return make_response(body, STATUS[type(refused.error)] if refused else 200)


def shown(place: Place, found: View, refused: Refused | None = None) -> dict[str, Any]:
    """Return what the template of every step needs."""
    written = found.written
    return {
        "place": place,
        "period": place.period,
        "found": found,
        "picture": found.picture,
        "written": written,
        "note": written.notes.get(place.step, Note(place.step)),
        "then": _then(place.period),
        "steps": list(Step),
        "titles": titles(current_actor().group.letter_to),
        "Step": Step,
        "is_fixed": written.fixed_at is not None,
        "organisations": [c.organisation for c in found.picture.coverage],
        "error": refused.error if refused else None,
        "wrong": refused.form if refused else "",
        "values": refused.values if refused else {},
        "logged": new if REFERENCE.fullmatch(new := request.args.get("loggad", "")) else None,
        "TEXT": sentences.TEXT,
    }


def _then(period: Period) -> dict[str, str]:
    """Return when something happened that is told in the meeting: within the week it is about."""
    if period.end > clock.now():
        return {}
    last = period.end - timedelta(minutes=1)
    return {"tid": input_time(period.start), "till": input_time(last), "precision": "mellan"}


def refused(place: Place, error: LagesbildError) -> ResponseReturnValue:
    """Show the step again with the sentence and all that was written."""
    if not isinstance(error, (InvalidError, ConflictError)):
        raise error
    written = {name: privacy.redacted(text) for name, text in touched(request.form).items()}
    return show(place, Refused(error, (request.endpoint or "").partition(".")[2], written))


SHOWN_BY: dict[Step, Callable[[Place, Refused | None], ResponseReturnValue]] = {}  # other topics


def _nothing(_session: Session, _actor: Actor, _found: View, _place: Place) -> dict[str, Any]:
    return {}


def _attendance(_session: Session, _actor: Actor, _found: View, _place: Place) -> dict[str, Any]:
    return {"usual_purpose": PURPOSE}


def _districts(session: Session, actor: Actor, found: View, place: Place) -> dict[str, Any]:
    if not found.rows:
        return {"row": None}
    at = found.row(place.district)
    district, figures, judged = found.rows[at]
    closer = viewing.closer(session, actor, found, district, shared=place.shared)
    known = incidents.categories(session, actor)
    kinds = {c.organisation.id: c.organisation.kind for c in found.picture.coverage}
    outlines = districts.outlines(session, actor, on=found.period.last_day)
    outline = next((o for o in outlines if o.district.id == district.id), None)
    drawn = outline and district_map(
        outline,
        [o for o in outlines if o is not outline],
        [
            Happening(
                row.place,
                kinds.get(row.organisation_id, "ovriga"),
                row.category[:3],
                known[row.category].name,
            )
            for row in closer.happened
            if row.place
        ],
    )
    work = composing.work_of(session, actor, found.period, now=clock.now())
    here = [a for a in work.actions if a.is_open and a.district == district]
    return {
        **_decision(work, found),
        "late_here": [a for a in here if a.is_late(work.today)],
        "problems_here": [p for p in work.problems if p.is_open and p.district == district],
        "row": (district, figures, judged),
        "at": at,
        "closer": closer,
        "assessed": found.assessed[at],
        "categories": known,
        "drawn": drawn,
        "schematic": districts.is_schematic(session, actor, on=found.period.last_day),
        "organisation_of": {c.organisation.id: c.organisation for c in found.picture.coverage},
        "groups": words.GROUP,
    }


def _last_actions(session: Session, actor: Actor, found: View, _place: Place) -> dict[str, Any]:
    work = composing.work_of(session, actor, found.period, now=clock.now())
    left = [a for a in work.actions if a.is_open]
    done = [a for a in work.actions if not a.is_open]
    return {
        "sections": sections(left, done, today=work.today),
        "beneath": beneath,
        "today": work.today,
        "states": STATE_TEXT,
        "results": RESULT_TEXT,
        "effects": EFFECT_TEXT,
    }


def _problems(session: Session, actor: Actor, found: View, _place: Place) -> dict[str, Any]:
    work = composing.work_of(session, actor, found.period, now=clock.now())
    return {
        "problems": [p for p in work.problems if p.is_open],
        "directions": DIRECTION_TEXT,
        "new_id": new_id(),
    }


def _new_actions(session: Session, actor: Actor, found: View, _place: Place) -> dict[str, Any]:
    work = composing.work_of(session, actor, found.period, now=clock.now())
    return {
        **_decision(work, found),
        "proposals": [a for a in work.actions if a.state is State.PROPOSED],
    }


def _decision(work: Work, found: View) -> dict[str, Any]:
    """Return what the form of a decision needs, and what is decided today."""
    return {
        "decided": [a for a in work.actions if a.decided_on == work.today],
        "decision_id": new_id(),
        "kinds": KIND_TEXT,
        "due": _next_meeting(found.period, work.today).isoformat(),
        "districts": [row[0] for row in found.rows],
        "problems": [p for p in work.problems if p.is_open],
    }


def _next_meeting(period: Period, today: date) -> date:
    """Return the day of the first ordinary meeting after today, from a week's own on."""
    day = period.meeting_day + WEEK
    while day <= today:
        day += WEEK
    return day


def _coming(session: Session, actor: Actor, found: View, _place: Place) -> dict[str, Any]:
    return {"coming": sitting.expected(session, actor, found.period), "new_id": new_id()}


def _assessments(_session: Session, _actor: Actor, found: View, _place: Place) -> dict[str, Any]:
    return {
        "Word": assessing.Word,
        "UNSAID": assessing.UNSAID,
        "organisation_of": {c.organisation.id: c.organisation for c in found.picture.coverage},
    }


def _fix(_session: Session, _actor: Actor, found: View, _place: Place) -> dict[str, Any]:
    silent = [c.organisation for c in found.picture.coverage if c.state == "inte"]
    return {
        "silent": silent,
        "unsaid": [a for a in found.assessed if a.common is None],
        "Fixing": snapshot.Fixing,
    }


_MORE = {
    Step.ATTENDANCE: _attendance,
    Step.LAST_ACTIONS: _last_actions,
    Step.DISTRICTS: _districts,
    Step.PROBLEMS: _problems,
    Step.COMING: _coming,
    Step.NEW_ACTIONS: _new_actions,
    Step.ASSESSMENTS: _assessments,
    Step.FIX: _fix,
}
