"""Places of sensitive types, as the other organisations of a group see them, whatever they ask."""

from collections.abc import Callable

import orjson
import pytest
from pyproj import Transformer
from sqlalchemy import Connection, text

from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import NotAllowedError
from lagesbild.base.geo import Box
from lagesbild.incidents import service
from lagesbild.incidents.rules import Filter, GeoJson, Incident, Listed, Shown
from lagesbild.incidents.service import Purpose
from lagesbild.people.rules import Actor
from tests.build import NOW, draft

Report = Callable[..., Incident]
LONGITUDE, LATITUDE = 17.951234, 59.271234
PLACE = GeoJson(f'{{"type":"Point","coordinates":[{LONGITUDE},{LATITUDE}]}}')
A, C, D = "BRA01", "STO01", "VAL05"  # open, sensitive, blocked


@pytest.fixture
def report(member: Actor) -> Report:
    """Return a function that stores an incident of the police."""

    def stored(code: str, **changes: object) -> Incident:
        usual = {"place": PLACE, "place_text": "Storgatan 5", "source_ref": None} | changes
        made = draft(organisation_id=member.organisation_id, category=code, **usual)
        with transaction(member.gate) as session:
            return service.report(session, member, made, now=NOW)

    return stored


def rows(actor: Actor, **wanted: object) -> list[Listed]:
    with reading(actor.gate) as session:
        return service.listing(session, actor, Filter(**wanted), limit=100)  # type: ignore[arg-type]  # the filter's own fields


def box(metres: float, longitude: float = LONGITUDE, latitude: float = LATITUDE) -> Box:
    return Box(longitude, latitude, longitude, latitude).grown(metres)


def at(place: GeoJson | None) -> tuple[float, float]:
    assert place is not None
    longitude, latitude = orjson.loads(place)["coordinates"]
    return longitude, latitude


@pytest.mark.parametrize(
    ("code", "shown"), [(A, Shown.EXACT), (C, Shown.GRID), (D, Shown.DISTRICT)]
)
def test_list_and_page_show_the_same_of_a_place(
    report: Report, firefighter: Actor, code: str, shown: Shown
) -> None:
    made = report(code)
    [row] = rows(firefighter)
    with reading(firefighter.gate) as session:
        one = service.one(session, firefighter, made.id)
    assert (row.shown, row.place, row.place_text) == (shown, one.facts.place, one.facts.place_text)
    assert one.shown is shown
    assert (row.place == PLACE) is (shown is Shown.EXACT)
    assert (row.place_text == "Storgatan 5") is (shown is Shown.EXACT)


@pytest.mark.parametrize("code", [A, C, D])
def test_what_has_no_place_hides_none(report: Report, firefighter: Actor, code: str) -> None:
    report(code, place=None, place_text="", district="norra-as")
    [row] = rows(firefighter)
    assert (row.shown, row.place) == (Shown.EXACT, None)


@pytest.mark.parametrize("code", [A, C, D])
def test_the_owner_sees_everything_exactly(report: Report, member: Actor, code: str) -> None:
    report(code)
    [row] = rows(member)
    assert (row.shown, row.place, row.place_text) == (Shown.EXACT, PLACE, "Storgatan 5")


def test_a_square_is_the_middle_of_a_hundred_metres(report: Report, firefighter: Actor) -> None:
    report(C)
    [row] = rows(firefighter)
    to_metres = Transformer.from_crs(4326, 3006, always_xy=True)
    for shown, exact in zip(
        to_metres.transform(*at(row.place)),
        to_metres.transform(LONGITUDE, LATITUDE),
        strict=True,
    ):
        assert shown % 100 == pytest.approx(50, abs=0.2)
        assert abs(shown - exact) <= 50.2
    assert row.place_precision_m == 100


def test_two_places_in_a_square_look_the_same(report: Report, firefighter: Actor) -> None:
    for metres_east in (0, 3):
        longitude = LONGITUDE + metres_east / 57_000
        report(C, place=GeoJson(f'{{"type":"Point","coordinates":[{longitude},{LATITUDE}]}}'))
    one, other = rows(firefighter)
    assert one.place == other.place


def test_a_small_box_finds_the_square_and_never_the_place(
    report: Report, firefighter: Actor
) -> None:
    report(C)
    [row] = rows(firefighter)
    assert rows(firefighter, box=box(1)) == []
    assert rows(firefighter, box=box(1, *at(row.place))) == [row]


def test_a_sensitive_line_is_found_at_the_square_of_its_middle(
    report: Report, firefighter: Actor
) -> None:
    line = f'{{"type":"LineString","coordinates":[[17.93,{LATITUDE}],[17.97,{LATITUDE}]]}}'
    report(C, place=GeoJson(line))
    [row] = rows(firefighter)
    assert rows(firefighter, box=box(1, *at(row.place))) == [row]
    assert rows(firefighter, box=box(1, 17.93, LATITUDE)) == []


def test_no_box_finds_what_is_blocked(report: Report, firefighter: Actor, member: Actor) -> None:
    report(D)
    assert rows(firefighter, box=box(5_000)) == []
    assert len(rows(member, box=box(1))) == 1


def test_a_search_does_not_find_words_that_are_not_shown(
    report: Report, firefighter: Actor, member: Actor
) -> None:
    for code in (A, C, D):
        report(code, summary="Inget")
    assert [row.category for row in rows(firefighter, words="Storgatan")] == [A]
    assert len(rows(member, words="Storgatan")) == 3


def test_the_exact_place_of_a_square_is_shown_and_written_down(
    report: Report, firefighter: Actor
) -> None:
    made = report(C)
    with transaction(firefighter.gate) as session:
        seen = service.exact(session, firefighter, made.id, Purpose.ACTION, now=NOW)
        [entry, _] = service.history(session, firefighter, made)
    assert (seen.facts.place, seen.facts.place_text) == (PLACE, "Storgatan 5")
    assert (entry.verb, entry.organisation_id, dict(entry.changes)) == (
        "incident.exact",
        firefighter.organisation_id,
        {"syfte": "insats"},
    )


def test_nobody_but_the_owner_gets_the_exact_place_of_what_is_blocked(
    report: Report, firefighter: Actor
) -> None:
    made = report(D)
    with transaction(firefighter.gate) as session, pytest.raises(NotAllowedError):
        service.exact(session, firefighter, made.id, Purpose.ACTION, now=NOW)


def test_the_owners_reference_and_crime_code_are_the_owners(
    report: Report, firefighter: Actor, member: Actor
) -> None:
    made = report(A, source_ref="A-17", crime_code="0801")
    for actor, seen in ((firefighter, (None, None)), (member, ("A-17", "0801"))):
        with reading(actor.gate) as session:
            one = service.one(session, actor, made.id)
        assert (one.source_ref, one.facts.crime_code) == seen


def test_the_history_holds_no_place(report: Report, firefighter: Actor) -> None:
    made = report(C, crime_code="0801", place_kind="bostadshus")
    with reading(firefighter.gate) as session:
        entries = service.history(session, firefighter, made)
    said = orjson.dumps([dict(entry.changes) for entry in entries]).decode()
    assert not [word for word in ("17.95", "Storgatan", "0801", "bostadshus") if word in said]


def test_a_type_that_becomes_sensitive_is_a_square_at_once(
    report: Report, firefighter: Actor, connection: Connection
) -> None:
    report(A)
    connection.execute(text("RESET ROLE"))  # the program cannot change the taxonomy yet
    connection.execute(
        text(
            "INSERT INTO categories (code, version, name, severity, sensitivity, valid_from)"
            " VALUES (:code, 99, 'Brand', 3, 'C', '2026-01-01')"
        ),
        {"code": A},
    )
    assert [row.shown for row in rows(firefighter)] == [Shown.GRID]
