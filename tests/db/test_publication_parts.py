"""What a letter says besides the numbers of a week, on a real database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from lagesbild.base import db
from lagesbild.base.clock import Period
from lagesbild.base.db import transaction
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Incident, Part, Visibility
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings import service
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, system
from tests.build import NORTH, NOW, SOUTH, draft
from tests.db.test_publications import neighbour

__all__ = ["neighbour"]  # a fixture

W47 = Period.named("2026-W47")
W48 = W47.previous(-1)
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
MEETING = NOW + timedelta(days=1)
SECRET = "VAL06"


def log(
    actor: Actor,
    number: int = 1,
    *,
    back: int = 0,
    at: datetime | None = None,
    **changes: Any,  # noqa: ANN401 – any field of a draft
) -> list[Incident]:
    """Log incidents of some weeks ago, at once or late."""
    happened = NOW - MINUTE - back * WEEK
    usual = {"place": NORTH, "occurred_from": happened, "organisation_id": actor.organisation_id}
    with transaction(actor.gate) as session:
        return [
            incidents.report(session, actor, draft(**usual | changes), now=at or happened + MINUTE)
            for _ in range(number)
        ]


def published(actor: Actor, period: Period = W47, *, now: datetime = MEETING) -> dict[str, Any]:
    with transaction(actor.gate) as session:
        id_ = service.publish(session, system(actor.group), period, now=now)
        return dict(service.published(session, system(actor.group), id_).content)


def corrected(actor: Actor, *, now: datetime = MEETING + MINUTE) -> Mapping[str, Any]:
    with transaction(actor.gate) as session:
        [made] = service.correct(session, system(actor.group), now=now)
        return service.published(session, system(actor.group), made).content


def withdraw(actor: Actor, gone: list[Incident]) -> None:
    with transaction(actor.gate) as session:
        for each in gone:
            why = Reason("Fel")
            incidents.withdraw(session, actor, each.id, version=1, reason=why, now=MEETING)


def mark(actor: Actor, incident: Incident) -> None:
    assert actor.organisation_id is not None
    part = Part(actor.organisation_id, secrecy_basis="18:1", version=0, visibility=Visibility.GROUP)
    with transaction(actor.gate) as session:
        incidents.say(session, actor, incident.id, part, now=MEETING)


# --- Late reports, uncertain places ---------------------------------------------------------


@pytest.mark.parametrize(("number", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_late_reports_of_the_last_week_are_told_unless_they_are_few(
    member: Actor, number: int, told: int | None
) -> None:
    log(member, 9)
    log(member, number, at=MEETING + MINUTE)
    assert published(member, W48, now=MEETING + WEEK)["late"] == told


def test_late_reports_that_may_not_go_out_are_none(member: Actor) -> None:
    log(member, 5, at=MEETING + MINUTE, category=SECRET)
    log(member, 5, at=MEETING + MINUTE, visibility=Visibility.GROUP)
    assert published(member, W48, now=MEETING + WEEK)["late"] == 0


@pytest.mark.parametrize(("precision", "told"), [(99, 0), (100, 6), (None, 0)])
def test_a_place_is_uncertain_from_a_hundred_metres(
    member: Actor, precision: int | None, told: int
) -> None:
    log(member, 20)
    log(member, 6, place=SOUTH, place_precision_m=precision)
    assert published(member)["uncertain"] == told


@pytest.mark.parametrize(
    "changes",
    [
        {"category": SECRET},
        {"visibility": Visibility.GROUP},
        {"place": None, "district": "norra-as"},
        {"back": 1},
    ],
)
def test_only_what_a_letter_counts_in_its_districts_has_an_uncertain_place(
    member: Actor, changes: dict[str, Any]
) -> None:
    log(member, 20)
    log(member, 6, **{"place_precision_m": 200} | changes)
    assert published(member)["uncertain"] == 0


# --- Types ----------------------------------------------------------------------------------


def usual(actor: Actor) -> None:
    """Twelve weeks with ten others in the north, and 20 of them this week."""
    for back in range(12, 0, -1):
        log(actor, 10, back=back, category="ORD01")
    log(actor, 20, category="ORD01")


def test_a_type_that_stands_out_is_told_with_its_number(member: Actor) -> None:
    usual(member)
    log(member, 7)
    [found] = published(member)["cells"]
    assert found == {
        "slug": "norra-as",
        "district": "Norra Ås",
        "code": "BRA01",
        "category": found["category"],
        "number": 7,
        "expected": 0,
        "proposed": True,
    }
    assert "brand" in found["category"]


def test_what_may_not_go_out_is_not_counted_in_it(member: Actor, firefighter: Actor) -> None:
    usual(member)
    marked, *_ = log(member, 8)
    mark(firefighter, marked)
    log(member, 9, visibility=Visibility.GROUP)
    log(member, 9, category=SECRET)
    assert [cell["number"] for cell in published(member)["cells"]] == [7]


def test_a_late_report_does_not_make_a_type_stand_out(member: Actor) -> None:
    usual(member)
    log(member, 7, at=MEETING)
    assert published(member, now=MEETING + WEEK)["cells"] == []


# --- Told again -----------------------------------------------------------------------------


def test_a_correction_repeats_what_was_told_and_judges_anew(member: Actor) -> None:
    usual(member)
    log(member, 9, at=MEETING - WEEK + MINUTE, back=1, category="ORD01")
    gone = log(member, 6, place_precision_m=150)
    log(member, 9, category="ORD01", place=SOUTH)
    first = published(member)
    assert (first["late"], first["uncertain"]) == (9, 6)
    assert [cell["code"] for cell in first["cells"]] == ["ORD01", "BRA01"]
    withdraw(member, gone)
    log(member, 9, back=1, at=MEETING + MINUTE)
    second = corrected(member)
    for key in ("coverage", "newcomers", "late", "uncertain"):
        assert second[key] == first[key]
    assert second["cells"] == first["cells"][:1]
    assert [d["this"] for d in first["districts"]] == [26, 9]
    assert [d["this"] for d in second["districts"]] == [20, 9]


def test_a_correction_of_a_few_keeps_a_type_as_it_was_told(member: Actor) -> None:
    usual(member)
    gone = log(member, 8)
    first = published(member)
    withdraw(member, gone[:4])
    assert corrected(member)["cells"] == first["cells"] != []


def test_a_correction_of_a_letter_from_before_there_were_marks_has_all(
    member: Actor, connection: Connection
) -> None:
    usual(member)
    gone = log(member, 8)
    first = published(member)
    connection.execute(text("RESET ROLE"))
    old = "UPDATE publications SET content = content - '{late,uncertain,newcomers,cells}'::text[]"
    connection.execute(text(old))
    withdraw(member, gone[:1])
    second = corrected(member)
    assert second.keys() == first.keys()
    assert [cell["number"] for cell in second["cells"]] == [7]


def test_what_one_group_has_said_of_a_week_another_repeats(member: Actor, neighbour: Actor) -> None:
    usual(member)
    log(member, 8, place_precision_m=150)
    log(member, 6, back=1, at=MEETING - MINUTE)
    first = published(member)
    log(member, 9, back=1, at=MEETING)
    log(member, 9, place_precision_m=150, at=MEETING, category="ORD01")
    second = published(neighbour, now=MEETING + MINUTE)
    for key in ("late", "uncertain", "cells"):
        assert second[key] == first[key]


# --- Weeks between two letters --------------------------------------------------------------


def between(actor: Actor, last: Period, this: Period) -> list[tuple[str, int | None]]:
    """Ask with the login of readers."""
    with db.publications(actor.gate) as session:
        found = service.totals_between(session, actor, last, this)
    return [(period.name, total) for period, total in found]


def test_a_letter_tells_of_every_week_since_the_last_one(member: Actor, reader: Actor) -> None:
    log(member, 9, back=6)
    published(member, W47.previous(6), now=MEETING - 6 * WEEK)
    for back, number in ((5, 8), (4, 3), (2, 7), (1, 6), (0, 5)):
        log(member, number, back=back)
    published(member)
    assert between(reader, W47.previous(6), W47) == [
        ("2026-W42", 8),
        ("2026-W43", None),
        ("2026-W44", 0),
        ("2026-W45", 7),
        ("2026-W46", 6),
    ]


def test_also_where_another_group_has_told_of_them(member: Actor, neighbour: Actor) -> None:
    for back in range(4):
        log(member, 5 + back, back=back)
    published(neighbour, W47.previous(3), now=MEETING - 3 * WEEK)
    published(member, W47.previous(), now=MEETING - WEEK)
    published(neighbour)
    assert between(neighbour, W47.previous(3), W47) == [("2026-W45", 7), ("2026-W46", 6)]


def test_a_week_that_nobody_told_has_no_total(member: Actor) -> None:
    assert between(member, W47.previous(3), W47) == [("2026-W45", None), ("2026-W46", None)]


def test_nothing_lies_between_a_week_and_the_next(member: Actor) -> None:
    published(member)
    assert between(member, W47.previous(), W47) == []


def test_the_newest_table_of_a_week_counts(member: Actor) -> None:
    gone = log(member, 20, back=1)
    published(member, W47.previous(), now=MEETING - WEEK)
    withdraw(member, gone[:9])
    corrected(member)
    assert between(member, W47.previous(2), W47) == [("2026-W46", 11)]


# --- Extra pictures -------------------------------------------------------------------------


def test_an_extra_picture_publishes_nothing(coordinator: Actor) -> None:
    log(coordinator, 9)
    with transaction(coordinator.gate) as session:
        fixing.fix_extra(session, coordinator, W47, now=NOW)
        assert service.editions(session, coordinator) == []
