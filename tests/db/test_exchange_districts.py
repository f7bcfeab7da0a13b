"""Districts taken in from files: stored whole, or not at all."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, LagesbildError, NotAllowedError
from lagesbild.districts import service as districts
from lagesbild.exchange.cli import outlines as cli
from lagesbild.exchange.rules.outlines.checked import Checked
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.service import outlines as service
from lagesbild.people.rules import Actor, Group, system
from tests.build import NOW
from tests.conftest import SHARED

BOUNDARIES = SHARED / "boundaries"
WANTED = Wanted("kommundel", date(2026, 1, 1))
SQUARE = [[[18, 59], [18.1, 59], [18.1, 59.1], [18, 59.1], [18, 59]]]


@pytest.fixture
def huddinge(connection: Connection) -> Group:
    """A municipality without districts."""
    assert connection.in_transaction()
    return access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)


def take_in(group: Group, file: Path, wanted: Wanted = WANTED) -> Checked:
    with transaction(system(group).gate) as session:
        return service.import_districts(session, system(group), file, wanted, now=NOW)


def names(group: Group) -> list[str]:
    with reading(system(group).gate) as session:
        return [d.name for d in districts.districts(session, system(group))]


def stored(connection: Connection) -> tuple[int, ...]:
    """Count everything that an import could leave behind."""
    tables = ("divisions", "division_versions", "districts", "district_outlines", "audit")
    connection.execute(text("RESET ROLE"))
    return tuple(
        connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 – names above
        for table in tables
    )


def write(folder: Path, *objects: tuple[str, object], **member: object) -> Path:
    file = folder / "omraden.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"namn": name},
            "geometry": {"type": "Polygon", "coordinates": coordinates},
        }
        for name, coordinates in objects
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features} | member))
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.districts, ["import", *map(str, arguments)])


def sentence(result: Result) -> str:
    assert isinstance(result.exception, LagesbildError)
    return str(result.exception)


@pytest.mark.shared
def test_the_kommundelar_of_huddinge_become_its_districts(huddinge: Group, group: Group) -> None:
    take_in(huddinge, BOUNDARIES / "huddinge_kommundelar_from_deso.geojson")
    assert names(huddinge) == [
        *("Flemingsberg", "Segeltorp", "Sjödalen-Fullersta", "Skogås"),
        *("Stuvsta-Snättringe", "Trångsund", "Vårby"),
    ]
    assert names(group) == ["Norra Ås", "Södra Ås"]


@pytest.mark.shared
def test_the_areas_are_told_as_the_file_has_them(huddinge: Group) -> None:
    file = BOUNDARIES / "huddinge_kommundelar_from_deso.geojson"
    found = take_in(huddinge, file)
    told = {
        feature["properties"]["kommundel"]: feature["properties"]["area_km2"]
        for feature in json.loads(file.read_text())["features"]
    }
    assert found.square_km == pytest.approx(told, rel=0.001)


@pytest.mark.shared
def test_a_layer_with_slivers_is_refused_whole(huddinge: Group, connection: Connection) -> None:
    before = stored(connection)
    file = BOUNDARIES / "huddinge_deso2018_raw_slivers.geojson"
    result = run(
        file, "--municipality", huddinge.slug, "--division", "deso", "--valid-from", "2026-01-01",
        "--name", "id",
    )  # fmt: skip
    assert "91 överlapp på tillsammans 30,04 hektar" in sentence(result)
    assert "83 luckor på tillsammans 36,61 hektar" in sentence(result)
    assert stored(connection) == before


@pytest.mark.shared
def test_slivers_can_be_accepted(huddinge: Group) -> None:
    file = BOUNDARIES / "huddinge_deso2018_raw_slivers.geojson"
    found = take_in(
        huddinge, file, Wanted("deso", date(2026, 1, 1), name="id", accept_slivers=True)
    )
    assert len(found.districts) == 60


def test_a_file_in_sweref_is_read_by_what_it_says(huddinge: Group, tmp_path: Path) -> None:
    square = [[[669000, 6569000], [670000, 6569000], [670000, 6570000], [669000, 6569000]]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    found = take_in(huddinge, write(tmp_path, ("Ås", square), crs=crs))
    assert found.square_km["Ås"] == pytest.approx(0.5)


def test_a_file_that_is_no_map_is_refused(huddinge: Group, tmp_path: Path) -> None:
    file = tmp_path / "text.geojson"
    file.write_text("hej")
    with pytest.raises(InvalidError, match=r"Filen text\.geojson går inte att läsa som en karta"):
        take_in(huddinge, file)


def test_a_ring_that_is_not_closed_is_refused_by_its_row(huddinge: Group, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="Område 2"):
        take_in(
            huddinge,
            write(tmp_path, ("Ås", SQUARE), ("Öppet", [[[18.1, 59], [18.2, 59], [18, 60]]])),
        )


def test_the_same_day_twice_is_refused(huddinge: Group, tmp_path: Path) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    take_in(huddinge, file)
    with pytest.raises(ConflictError, match="har redan gränser från 2026-01-01"):
        take_in(huddinge, file)


def test_a_later_version_keeps_the_districts(huddinge: Group, tmp_path: Path) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    take_in(huddinge, file)
    take_in(huddinge, file, Wanted("kommundel", date(2027, 1, 1)))
    assert names(huddinge) == ["Ås"]


def test_a_later_version_with_other_keys_is_refused(huddinge: Group, tmp_path: Path) -> None:
    take_in(huddinge, write(tmp_path, ("Ås", SQUARE)))
    file = tmp_path / "nycklar.geojson"
    file.write_text((tmp_path / "omraden.geojson").read_text().replace('{"namn"', '{"id":7,"namn"'))
    with pytest.raises(ConflictError, match="redan i indelningen med nyckeln as"):
        take_in(huddinge, file, Wanted("kommundel", date(2027, 1, 1)))


def test_the_outline_of_the_whole_is_not_the_main_division(huddinge: Group, tmp_path: Path) -> None:
    take_in(huddinge, write(tmp_path, ("Huddinge", SQUARE)), Wanted("kommun", date(2026, 1, 1)))
    assert names(huddinge) == []


def test_a_member_may_not_take_in_districts(member: Actor, tmp_path: Path, now: datetime) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    with transaction(member.gate) as session, pytest.raises(NotAllowedError):
        service.import_districts(session, member, file, WANTED, now=now)


# --- The command ----------------------------------------------------------------------------


def test_the_command_says_what_it_stored(huddinge: Group, tmp_path: Path) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    result = run(file, "--division", "kommundel", "--valid-from", "2026-01-01", "--schematic")
    assert result.output.splitlines() == [
        "Ås: 63,9 km²",
        "1 område i indelningen ”kommundel” är sparat, och gäller från 2026-01-01.",
    ]
    with reading(system(huddinge).gate) as session:
        assert districts.is_schematic(session, system(huddinge), on=date(2026, 2, 1))


def test_a_dry_run_stores_nothing(huddinge: Group, tmp_path: Path, connection: Connection) -> None:
    before = stored(connection)
    file = write(tmp_path, ("Ås", SQUARE))
    result = run(
        file, "--division", "kommundel", "--valid-from", "2026-01-01", "--dry-run",
        "--municipality", "huddinge",
    )  # fmt: skip
    assert "provkörning" in result.output
    assert (names(huddinge), stored(connection)) == ([], before)


def test_a_dry_run_finds_what_the_run_would(huddinge: Group, tmp_path: Path) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    take_in(huddinge, file)
    result = run(file, "--division", "kommundel", "--valid-from", "2026-01-01", "--dry-run")
    assert "har redan gränser" in sentence(result)


def test_of_two_municipalities_one_must_be_chosen(
    huddinge: Group, group: Group, tmp_path: Path
) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    result = run(file, "--division", "kommundel", "--valid-from", "2026-01-01")
    assert sentence(result) == (
        f"Välj en kommun med --municipality. De som finns: {group.slug}, {huddinge.slug}."
    )


def test_an_unknown_municipality_is_told(huddinge: Group, tmp_path: Path) -> None:
    file = write(tmp_path, ("Ås", SQUARE))
    result = run(
        file, "--division", "kommundel", "--valid-from", "2026-01-01", "--municipality", "as"
    )
    assert sentence(result).endswith(f"De som finns: {huddinge.slug}.")
