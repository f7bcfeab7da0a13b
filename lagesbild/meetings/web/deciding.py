"""Actions and problems on the page of a meeting: what is decided, and how it goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lagesbild.access import service as access
from lagesbild.actions import service as actions
from lagesbild.actions.rules import draft_of
from lagesbild.actions.web.forms import ActionForm, MoveForm
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings.web.place import Place
from lagesbild.meetings.web.writing import stored
from lagesbild.people.rules import Actor
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Direction
from lagesbild.problems.web.forms import ProblemForm

bp = Blueprint("meeting_deciding", __name__)

Step = Callable[[Session, Actor, datetime], None]


@bp.post("/mote/<name>/beslut")
def decide(name: str) -> ResponseReturnValue:
    """Decide an action. The id makes a double click one decision."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        form = ActionForm.model_validate(request.form.to_dict())
        draft = form.draft(access.organisations(session, actor))
        actions.decide(session, actor, draft, now=now)

    return stored(name, store, only_open=True)


@bp.post("/mote/<name>/atgarder/<reference>/lage")
def move(name: str, reference: str) -> ResponseReturnValue:
    """Take an action to its next state."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        form = MoveForm.model_validate(request.form.to_dict())
        if form.state is None:
            raise InvalidError("state", "Välj vilket läge åtgärden har nu.")
        action = actions.one(session, actor, reference)
        step = form.step(form.state)
        actions.move(session, actor, action.id, step, version=form.version, now=now)

    return stored(name, store, only_open=True)


@bp.post("/mote/<name>/atgarder/<reference>/dag")
def extend(name: str, reference: str) -> ResponseReturnValue:
    """Give an action another last day."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        form = MoveForm.model_validate(request.form.to_dict())
        action = actions.one(session, actor, reference)
        draft = replace(draft_of(action), due=form.due)
        actions.edit(session, actor, draft, version=form.version, now=now)

    return stored(name, store, only_open=True)


@bp.post("/mote/<name>/problem")
def add_problem(name: str) -> ResponseReturnValue:
    """Begin to follow a problem."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        draft = ProblemForm.model_validate(request.form.to_dict()).draft()
        problems.add(session, actor, draft, now=now)

    return stored(name, store, only_open=True)


@bp.post("/mote/<name>/problem/<reference>/riktning")
def turn(name: str, reference: str) -> ResponseReturnValue:
    """Say which way a problem goes."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        problem = problems.one(session, actor, reference)
        way = request.form.get("direction", "")
        if way not in list(Direction):
            raise InvalidError("direction", "Välj om problemet ökar, är oförändrat eller minskar.")
        problems.change_direction(
            session, actor, problem.id, Direction(way), version=_version(), now=now
        )

    return stored(name, store, only_open=True)


@bp.post("/mote/<name>/problem/<reference>/avsluta")
def close(name: str, reference: str) -> ResponseReturnValue:
    """Close a problem, with a reason."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        problem = problems.one(session, actor, reference)
        confirmed = request.form.get("confirmed") == "true"
        reason = Reason(request.form.get("reason", ""), confirmed=confirmed)
        problems.close(session, actor, problem.id, reason, version=_version(), now=now)

    return stored(name, store, only_open=True)


def _version() -> int:
    return MoveForm.model_validate(request.form.to_dict()).version
