"""One list for several municipalities, from the command line: each gets its own rows."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shapely import box, to_wkb
from shapely.geometry import MultiPolygon

from lagesbild.access import service as access
from lagesbild.base.db import reading, transaction
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.exchange.cli import lists as cli
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.people.rules import Group, system
from tests.build import NOW

HEADINGS = "Ärendenr;Datum;Klockslag;Händelsetyp;Plats;Latitud;Longitud;Kommun"
HERE = "A1;2020-01-10;22:45;Bilbrand;Torget;59,27;17,95;"
THERE = "A2;2020-01-10;23:45;Bilbrand;Hamnen;59,27;18,15;"
NOWHERE = "A3;2020-01-11;23:45;Bilbrand;Parken;59,27;18,95;"


@pytest.fixture
def neighbour(group: Group) -> Group:
    """Another municipality, east of the first."""
    made = access.add_municipality(slug="oster", name="Öster kommun", code="0002", now=NOW)
    assert made.slug != group.slug
    area = NewDistrict("0002-A", "Hamnen", to_wkb(MultiPolygon([box(18.1, 59.2, 18.2, 59.3)])))
    source = Source("kommundel", date(2020, 1, 1), "påhittad", schematic=True)
    with transaction(system(made).gate) as session:
        districts.put_version(session, system(made), source, [area], now=NOW)
    return made


def run(folder: Path, *rows: str, options: tuple[str, ...] = ()) -> Result:
    file = folder / "tio kommuner.csv"
    file.write_text("\n".join([HEADINGS, *rows]))
    arguments = ["import", str(file), "--organisation", "brand", "--split", *options]
    return CliRunner().invoke(cli.incidents, arguments)


def places_of(group: Group) -> list[str]:
    with reading(system(group).gate) as session:
        rows = incidents.listing(session, system(group), Filter(), limit=100)
    return [row.place_text for row in rows]


def test_each_municipality_gets_the_rows_that_lie_in_it(
    group: Group, neighbour: Group, tmp_path: Path
) -> None:
    result = run(tmp_path, HERE, THERE)
    assert result.exit_code == 0, result.output
    assert (places_of(group), places_of(neighbour)) == (["Torget"], ["Hamnen"])


def test_the_column_for_the_municipality_decides_before_the_place(
    group: Group, neighbour: Group, tmp_path: Path
) -> None:
    run(tmp_path, f"{HERE}Ås", f"{THERE}Öster")
    assert (places_of(group), places_of(neighbour)) == (["Torget"], ["Hamnen"])


def test_rows_of_no_municipality_are_told(group: Group, neighbour: Group, tmp_path: Path) -> None:
    result = run(tmp_path, HERE, NOWHERE)
    assert "Gäller ingen av kommunerna: rad 3." in result.output
    assert (places_of(group), places_of(neighbour)) == (["Torget"], [])


def test_a_wrong_row_in_one_municipality_saves_nothing_in_any(
    group: Group, neighbour: Group, tmp_path: Path
) -> None:
    result = run(tmp_path, HERE, THERE.replace("2020-01-10", "i går"))
    assert result.exit_code == 1
    assert (places_of(group), places_of(neighbour)) == ([], [])


def test_the_same_list_again_makes_no_doubles(
    group: Group, neighbour: Group, tmp_path: Path
) -> None:
    run(tmp_path, HERE, THERE)
    result = run(tmp_path, HERE, THERE)
    assert "Öster kommun: 2 rader: 0 sparade, 1 fanns redan, 0 fel, 1 från annan kommun." in (
        result.output
    )
    assert (len(places_of(group)), len(places_of(neighbour))) == (1, 1)


def test_an_import_is_listed_and_undone_from_the_command_line(
    group: Group, neighbour: Group, tmp_path: Path
) -> None:
    run(tmp_path, HERE, THERE)
    options = ["--organisation", "brand", "--group", group.slug]
    shown = CliRunner().invoke(cli.incidents, ["imports", *options])
    import_id = shown.output.split()[0]
    result = CliRunner().invoke(cli.incidents, ["undo", import_id, *options])
    assert result.output == "1 händelse är tillbakatagen. Listan kan läsas in igen.\n"
    assert (places_of(group), places_of(neighbour)) == ([], ["Hamnen"])
