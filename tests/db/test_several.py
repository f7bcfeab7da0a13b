"""Several that are told at once count as many, everywhere, on a real database."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, text

from lagesbild.base import db
from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Found, Incident
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import showing
from lagesbild.meetings import service
from lagesbild.meetings.rules import Picture, Reported
from lagesbild.people.rules import Actor, system
from tests.build import NOW, draft

W47 = Period.named("2026-W47")
MEETING = NOW + timedelta(days=1)


def log(actor: Actor, number: int, **changes: object) -> Incident:
    usual = {"place": None, "organisation_id": actor.organisation_id, "category": "STO03"}
    made = draft(number=number, **(usual | changes))
    with transaction(actor.gate) as session:
        return incidents.report(session, actor, made, now=NOW)


def picture(actor: Actor) -> Picture:
    with reading(actor.gate) as session:
        return service.picture(session, actor, W47, now=NOW + timedelta(minutes=1))


def figures(actor: Actor) -> tuple[object, ...]:
    """Return everything that a picture and its publication say of how many there are."""
    found = picture(actor)
    whole = [(d.slug, asdict(f)) for d, f in found.districts]
    with transaction(actor.gate) as session:
        clock = system(actor.group)
        id_ = service.publish(session, clock, W47, now=MEETING)
        published = service.published(session, clock, id_).content
        session.execute(text("RESET ROLE"))
        for table in ("publication_incidents", "publications", "incident_parts", "incidents"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 – the four above
    coverage = [(c.state, c.number) for c in found.coverage]
    return whole, asdict(found.unplaced), coverage, found.outward, published


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["norra-as", "sodra-as", None]))))
def test_a_number_is_the_same_as_so_many_rows_in_the_picture_and_in_what_is_published(
    member: Actor, told: list[tuple[int, str | None]]
) -> None:
    for number, district in told:
        log(member, number, district=district)
    at_once = figures(member)
    for number, district in told:
        for _ in range(number):
            log(member, 1, district=district)
    assert figures(member) == at_once


def test_seven_make_an_organisation_one_that_has_reported_seven(member: Actor) -> None:
    log(member, 7, district="norra-as")
    [police] = [c for c in picture(member).coverage if c.organisation.id == member.organisation_id]
    assert (police.state, police.number) == (Reported.YES, 7)


def test_seven_that_came_after_the_meeting_are_seven_late_reports(member: Actor) -> None:
    made = draft(place=None, organisation_id=member.organisation_id, number=7)
    with transaction(member.gate) as session:
        incidents.report(session, member, made, now=MEETING)
    with reading(member.gate) as session:
        found = service.picture(session, member, W47, now=MEETING + timedelta(days=1))
    assert (found.total.this, found.total.late) == (7, 7)


def test_a_list_and_a_map_say_how_many_and_draw_none(member: Actor) -> None:
    log(member, 7, district="norra-as")
    log(member, 1, district="norra-as", category="EVT01")  # information is not counted
    with reading(member.gate) as session:
        shown = showing.rows(session, member, View(W47), limit=10)
        found = incidents.count(session, member, Filter())
    assert found == Found(rows=2, number=8, counted=7, unplaced=8)
    assert [(row.number, row.geometry) for row in shown.rows] == [(1, None), (7, None)]


def test_the_code_that_is_told_most_is_the_usual_one(member: Actor) -> None:
    log(member, 3, category="SKA01")
    for _ in range(2):
        log(member, 1)
    with reading(member.gate) as session:
        assert incidents.usual(session, member, now=NOW)[0] == "SKA01"


def test_a_number_that_is_lowered_makes_a_correction(member: Actor) -> None:
    told = log(member, 20, district="norra-as", category="BRA01")
    clock = system(member.group)
    with transaction(member.gate) as session:
        service.publish(session, clock, W47, now=MEETING)
        assert service.correct(session, clock, now=MEETING) == []
    lower = replace(
        draft(place=None, number=12, district="norra-as"), id=told.id, part=told.parts[0]
    )
    with transaction(member.gate) as session:
        incidents.edit(session, member, lower, version=1, now=MEETING)
        [made] = service.correct(session, clock, now=MEETING + timedelta(minutes=1))
        content = service.published(session, clock, made).content
        assert service.correct(session, clock, now=MEETING + timedelta(minutes=2)) == []
    assert content["total"]["this"] == 12  # type: ignore[index]  # plain JSON


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_number_may_be_lowered(number: int, member: Actor) -> None:
    assert changed_from_three(member, number).facts.number == number


def test_a_number_is_never_raised(member: Actor) -> None:
    with pytest.raises(InvalidError, match="går bara att sänka"):
        changed_from_three(member, 4)


def changed_from_three(actor: Actor, number: int) -> Incident:
    told = log(actor, 3)
    changed = replace(draft(place=None, number=number), id=told.id, part=told.parts[0])
    with transaction(actor.gate) as session:
        return incidents.edit(session, actor, changed, version=1, now=NOW)


def test_the_week_is_counted_from_its_index_alone(member: Actor, connection: Connection) -> None:
    asked = []

    def note(_c: object, _cursor: object, sql: str, given: object, *_more: object) -> None:
        if "late_from" in sql:
            asked.append((sql, given))

    log(member, 7)
    # Of a table of one row another index may look as cheap: whether this one is enough is asked.
    connection.exec_driver_sql("RESET ROLE")
    connection.exec_driver_sql(
        "UPDATE pg_index SET indisvalid = false WHERE indrelid = 'incidents'::regclass"
        " AND indexrelid <> 'ix_incidents_week'::regclass"
    )
    event.listen(connection, "before_cursor_execute", note)
    with db.reading(member.gate) as session:
        service.picture(session, member, W47, now=NOW)
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        session.connection().exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        [(sql, given)] = asked
        rows = session.connection().exec_driver_sql(f"EXPLAIN {sql}", given)  # type: ignore[arg-type]  # as it was given
        plan = "\n".join(row[0] for row in rows)
    assert "Index Only Scan using ix_incidents_week" in plan, plan
