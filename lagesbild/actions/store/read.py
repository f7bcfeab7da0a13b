"""What is asked about actions. Every question takes a scope, which has no default."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select

from lagesbild.actions.rules import Action, Effect, Kind, Led, Result, State, Wanted, reference_of
from lagesbild.actions.store.tables import ActionIncidentRow, ActionRow
from lagesbild.base.db import Session
from lagesbild.districts.rules import District
from lagesbild.districts.store.tables import DistrictRow
from lagesbild.incidents.store.read import scoped
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people import rules as people
from lagesbild.people.rules import Group, Organisation, Scope
from lagesbild.people.store.tables import OrganisationRow, ParticipantRow
from lagesbild.problems.store import ProblemIncidentRow, ProblemRow

_PLAIN = (
    "id", "year", "number", "what", "place_text", "owner_role", "decided_by", "decided_on", "due",
    "kind", "focus", "category_group", "state", "result", "effect", "note", "reason", "closed_at",
    "version", "problem_id",
)  # fmt: skip
_COLUMNS = (
    *(getattr(ActionRow, name) for name in _PLAIN),
    ProblemRow.number,
    OrganisationRow.id,
    ParticipantRow.slug,
    OrganisationRow.name,
    OrganisationRow.kind,
    DistrictRow.id,
    DistrictRow.key,
    DistrictRow.slug,
    DistrictRow.name,
)


def found(session: Session, group: Group, wanted: Wanted, *, scope: Scope) -> list[Action]:
    """Return the actions of a group that a scope sees, by their last day, then by number."""
    query = (
        select(*_COLUMNS)
        .join(
            ParticipantRow,
            (ParticipantRow.municipality_id == ActionRow.municipality_id)
            & (ParticipantRow.group_id == ActionRow.group_id)
            & (ParticipantRow.organisation_id == ActionRow.owner_id),
        )
        .join(OrganisationRow, OrganisationRow.id == ActionRow.owner_id)
        .outerjoin(
            DistrictRow,
            (DistrictRow.municipality_id == ActionRow.municipality_id)
            & (DistrictRow.id == ActionRow.district_id),
        )
        .outerjoin(
            ProblemRow,
            (ProblemRow.municipality_id == ActionRow.municipality_id)
            & (ProblemRow.id == ActionRow.problem_id),
        )
        .where(*_of(group), *_conditions(wanted, scope))
        .order_by(ActionRow.due.nulls_last(), ActionRow.year, ActionRow.number)
    )
    return [_action(row, scope) for row in session.execute(query)]


def _of(group: Group) -> list[ColumnElement[bool]]:
    return [
        ActionRow.municipality_id == group.municipality_id,
        ActionRow.group_id == group.id,
    ]


def _conditions(wanted: Wanted, scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ActionRow.state.in_(wanted.states)]
    if scope.own_only:
        conditions.append(ActionRow.owner_id == scope.organisation_id)
    if wanted.owner_id is not None:
        conditions.append(ActionRow.owner_id == wanted.owner_id)
    if wanted.problem_id is not None:
        conditions.append(ActionRow.problem_id == wanted.problem_id)
    if wanted.closed_since is not None:
        conditions.append(ActionRow.closed_at >= wanted.closed_since)
    if isinstance(wanted.name, UUID):
        conditions.append(ActionRow.id == wanted.name)
    elif wanted.name is not None:
        year, number = wanted.name
        conditions.append(and_(ActionRow.year == year, ActionRow.number == number))
    return conditions


def _action(row: Row[*tuple[Any, ...]], scope: Scope) -> Action:
    """Return the action of a row; whoever sees only the own does not hear of problems."""
    values: list[Any] = list(row)
    stored = dict(zip(_PLAIN, values, strict=False))
    problem, owner_id, slug, name, owner_kind, *district = values[len(_PLAIN) :]
    is_told = problem is not None and not scope.own_only
    return Action(
        **stored
        | {
            "kind": Kind(stored["kind"]),
            "state": State(stored["state"]),
            "result": Result(stored["result"]) if stored["result"] else None,
            "effect": Effect(stored["effect"]) if stored["effect"] else None,
        },
        owner=Organisation(owner_id, slug, name, people.Kind(owner_kind)),
        district=District(*district) if district[0] else None,
        problem=f"P-{problem}" if is_told else "",
    )


def led_to(session: Session, group: Group, incident_id: UUID, *, scope: Scope) -> list[Led]:
    """Return what an incident that a scope sees has led to, itself or through its problem."""
    incident = and_(
        IncidentRow.municipality_id == group.municipality_id,
        IncidentRow.id == incident_id,
        *scoped(scope),
    )
    itself = select(ActionIncidentRow.action_id).where(
        ActionIncidentRow.municipality_id == group.municipality_id,
        ActionIncidentRow.action_id == ActionRow.id,
        ActionIncidentRow.incident_id == incident_id,
    )
    through = select(ProblemIncidentRow.problem_id).where(
        ProblemIncidentRow.municipality_id == group.municipality_id,
        ProblemIncidentRow.problem_id == ActionRow.problem_id,
        ProblemIncidentRow.incident_id == incident_id,
    )
    query = (
        select(
            ActionRow.year, ActionRow.number, ActionRow.what, ActionRow.state, ActionRow.owner_id
        )
        .where(
            *_of(group),
            or_(itself.exists(), through.exists()),
            select(IncidentRow.id).where(incident).exists(),
        )
        .order_by(ActionRow.year, ActionRow.number)
    )
    return [
        Led(reference_of(year, number), what, State(state), owner_id)
        for year, number, what, state, owner_id in session.execute(query)
    ]


def incident_ids(session: Session, group: Group, action_id: UUID) -> tuple[UUID, ...]:
    """Return the incidents that an action points at; whoever shows them asks for a scope."""
    query = (
        select(ActionIncidentRow.incident_id)
        .where(
            ActionIncidentRow.municipality_id == group.municipality_id,
            ActionIncidentRow.action_id == action_id,
        )
        .order_by(ActionIncidentRow.incident_id)
    )
    return tuple(session.execute(query).scalars())


def links(
    session: Session, group: Group, action_ids: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Return which actions point at which incidents; whoever shows them asks for a scope."""
    query = select(ActionIncidentRow.action_id, ActionIncidentRow.incident_id).where(
        ActionIncidentRow.municipality_id == group.municipality_id,
        ActionIncidentRow.action_id.in_(action_ids),
    )
    return frozenset((row[0], row[1]) for row in session.execute(query))


def focuses(session: Session, group: Group) -> list[str]:
    """Return the areas of focus that the group's actions have named, in alphabetical order."""
    query = (
        select(ActionRow.focus)
        .where(*_of(group), ActionRow.focus != "")
        .distinct()
        .order_by(ActionRow.focus)
    )
    return list(session.execute(query).scalars())
