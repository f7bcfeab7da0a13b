"""The letter in a meeting: what it would say, what is left out, and what the readers ask."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, reading
from lagesbild.base.web import STATUS
from lagesbild.digests.draw.words import NOT_INCLUDED
from lagesbild.digests.rules import Form, Kind, Letter, Run
from lagesbild.digests.rules.questions import Answer
from lagesbild.digests.rules.saying import said_of
from lagesbild.digests.service import drafting, looking, proposing, questions
from lagesbild.digests.web import frames
from lagesbild.digests.web.choosing import address_of, period_of, usual
from lagesbild.incidents.web.forms import version_of
from lagesbild.meetings.rules.agenda import Step
from lagesbild.meetings.rules.snapshot import Fixed, Fixing
from lagesbild.meetings.service import viewing
from lagesbild.meetings.web.meeting import SHOWN_BY, shown
from lagesbild.meetings.web.place import Place, Refused, place_of
from lagesbild.meetings.web.writing import AFTER_FIX, stored
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor

bp = Blueprint("proposals", __name__)


@bp.get("/mote/<name>/brev")
def page(name: str) -> ResponseReturnValue:
    """Show the letter that would leave now, beside what is left out of it: step 8 of a meeting."""
    return _step(replace(place_of(current_actor(), name), step=Step.LETTER, district=None))


def _step(place: Place, refused: Refused | None = None) -> ResponseReturnValue:
    """Return the page of the letter in a meeting; with what was refused of it."""
    actor, now = current_actor(), clock.now()
    with reading(actor.gate) as session:
        found = viewing.view(session, actor, place.period, now=now)
        left_out = viewing.left_out(session, actor, place.period, now=now)
        asked = questions.open_questions(session, actor)
        run = _drafted(session, actor, place.period)
    body = render_template(
        "digests/proposal.html",
        **shown(place, found, refused),
        left_out=left_out,
        not_included=NOT_INCLUDED,
        questions=asked,
        run=run,
        which=address_of(run.kind, run.version) if run else {},
        state=said_of(run, {}, now) if run else None,
    )
    return make_response(body, STATUS[type(refused.error)] if refused else 200)


SHOWN_BY[Step.LETTER] = _step


def _drafted(session: Session, actor: Actor, period: Period) -> Run | None:
    """Return the letter of a week, once its picture is fixed; not everybody here may know of it."""
    if not actor.may(Permission.READ_DIGEST):
        return None
    runs = looking.of_week(session, actor, period.name)
    return usual([run for run in runs if run.kind is Kind.LETTER])


def _draft(session: Session, actor: Actor, fixed: Fixed, now: datetime) -> None:
    """Draft the letter of a picture with the fixing of it."""
    head = fixed.head
    period = period_of(actor, head.week)
    if head.kind is Fixing.EXTRA:
        drafting.draft_extra(session, actor, period, head.number, fixed_at=head.fixed_at, now=now)
    else:
        drafting.draft(session, actor, period, now=now)


AFTER_FIX.append(_draft)


@bp.post("/mote/<name>/fragor/<uuid:id_>/svar")
def answer(name: str, id_: UUID) -> ResponseReturnValue:
    """Answer a question of a reader, in the meeting that it was put on the agenda of."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        said = Answer(
            request.form.get("answer", ""),
            version_of(request.form.get("version", "")) or 0,  # no question has 0
            confirmed="confirmed" in request.form,
        )
        questions.answer(session, actor, id_, said, now=now)

    return stored(name, store)


@bp.get("/mote/<name>/brev.html")
def html(name: str) -> ResponseReturnValue:
    """Return the letter that would leave now, for the frame on its page."""
    return frames.framed(_proposed(name))


def _proposed(name: str) -> Letter:
    actor = current_actor()
    base_url = current_app.config["BASE_URL"]
    found = proposing.preview(actor, period_of(actor, name), base_url=base_url, now=clock.now())
    return found.letters[Form.FULL]
