"""What a row becomes on its way out."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from lagesbild.base.clock import Period
from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import Box
from lagesbild.exchange.rules.exports import cells, records
from lagesbild.exchange.rules.exports.records import Form, Names, Record, Spoken
from lagesbild.incidents.rules import (
    Category,
    Filter,
    GeoJson,
    Listed,
    TimePrecision,
    Verification,
)
from lagesbild.people.rules import Scope
from tests.build import NOW

DISTRICT, POLICE, FIRE = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = Names(
    Spoken(
        {"BRA": "Brand"},
        {TimePrecision.EXACT: "på minuten", TimePrecision.DAY: "någon gång den dagen"},
        {Verification.CONFIRMED: "bekräftad", Verification.UNCONFIRMED: "obekräftad"},
    ),
    {"BRA01": Category("BRA01", "Brand i papperskorg", 2, "A")},
    {DISTRICT: "Norra Ås"},
    {POLICE: "Polisen", FIRE: "Brandförsvaret"},
)
ROW = Listed(
    id=UUID(int=9),
    reference="L-2026-000001",
    category="BRA01",
    severity=2,
    occurred_from=NOW,
    occurred_to=None,
    time_precision="exakt",
    place=GeoJson('{"type":"Point","coordinates":[17.95,59.27]}'),
    place_precision_m=50,
    place_text="Åvägen",
    district_id=DISTRICT,
    organisation_id=POLICE,
    verification="obekraftad",
    source="form",
    registered_at=NOW,
    version=1,
    number=1,
    summary="Rök",
    district="norra-as",
    organisation="polis",
    shown="exakt",
)
ALL = Scope(POLICE, own_only=False)
THURSDAY = 3


def made(**changes: Any) -> Record:  # noqa: ANN401 – any field of a row
    return records.record(ROW._replace(**changes), NAMES, scope=ALL)


def by_heading(record: Record) -> dict[str, cells.Value]:
    return {c.heading: v for c, v in zip(cells.columns(), cells.cells(record), strict=True)}


def test_a_row_has_a_value_for_each_heading() -> None:
    assert by_heading(made()) == {
        "Nummer": "L-2026-000001",
        "Datum": date(2026, 11, 18),
        "Klockslag": time(13, 0),
        "Till": None,
        "Tid": "på minuten",
        "Typ": "BRA01",
        "Typens namn": "Brand i papperskorg",
        "Allvar": 2,
        "Kommundel": "Norra Ås",
        "Plats": "Åvägen",
        "Latitud": 59.27,
        "Longitud": 17.95,
        "N (SWEREF 99 TM)": 6573839,
        "E (SWEREF 99 TM)": 668120,
        "Osäkerhet (m)": 50,
        "Platsen visas": "som den är känd",
        "Organisation": "Polisen",
        "Status": "obekräftad",
        "Beskrivning": "Rök",
        "Registrerad": datetime(2026, 11, 18, 13),  # noqa: DTZ001 – a Swedish clock
        "Antal": 1,
    }


@pytest.mark.parametrize("field", ["details", "source_ref", "created_by", "reporter_role"])
def test_what_a_list_does_not_show_cannot_leave(field: str) -> None:
    assert field not in Listed._fields


def test_a_row_of_another_organisation_never_leaves_with_a_narrow_scope() -> None:
    narrow = Scope(POLICE, own_only=True)
    assert records.record(ROW, NAMES, scope=narrow).organisation == "Polisen"
    with pytest.raises(AssertionError):
        records.record(ROW._replace(organisation_id=FIRE), NAMES, scope=narrow)


@pytest.mark.parametrize(
    ("moment", "day", "clock"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29), time(1, 59)),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29), time(3, 0)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25), time(2, 30)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25), time(2, 30)),
        (datetime(2026, 1, 31, 23, 0, 59, tzinfo=UTC), date(2026, 2, 1), time(0, 0)),
    ],
)
def test_a_time_is_what_a_swedish_clock_showed(moment: datetime, day: date, clock: time) -> None:
    row = by_heading(made(occurred_from=moment))
    assert (row["Datum"], row["Klockslag"]) == (day, clock)


def test_a_day_without_a_known_time_has_no_clock() -> None:
    row = by_heading(made(time_precision="dygn"))
    assert (row["Datum"], row["Klockslag"]) == (date(2026, 11, 18), None)
    assert row["Tid"] == "någon gång den dagen"


def test_a_row_without_a_place_has_no_numbers_of_one() -> None:
    row = by_heading(made(place=None, place_precision_m=None))
    assert [row[name] for name in ("Latitud", "Longitud", "N (SWEREF 99 TM)")] == [None] * 3
    assert row["Osäkerhet (m)"] is None


@pytest.mark.parametrize(
    "shape",
    [
        '{"type":"LineString","coordinates":[[17.93,59.26],[17.94,59.27],[17.96,59.26]]}',
        '{"type":"Polygon","coordinates":[[[17.93,59.26],[17.96,59.26],[17.95,59.27],[17.93,59.26]]]}',
    ],
)
def test_a_line_or_area_is_a_point_that_says_how_far_it_reaches(shape: str) -> None:
    found = cells.spot(GeoJson(shape), 10)
    assert found is not None
    assert 17.93 <= found.longitude <= 17.96
    assert 59.26 <= found.latitude <= 59.27
    assert found.off_m is not None
    assert 850 < found.off_m < 2100  # the ends are 1 700 m apart
    vague = cells.spot(GeoJson(shape), 5000)
    assert vague is not None
    assert vague.off_m == 5000


def test_a_place_where_the_metres_have_no_answer_keeps_its_degrees() -> None:
    found = cells.spot(GeoJson('{"type":"Point","coordinates":[-75.0,0.0]}'), None)
    assert found is not None
    assert (found.latitude, found.longitude, found.north) == (0.0, -75.0, None)


def test_a_workbook_holds_fewer_rows_than_plain_text() -> None:
    records.check_size(20_000, Form.XLSX)
    records.check_size(100_000, Form.CSV)
    with pytest.raises(InvalidError, match="20\u00a0001 händelser"):
        records.check_size(20_001, Form.XLSX)
    with pytest.raises(InvalidError, match="rymmer 100\u00a0000"):
        records.check_size(100_001, Form.GPKG)


def test_a_filter_is_told_in_words_without_what_was_searched_for() -> None:
    week = Period.named("2026-W47")
    wanted = Filter(
        box=Box(17.9, 59.2, 18.0, 59.3),
        district_id=DISTRICT,
        start=week.start,
        end=week.end,
        category="BRA",
        organisation_id=FIRE,
        verification=Verification.CONFIRMED,
        words="811228-9874",
    )
    assert records.filter_text(wanted, NAMES, weekday=THURSDAY) == (
        "v. 47 (tors 12 nov – ons 18 nov 2026); typ Brand; område Norra Ås;"
        " organisation Brandförsvaret; status bekräftad;"
        " i rutan 17.9000, 59.2000, 18.0000, 59.3000 (väst, syd, öst, nord); med ett sökord"
    )


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (Filter(), "alla händelser"),
        (Filter(category="BRA01"), "typ Brand i papperskorg"),
        (Filter(category="811228-9874"), "typ okänd"),
        (Filter(start=NOW), "från ons 18 nov 2026 kl. 13.00"),
        (Filter(end=NOW), "fram till ons 18 nov 2026 kl. 13.00"),
        (
            Filter(start=NOW, end=NOW + timedelta(days=7)),
            "från ons 18 nov 2026 kl. 13.00 fram till ons 25 nov 2026 kl. 13.00",
        ),
    ],
)
def test_each_part_of_a_filter_has_words(wanted: Filter, text: str) -> None:
    assert records.filter_text(wanted, NAMES, weekday=THURSDAY) == text


def test_a_file_is_called_by_its_week_or_its_day() -> None:
    week = Period.named("2026-W47")
    whole = Filter(start=week.start, end=week.end)
    names = [
        records.file_name("huddinge", wanted, Form.XLSX, weekday=THURSDAY, now=NOW)
        for wanted in (whole, replace(whole, end=NOW), Filter())
    ]
    assert names == [
        "handelser-huddinge-2026-W47.xlsx",
        "handelser-huddinge-2026-11-18.xlsx",
        "handelser-huddinge-2026-11-18.xlsx",
    ]
