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
from lagesbild.incidents.rules import Incident, Part, Visibility
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings import service
from lagesbild.meetings.rules.publication import Publication
from lagesbild.people.rules import Actor, system
from tests.build import NOBODY, NORTH, NOW, SOUTH, draft

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
    assert set(before) == {
        *("districts", "unplaced", "total", "weeks", "coverage"),
        *("late", "uncertain", "newcomers", "cells"),
    }
    assert all(set(said) == {"name", "answered"} for said in before["coverage"])


def corrected(actor: Actor, *, now: datetime) -> list[Publication]:
    with transaction(actor.gate) as session:
        made = service.correct(session, system(actor.group), now=now)
        return [service.published(session, system(actor.group), id_) for id_ in made]


def logged(actor: Actor, number: int, **changes: object) -> list[Incident]:
    with transaction(actor.gate) as session:
        return [
            incidents.report(
                session,
                actor,
                draft(organisation_id=actor.organisation_id, place=NORTH, **changes),
                now=NOW,
            )
            for _ in range(number)
        ]


def withdraw(actor: Actor, gone: Incident) -> None:
    with transaction(actor.gate) as session:
        incidents.withdraw(session, actor, gone.id, version=1, reason=Reason("Fel"), now=MEETING)


def mark(actor: Actor, marked: Incident) -> None:
    part = Part(actor.organisation_id or NOBODY, secrecy_basis="18:1", version=0)
    with transaction(actor.gate) as session:
        incidents.say(
            session, actor, marked.id, replace(part, visibility=Visibility.GROUP), now=MEETING
        )


def hold(actor: Actor, held: Incident) -> None:
    kept = replace(held.parts[0], visibility=Visibility.OWN)
    with transaction(actor.gate) as session:
        made = draft(organisation_id=actor.organisation_id, place=NORTH)
        changed = replace(made, id=held.id, part=kept)
        incidents.edit(session, actor, changed, version=1, now=MEETING)


@pytest.mark.parametrize("way", ["withdrawn", "marked by another", "held back"])
def test_what_may_no_longer_be_counted_makes_a_correction(
    member: Actor, firefighter: Actor, way: str
) -> None:
    first, *_ = logged(member, 12)
    published(member, W47, now=MEETING)
    assert corrected(member, now=MEETING + MINUTE) == []
    if way == "withdrawn":
        withdraw(member, first)
    elif way == "marked by another":
        mark(firefighter, first)
    else:
        hold(member, first)
    [made] = corrected(member, now=MEETING + MINUTE)
    assert (made.week, made.version) == ("2026-W47", 2)


def test_a_correction_is_made_once(member: Actor) -> None:
    first, *_ = logged(member, 12)
    published(member, W47, now=MEETING)
    withdraw(member, first)
    assert len(corrected(member, now=MEETING + MINUTE)) == 1
    assert corrected(member, now=MEETING + 2 * MINUTE) == []


def test_a_correction_takes_in_no_late_report(member: Actor) -> None:
    gone = logged(member, 12)
    published(member, W47, now=MEETING)
    log(member, 30, place=NORTH, now=MEETING + MINUTE)
    for incident in gone[:6]:
        withdraw(member, incident)
    [made] = corrected(member, now=MEETING + 2 * MINUTE)
    assert made.content["total"]["this"] == 6  # type: ignore[index]  # plain JSON


def test_what_was_never_counted_makes_no_correction(member: Actor) -> None:
    logged(member, 12)
    [kept] = logged(member, 1, visibility="osg")
    published(member, W47, now=MEETING)
    withdraw(member, kept)
    assert corrected(member, now=MEETING + MINUTE) == []


def test_what_an_owner_keeps_in_the_group_is_not_published(member: Actor) -> None:
    logged(member, 12)
    logged(member, 9, visibility="osg")
    assert published(member, W47, now=MEETING)["total"]["this"] == 12
