"""The lists of the shared data, as senders made them, against the answers that lie beside them."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.base.db import reading, transaction
from lagesbild.districts import service as districts
from lagesbild.exchange.rules.gazetteer.reading import Fields
from lagesbild.exchange.rules.imports.reports import Fate, Insist, Outcome, State
from lagesbild.exchange.rules.imports.stages import Which
from lagesbild.exchange.rules.imports.ways import Lines, Ways
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.service import imports as service
from lagesbild.exchange.service import outlines, working
from lagesbild.exchange.service import places as gazetteer
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Listed, TimePrecision
from lagesbild.people.rules import Actor, system
from tests.build import NOW
from tests.conftest import SHARED

pytestmark = pytest.mark.shared

LISTS = SHARED / "formats" / "syntetiska"
SCB = SHARED / "formats" / "scb_verkliga"
WORDS = {
    "våld/hot": "VAL03",
    "skadegörelse/klotter": "SKA01",
    "anlagd brand": "BRA01",
    "narkotika": "NAR01",
    "stöld/inbrott": "STO02",
    "trafik/buskörning": "TRA01",
    "belysning ur funktion": "ORD02",
    "skadad infrastruktur": "SKA02",
}
CLOSE = 0.00001  # degrees, about a metre


@dataclass(frozen=True)
class Taken:
    outcome: Outcome
    fates: dict[int, Fate]
    rows: dict[int, Listed]  # by line


@pytest.fixture
def huddinge(connection: Connection) -> Actor:
    """The command line, for a list from Huddinge with its kommundelar and its list of places."""
    assert connection.in_transaction()
    made = access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)
    actor = system(made)
    layer = SHARED / "boundaries" / "huddinge_kommundelar_from_deso.geojson"
    with transaction(actor.gate) as session:
        outlines.import_districts(
            session, actor, layer, Wanted("kommundel", date(2026, 1, 1)), now=NOW
        )
        stops = (SHARED / "gazetteer" / "hallplatser_huddinge_2500m.csv").read_bytes()
        gazetteer.import_places(session, actor, stops, "hållplatser", Fields(), now=NOW)
        [sender] = [o for o in access.organisations(session, actor) if o.slug == "kommun"]
    return system(made, sender.id)


def take_in(actor: Actor, name: str, ways: Ways | None = None) -> Taken:
    with transaction(actor.gate) as session:
        done = working.import_file(
            session, actor, name, (LISTS / name).read_bytes(), ways or Ways(WORDS), now=NOW
        )
        incidents.number(session, actor, done.ids, now=NOW)
        found = service.latest(session, actor)[:1]
        kept = [row for one in found for row in service.rows(session, actor, one.id, Which(1000))]
        by_id = {row.id: row for row in incidents.listing(session, actor, Filter(), limit=1000)}
    rows = {k.fate.line: by_id[k.incident_id] for k in kept if k.incident_id}
    return Taken(done.outcome, {row.fate.line: row.fate for row in done.rows}, rows)


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LISTS / "osg_expected.json").read_text())[name]
    return found


def district_names(actor: Actor) -> dict[object, str]:
    with reading(actor.gate) as session:
        return {d.id: d.name for d in districts.districts(session, actor)} | {None: ""}


def point(row: Listed) -> tuple[float, float] | None:
    if row.place is None:
        return None
    longitude, latitude = json.loads(str(row.place))["coordinates"]
    return longitude, latitude


@pytest.mark.parametrize(
    ("name", "first_line"),
    [
        ("osg_01_wgs84_utf8bom_semikolon_decimalkomma.csv", 2),
        ("osg_02_sweref991800_cp1252_semikolon.csv", 2),
        ("osg_03_sweref99tm_rubrikrader.xlsx", 6),
        ("osg_04_rt90_2_5gonV_tab_latin1.txt", 2),
        ("osg_05_endast_plats_utan_koordinat.xlsx", 2),
    ],
)
def test_a_list_gives_position_time_and_district_exactly(
    huddinge: Actor, name: str, first_line: int
) -> None:
    taken = take_in(huddinge, name)
    wanted = expected(name)
    assert not taken.outcome.refused, [f for f in taken.fates.values() if f.state is State.WRONG]
    assert len(taken.rows) == len(wanted)
    assert min(taken.rows) == first_line
    names = district_names(huddinge)
    for row, answer in zip(
        (taken.rows[n] for n in sorted(taken.rows)), wanted.values(), strict=True
    ):
        assert point(row) == pytest.approx((answer["lon"], answer["lat"]), abs=CLOSE), row
        assert row.occurred_from == datetime.fromisoformat(answer["datetime"])
        assert names[row.district_id] == answer["kommundel"]


@pytest.mark.parametrize("name", [path.name for path in sorted(LISTS.glob("osg_0[1-5]*"))])
def test_a_list_again_changes_nothing(huddinge: Actor, name: str) -> None:
    first = take_in(huddinge, name)
    again = take_in(huddinge, name)
    assert again.outcome.numbers[State.KNOWN] == len(first.rows)
    assert again.outcome.numbers[State.SAVED] == 0


# --- List 06: what is wrong, and what only looks so -------------------------------------------

TRAPS = "osg_06_fel_och_fallor.csv"
REFUSED = {
    4: "utanför kommunen",  # unless somebody says so
    6: "Datumet saknas",
    7: "framtiden",
    18: "personnummer",
    21: "för lång",
}


@pytest.fixture
def traps(huddinge: Actor) -> Taken:
    return take_in(huddinge, TRAPS, Ways(WORDS, good_rows=True))


def test_list_06_refuses_five_rows_and_says_why(traps: Taken) -> None:
    wrong = {line - 1: f.text for line, f in traps.fates.items() if f.state is State.WRONG}
    assert wrong.keys() == REFUSED.keys()
    for number, words in REFUSED.items():
        assert words in wrong[number]


def test_the_sum_row_of_list_06_is_no_row(traps: Taken) -> None:
    assert sorted(traps.fates) == [*range(2, 25)]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (2, "omvänd ordning"),
        (3, "okänd plats"),
        (8, "3 april"),
        (9, "ställdes fram"),
        (10, "två gånger"),
        (12, "ungefärligt"),
        (13, "i ord"),
        (17, "Samma innehåll som rad 17"),
    ],
)
def test_a_row_of_list_06_that_was_not_clear_says_how_it_was_read(
    traps: Taken, number: int, words: str
) -> None:
    fate = traps.fates[number + 1]
    assert (fate.state, words in fate.text) == (State.SAVED, True), fate


def test_the_saved_rows_of_list_06_are_as_the_answers(huddinge: Actor, traps: Taken) -> None:
    names = district_names(huddinge)
    for number, answer in expected(TRAPS).items():
        if not number.isdigit() or int(number) in REFUSED:
            continue
        row = traps.rows[int(number) + 1]
        if answer["lon"] is None:
            assert row.place is None, number
        else:
            assert point(row) == pytest.approx((answer["lon"], answer["lat"]), abs=CLOSE), number
            assert names[row.district_id] == answer["kommundel"], number
        if answer["datetime"] and "T" in answer["datetime"]:
            first = answer["datetime"].split("|")[0]
            assert row.occurred_from == datetime.fromisoformat(first), number


def test_an_hour_that_was_skipped_is_the_whole_day(traps: Taken) -> None:
    assert traps.rows[10].time_precision == TimePrecision.DAY


def test_a_row_outside_comes_in_when_somebody_says_so(huddinge: Actor) -> None:
    outside = Ways(WORDS, good_rows=True, outside=Lines(frozenset({5})))
    assert take_in(huddinge, TRAPS, Ways(WORDS, good_rows=True)).fates[5].insist is Insist.OUTSIDE
    assert take_in(huddinge, TRAPS, outside).fates[5].state is State.SAVED


def test_a_personal_number_is_not_let_in_by_confirming(huddinge: Actor) -> None:
    sure = replace(Ways(WORDS, good_rows=True), confirmed=Lines(all=True))
    assert take_in(huddinge, TRAPS, sure).fates[19].state is State.WRONG
