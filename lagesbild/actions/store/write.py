"""How actions and their incidents are stored."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.actions.rules import Action
from lagesbild.actions.store.tables import ActionIncidentRow, ActionRow
from lagesbild.base.db import Session
from lagesbild.incidents.store import numbers
from lagesbild.people.rules import Group

SERIES = "A"


def add(session: Session, group: Group, action: Action) -> bool:
    """Store a new action under the next number of its year; return whether its id was new."""
    new = upsert(ActionRow).values(
        municipality_id=group.municipality_id,
        group_id=group.id,
        id=action.id,
        year=action.year,
        number=numbers.take(session, group.municipality_id, SERIES, year=action.year),
        **_values(action),
    )
    done = session.execute(
        new.on_conflict_do_nothing(index_elements=["municipality_id", "id"]).returning(ActionRow.id)
    )
    return done.first() is not None


def change(session: Session, group: Group, action: Action) -> bool:
    """Store a changed action; return whether it was still the version that was read."""
    done = session.execute(
        update(ActionRow)
        .where(
            ActionRow.municipality_id == group.municipality_id,
            ActionRow.group_id == group.id,
            ActionRow.id == action.id,
            ActionRow.version == action.version,
        )
        .values(version=action.version + 1, **_values(action))
        .returning(ActionRow.version)
    )
    return done.first() is not None


def _values(action: Action) -> dict[str, object]:
    same = (
        "what", "place_text", "owner_role", "decided_by", "decided_on", "due", "kind", "focus",
        "category_group", "state", "result", "effect", "note", "reason", "closed_at", "problem_id",
    )  # fmt: skip
    return {name: getattr(action, name) for name in same} | {
        "owner_id": action.owner.id,
        "district_id": action.district.id if action.district else None,
    }


def link(session: Session, group: Group, action_id: UUID, incident_id: UUID) -> bool:
    """Note that an incident has led to an action; return whether that was news."""
    new = upsert(ActionIncidentRow).values(
        municipality_id=group.municipality_id,
        action_id=action_id,
        incident_id=incident_id,
        group_id=group.id,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(ActionIncidentRow.incident_id))
    return done.first() is not None


def unlink(session: Session, group: Group, action_id: UUID, incident_id: UUID) -> bool:
    """Take an incident away from an action; return whether it was there."""
    done = session.execute(
        delete(ActionIncidentRow)
        .where(
            ActionIncidentRow.municipality_id == group.municipality_id,
            ActionIncidentRow.action_id == action_id,
            ActionIncidentRow.incident_id == incident_id,
        )
        .returning(ActionIncidentRow.incident_id)
    )
    return done.first() is not None
