"""What readers have been told is not told otherwise, on a real database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from lagesbild.base.clock import Period
from lagesbild.base.db import new_id, transaction
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service
from lagesbild.people.rules import Actor, system
from tests.build import NORTH, NOW, SOUTH, draft

W47 = Period.named("2026-W47")
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
MEETING = NOW + timedelta(days=1)


def log(actor: Actor, number: int, *, now: datetime = NOW, **changes: object) -> None:
    with transaction(actor.gate) as session:
        for _ in range(number):
            made = draft(
                occurred_from=NOW - MINUTE, organisation_id=actor.organisation_id, **changes
            )
            incidents.report(session, actor, made, now=now)


def published(actor: Actor, period: Period, *, now: datetime) -> Mapping[str, Any]:
    with transaction(actor.gate) as session:
        id_ = service.publish(session, system(actor.group), period, now=now)
        return service.published(session, system(actor.group), id_).content


@pytest.fixture
def neighbour(connection: Connection, member: Actor) -> Actor:
    """The system in another group of the same municipality."""
    group = replace(member.group, id=new_id(), slug="ostra", name="Östra")
    connection.execute(text("RESET ROLE"))
    query = (
        "INSERT INTO groups (municipality_id, id, slug, name, letter_time, schedule_since)"
        " SELECT municipality_id, :id, :slug, :name, letter_time, schedule_since FROM groups"
    )
    connection.execute(text(query), {"id": group.id, "slug": group.slug, "name": group.name})
    return system(group)


def test_a_late_report_does_not_show_in_the_letter_of_the_next_week(member: Actor) -> None:
    log(member, 9, place=NORTH)
    log(member, 12, place=SOUTH)
    first = published(member, W47, now=MEETING)
    log(member, 6, place=NORTH, now=MEETING + MINUTE)
    next_week = published(member, W47.previous(-1), now=MEETING + WEEK)
    for line, after in zip(first["districts"], next_week["districts"], strict=True):
        assert (after["last"], after["mean"]) == (line["this"], round(line["this"] / 4))
    assert next_week["total"]["last"] == first["total"]["this"] == 21


def test_what_one_group_has_told_another_does_not_tell_otherwise(
    member: Actor, neighbour: Actor
) -> None:
    log(member, 9, place=NORTH)
    log(member, 12, place=SOUTH)
    first = published(member, W47, now=MEETING)
    log(member, 1, place=NORTH, now=MEETING + MINUTE)
    second = published(neighbour, W47, now=MEETING + 2 * MINUTE)
    assert second["districts"] == first["districts"]
    assert second["weeks"] == {}


def test_the_total_of_all_incidents_is_nowhere_in_a_publication(member: Actor) -> None:
    log(member, 20, place=NORTH)
    before = published(member, W47, now=MEETING)
    log(member, 7, place=NORTH, category="VAL06", now=NOW)
    assert published(member, W47.previous(-1), now=MEETING + WEEK)["total"]["last"] == 20
    assert set(before) == {"districts", "unplaced", "total", "weeks", "coverage"}
    assert all(set(said) == {"name", "answered"} for said in before["coverage"])
