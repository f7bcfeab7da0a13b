"""A file of places on the command line: all of it or nothing, and the same file changes nothing."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.audit import service as audit
from lagesbild.base.db import reading
from lagesbild.base.errors import LagesbildError
from lagesbild.exchange.cli import places as cli
from lagesbild.people.rules import Group, system
from lagesbild.places import service
from lagesbild.places.rules import Found
from tests.build import NOW
from tests.conftest import SHARED

STOPS = SHARED / "gazetteer" / "hallplatser_huddinge_2500m.csv"
LISTS = SHARED / "formats" / "syntetiska"
LIST = "osg_05_endast_plats_utan_koordinat.xlsx"
INSIDE, OUTSIDE = "59.27,17.95", "59.27,17.0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "platser.csv"


def write(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(["id,namn,lat,lon", *lines]))
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.places, ["import", *map(str, arguments)])


def told(result: Result) -> str:
    assert result.exit_code == 0, result.exception
    return result.output


def refused(result: Result) -> str:
    assert isinstance(result.exception, LagesbildError)
    return str(result.exception)


def find(group: Group, *names: str) -> list[Found]:
    with reading(system(group).gate) as session:
        return service.find(session, system(group), names)


def stored(connection: Connection) -> list[tuple[object, ...]]:
    connection.execute(text("RESET ROLE"))
    query = "SELECT id, key, name, ST_X(position), ST_Y(position) FROM places ORDER BY source, key"
    return [tuple(row) for row in connection.execute(text(query))]


def test_a_file_is_taken_in_and_told(group: Group, file: Path) -> None:
    output = told(run(write(file, f"1,Torget,{INSIDE}", f"2,Parken,{OUTSIDE}")))
    assert "2 nya, 0 ändrade och 0 oförändrade platser" in output
    assert "Källa: platser.csv" in output
    assert "1 av filens platser ligger utanför kommunens områden" in output
    with reading(system(group).gate) as session:
        [entry] = [e for e in audit.log(session, system(group)) if e.verb == "places.imported"]
    assert entry.subject == "source:platser.csv"


def test_the_same_file_twice_changes_nothing(
    group: Group, file: Path, connection: Connection
) -> None:
    write(file, f"1,Torget,{INSIDE}", f"2,Parken,{OUTSIDE}")
    told(run(file, "--municipality", group.slug))
    before = stored(connection)
    assert "0 nya, 0 ändrade och 2 oförändrade" in told(run(file))
    assert stored(connection) == before


def test_a_known_key_is_changed_and_a_missing_one_is_kept(
    group: Group, file: Path, connection: Connection
) -> None:
    told(run(write(file, f"1,Torget,{INSIDE}", f"2,Parken,{INSIDE}", f"3,Ån,{INSIDE}")))
    ids = {key: id_ for id_, key, *_ in stored(connection)}
    output = told(run(write(file, f"1,Stora torget,{INSIDE}", f"2,Parken,{OUTSIDE}")))
    assert "0 nya, 2 ändrade och 0 oförändrade" in output
    assert "1 platser som källan hade förut saknas i filen. De är kvar." in output
    assert {key: id_ for id_, key, *_ in stored(connection)} == ids
    torget, stora, an = find(group, "Torget", "Stora torget", "Ån")
    assert torget.place is None
    assert stora.place is not None
    assert an.place is not None


def test_two_sources_may_have_the_same_key(
    group: Group, file: Path, connection: Connection
) -> None:
    assert group.slug == "as"
    write(file, f"1,Torget,{INSIDE}")
    told(run(file, "--source", "Trafiklab"))
    assert "1 nya" in told(run(file, "--source", "Lantmäteriet"))
    assert len(stored(connection)) == 2


def test_one_wrong_place_stops_the_whole_file(
    group: Group, file: Path, connection: Connection
) -> None:
    assert group.slug == "as"
    sentence = refused(run(write(file, f"1,Torget,{INSIDE}", "2,Parken,1,1", f"3,,{INSIDE}")))
    assert "Rad 3: Platsen ligger utanför Sverige." in sentence
    assert "Rad 4: Platsen har inget namn." in sentence
    assert stored(connection) == []


def test_a_warning_is_asked_about_and_can_be_confirmed(group: Group, file: Path) -> None:
    write(file, f"1,Torget lgh 1001,{INSIDE}")
    assert "lägenhetsnummer" in refused(run(file))
    assert "1 nya" in told(run(file, "--confirm-warnings", "--municipality", group.slug))


def test_a_trial_saves_nothing(group: Group, file: Path, connection: Connection) -> None:
    assert group.slug == "as"
    output = told(run(write(file, f"1,Torget,{INSIDE}"), "--dry-run"))
    assert "1 nya" in output
    assert "inget är sparat" in output
    assert stored(connection) == []


def test_a_long_or_personal_source_is_refused(group: Group, file: Path) -> None:
    assert group.slug == "as"
    write(file, f"1,Torget,{INSIDE}")
    assert "personnummer" in refused(run(file, "--source", "från 811228-9874"))
    assert "120 tecken" in refused(run(file, "--source", "x" * 121))
    assert "1 nya" in told(run(file, "--source", "x" * 120))


def test_points_of_geojson_are_taken_in(group: Group, tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [17.95, 59.27]}
    feature = {"type": "Feature", "id": 9, "properties": {"namn": "Torget"}, "geometry": point}
    file = tmp_path / "platser.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    told(run(file))
    [found] = find(group, "torget")
    assert found.place is not None
    assert (found.place.key, found.place.point.latitude) == ("9", 59.27)


def test_without_outlines_nothing_is_said_of_the_outside(
    connection: Connection, file: Path
) -> None:
    assert connection.in_transaction()
    access.add_municipality(slug="berg", name="Bergs kommun", code="0002", now=NOW)
    assert "utanför" not in told(run(write(file, f"1,Torget,{INSIDE}")))


# --- The real list ------------------------------------------------------------------------------


def written() -> list[tuple[str, float, float]]:
    """Return each place as list 05 writes it, with the position it must get."""
    expected = json.loads((LISTS / "osg_expected.json").read_text())[LIST]
    sheet = load_workbook(LISTS / LIST).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    place = rows[0].index("Var?")
    answers = [expected[str(n)] for n in range(2, len(rows) + 1)]
    return [
        (str(row[place]), answer["lat"], answer["lon"])
        for row, answer in zip(rows[1:], answers, strict=True)
    ]


@pytest.mark.shared
def test_every_place_of_list_05_is_found_where_it_is(group: Group) -> None:
    assert "681 nya" in told(run(STOPS))
    asked = written()
    assert {"vid Lindvreten", "Skogås stn", "BOCKHORNSSTIGEN"} <= {name for name, _, _ in asked}
    for (name, latitude, longitude), found in zip(
        asked, find(group, *(name for name, _, _ in asked)), strict=True
    ):
        assert found.place is not None, name
        assert found.place.point.latitude == pytest.approx(latitude, abs=0.00001), name
        assert found.place.point.longitude == pytest.approx(longitude, abs=0.00001), name


@pytest.mark.shared
@pytest.mark.parametrize(
    ("misspelled", "meant"),
    [
        ("Vistavagen", "Vistavägen"),
        ("Bjornkulla", "Björnkulla"),
        ("Kungens kurva ikea sodra", "Kungens Kurva IKEA södra"),
        ("Mariedalsvägn", "Mariedalsvägen"),
        ("Bockhorstigen", "Bockhornsstigen"),
        ("Vistav. 12", "Vistavägen"),
        ("Kvarnbergspl.", "Kvarnbergsplan"),
        ("Skogås C", "Skogås centrum"),
    ],
)
def test_a_misspelling_has_the_right_place_first_and_takes_none(
    group: Group, misspelled: str, meant: str
) -> None:
    told(run(STOPS))
    [found] = find(group, misspelled)
    assert found.place is None
    assert found.near[0].name == meant


@pytest.mark.shared
def test_the_streets_that_exist_twice_are_for_a_person_to_choose(group: Group) -> None:
    told(run(STOPS))
    twice = ("Vårdkasevägen", "Almvägen", "Källvägen", "Västerängsvägen", "Bokvägen")
    for found in find(group, *twice):
        assert found.place is None
        assert len(found.near) == 2
    centre, tuv = find(group, "Haninge centrum", "Tuvvägen")
    assert centre.place is not None, "its two posts are 190 m apart"
    assert centre.place.key == "740045879"
    assert tuv.place is not None, "its two posts are 230 m apart"
