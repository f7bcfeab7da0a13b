"""Queries where PostgreSQL takes full tables for empty, as after an import that was rolled back."""

from collections.abc import Callable
from datetime import timedelta
from timeit import repeat
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from lagesbild.base.db import Session, reading, transaction
from lagesbild.incidents import service
from lagesbild.incidents.store import parts
from lagesbild.people.rules import Actor, system
from tests.build import NOW, draft

EMPTY = """
    UPDATE pg_class SET reltuples = 0, relpages = 1000
    WHERE oid IN ('incidents'::regclass, 'incident_parts'::regclass)
    OR oid IN (SELECT indexrelid FROM pg_index
               WHERE indrelid IN ('incidents'::regclass, 'incident_parts'::regclass))
"""
BARE = ("SELECT count(*) FROM incidents", "SELECT count(*) FROM incident_parts")


@pytest.fixture
def taken_for_empty(connection: Connection) -> None:
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(text(EMPTY))


@pytest.mark.usefixtures("taken_for_empty")
def test_who_has_spoken_is_found_in_one_reading_of_each_table(member: Actor) -> None:
    clock = system(member.group, member.organisation_id)
    made = [
        draft(organisation_id=member.organisation_id, occurred_from=NOW - timedelta(hours=5 * n))
        for n in range(3000)
    ]
    with transaction(clock.gate) as session:
        service.report_all(session, clock, made, now=NOW)
    with reading(member.gate) as session:
        plain = seconds(lambda: [session.execute(text(each)).scalar_one() for each in BARE])
        found: list[frozenset[UUID]] = []
        ours = seconds(lambda: found.append(sayers(session, member)))
    assert found[0] == {member.organisation_id}
    assert ours < 50 * plain  # each row of one table beside each of the other: seven hundred times


def sayers(session: Session, actor: Actor) -> frozenset[UUID]:
    start, end = NOW - timedelta(days=7), NOW + timedelta(days=1)
    return parts.sayers(session, actor.group.municipality_id, start, end, known_at=end)


def seconds(ask: Callable[[], object]) -> float:
    """Return the least of three times: what else the machine does is not of it."""
    return min(repeat(ask, number=1, repeat=3))
