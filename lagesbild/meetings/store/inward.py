"""Which problems and actions rest on what must not leave the group."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from lagesbild.actions.rules import reference_of
from lagesbild.actions.store.tables import ActionIncidentRow, ActionRow
from lagesbild.analysis.store import may_go_out
from lagesbild.base.db import Session
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import ParticipantRow
from lagesbild.problems.store import ProblemIncidentRow, ProblemRow


def owners(session: Session, municipality_id: UUID) -> list[UUID]:
    """Return whose incidents there can be: the organisations of all groups of a municipality."""
    query = (
        select(ParticipantRow.organisation_id)
        .where(ParticipantRow.municipality_id == municipality_id)
        .distinct()
        .order_by(ParticipantRow.organisation_id)
    )
    return list(session.execute(query).scalars())


def references(
    session: Session, group: Group, open_codes: Sequence[str], closed: Collection[str]
) -> frozenset[str]:
    """Return the numbers of problems and actions that must not be named outside a group.

    They are linked to an incident that may not go out, or that was merged into such a one; an
    action also through its problem, and when it is about one of the `closed` groups of types.
    What an owner has kept to itself since it was linked is seen behind that owner's gate alone.
    """
    municipality_id = group.municipality_id
    of_problem = and_(
        ProblemIncidentRow.municipality_id == municipality_id,
        ProblemIncidentRow.problem_id == ProblemRow.id,
    )
    problems = select(ProblemRow.number).where(
        ProblemRow.municipality_id == municipality_id,
        ProblemRow.group_id == group.id,
        _is_kept(ProblemIncidentRow, of_problem, open_codes),
    )
    of_action = and_(
        ActionIncidentRow.municipality_id == municipality_id,
        ActionIncidentRow.action_id == ActionRow.id,
    )
    through = and_(
        ProblemIncidentRow.municipality_id == municipality_id,
        ProblemIncidentRow.problem_id == ActionRow.problem_id,
    )
    actions = select(ActionRow.year, ActionRow.number).where(
        ActionRow.municipality_id == municipality_id,
        ActionRow.group_id == group.id,
        or_(
            ActionRow.category_group.in_(closed),
            _is_kept(ActionIncidentRow, of_action, open_codes),
            _is_kept(ProblemIncidentRow, through, open_codes),
        ),
    )
    found = {f"P-{number}" for number in session.execute(problems).scalars()}
    return frozenset(found | {reference_of(*row) for row in session.execute(actions)})


def _is_kept(
    link: type[ActionIncidentRow | ProblemIncidentRow],
    linked: ColumnElement[bool],
    open_codes: Sequence[str],
) -> ColumnElement[bool]:
    """Return the condition of what is linked to an incident that may not go out."""
    it = aliased(IncidentRow)
    return exists().where(
        linked,
        it.municipality_id == link.municipality_id,
        it.id == link.incident_id,
        IncidentRow.municipality_id == link.municipality_id,
        # An array goes by the index; with OR the municipality's incidents are read for each link.
        IncidentRow.id == any_(array([it.id, it.duplicate_of])),
        ~may_go_out(open_codes),
    )
