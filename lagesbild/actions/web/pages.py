"""Pages about actions: the list, and one action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.access import service as access
from lagesbild.actions import service
from lagesbild.actions.rules import (
    EFFECT_TEXT,
    KIND_TEXT,
    RESULT_TEXT,
    STATE_TEXT,
    Action,
    State,
)
from lagesbild.actions.rules.lists import Section, beneath, lead, sections
from lagesbild.actions.rules.states import may_update, steps
from lagesbild.analysis.rules.effects import REGRESSION
from lagesbild.audit.rules import VERB_TEXT
from lagesbild.base import clock, privacy
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session, reading
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.web.choices import choices
from lagesbild.people.rules import Actor, Organisation, Permission
from lagesbild.people.web import current_actor
from lagesbild.problems.rules import Problem

CHIPS = {"oppna": "Öppna", "vara": "Våra", "klara": "Klara", "avbrutna": "Avbrutna"}
CLOSED = {"klara": State.DONE, "avbrutna": State.STOPPED}

bp = Blueprint("actions", __name__)


def today() -> date:
    """Return the day that it is in Sweden."""
    return clock.now().astimezone(STOCKHOLM).date()


@bp.get("/atgarder")
def listing() -> ResponseReturnValue:
    """Show the actions that the address asks for, the late ones first."""
    actor = current_actor()
    status = request.args.get("status", "oppna")
    status = status if status in CHIPS else "oppna"
    week = Period.of(clock.now(), weekday=actor.group.meeting_weekday)
    with reading(actor.gate) as session:
        known = service.open_at(session, actor, today=today())
        done = (
            service.closed(session, actor, CLOSED[status])
            if status in CLOSED
            else service.closed_since(session, actor, week.start)
        )
        organisations = access.organisations(session, actor)
        areas = districts.districts(session, actor)
    choice = Choice(
        actor.organisation_id if status == "vara" else None,
        next((d for d in areas if d.slug == request.args.get("district")), None),
        next((o for o in organisations if o.slug == request.args.get("owner")), None),
    )
    return render_template(
        "actions/list.html",
        sections=_sections(choice.of(known), choice.of(done), status),
        chips=CHIPS,
        numbers={
            "oppna": len(known),
            "vara": sum(a.owner.id == actor.organisation_id for a in known),
        },
        status=status,
        choice=choice,
        lead=lead(known, today=today(), period=week),
        organisations=organisations,
        areas=areas,
        **words(),
    )


@dataclass(frozen=True)
class Choice:
    """Whose actions the address asks for, and where."""

    ours: UUID | None
    district: District | None
    owner: Organisation | None

    def of(self, actions: Sequence[Action]) -> list[Action]:
        """Return those of the actions that are asked for."""
        return [
            action
            for action in actions
            if self.ours in (None, action.owner.id)
            and (self.owner is None or action.owner.id == self.owner.id)
            and self.district in (None, action.district)
        ]


def _sections(known: Sequence[Action], done: Sequence[Action], status: str) -> list[Section]:
    if status in CLOSED:
        return [Section(CHIPS[status], done)] if done else []
    return sections(known, [a for a in done if a.state is State.DONE], today=today())


def words() -> dict[str, Any]:
    """Return the words that pages of actions need, and the day that they are seen."""
    return {
        "kinds": KIND_TEXT,
        "states": STATE_TEXT,
        "results": RESULT_TEXT,
        "effects": EFFECT_TEXT,
        "beneath": beneath,
        "today": today(),
    }


@bp.get("/atgarder/<name>")
def one(name: str) -> ResponseReturnValue:
    """Show an action, what it has led to, and what was done with it."""
    return show(current_actor(), name)


def show(
    actor: Actor,
    name: str,
    *,
    error: InvalidError | ConflictError | None = None,
    written: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Return the page of an action; with an error, what was written stands there still."""
    with reading(actor.gate) as session:
        action = service.one(session, actor, name)
        rows = service.linked(session, actor, action)
        history = service.history(session, actor, action)
        counted = (
            service.effect(session, actor, action, now=clock.now())
            if actor.may(Permission.READ_WEEK)
            else None
        )
        context = choices(session, actor)
    page = render_template(
        "actions/one.html",
        action=action,
        rows=rows,
        history=history,
        verbs=VERB_TEXT,
        counted=counted,
        regression=REGRESSION,
        may_update=may_update(actor, action),
        steps=steps(actor, action),
        written={key: privacy.redacted(text) for key, text in (written or {}).items()},
        error=error,
        **context,
        **words(),
    )
    return page, STATUS[type(error)] if error else 200


def beside_incident(
    session: Session, actor: Actor, incident: Incident, *, now: datetime
) -> dict[str, object]:
    """Return what the page of an incident says of actions."""
    assert now.tzinfo is not None
    may_read = actor.may(Permission.READ_ACTIONS)
    return {
        "led_to": service.led_to(session, actor, incident) if may_read else (),
        "action_states": STATE_TEXT,
    }


def beside_problem(
    session: Session, actor: Actor, problem: Problem, *, now: datetime
) -> dict[str, object]:
    """Return what the page of a problem says of actions, and of what has changed since."""
    actions = service.of_problem(session, actor, problem)
    counted = ((a, service.effect(session, actor, a, now=now)) for a in actions)
    return {
        "actions": actions,
        "counted": [(action, found) for action, found in counted if found],
        "regression": REGRESSION,
        **words(),
    }
