"""Districts from GeoPackage and zipped Shapefile, through the real command."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from pyogrio import raw
from shapely import Polygon, box
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.base.db import reading
from lagesbild.base.errors import LagesbildError, NotAllowedError
from lagesbild.districts import service as districts
from lagesbild.exchange.cli import outlines as cli
from lagesbild.exchange.service.layers import read_layer
from lagesbild.people.rules import Actor, Group, system
from tests.build import NOW

NORTH = box(669_000, 6_570_000, 671_000, 6_572_000)
SOUTH = box(669_000, 6_568_000, 671_000, 6_570_000)
DAY = ("--division", "kommundel", "--valid-from", "2026-01-01", "--municipality", "huddinge")


@pytest.fixture
def huddinge(connection: Connection) -> Group:
    """A municipality without districts."""
    assert connection.in_transaction()
    return access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)


def names(group: Group) -> list[str]:
    with reading(system(group).gate) as session:
        return [d.name for d in districts.districts(session, system(group))]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.districts, [*map(str, arguments)])


def take_in(file: Path, *arguments: str) -> Result:
    return run("import", file, *DAY, *arguments)


def sentence(result: Result) -> str:
    assert isinstance(result.exception, LagesbildError), result.exception
    return str(result.exception)


def save(
    file: Path,
    *objects: tuple[str, Polygon],
    crs: str | None = "EPSG:3006",
    **options: str,
) -> Path:
    """Write a layer with GDAL: GeoPackage or Shapefile, as the ending of the name says."""
    driver = "GPKG" if file.suffix == ".gpkg" else "ESRI Shapefile"
    raw.write(
        file,
        shapely.to_wkb(np.array([shape for _, shape in objects])),
        [np.array([name for name, _ in objects], dtype=object)],
        ["namn"],
        geometry_type="Polygon",
        crs=crs,
        driver=driver,
        **options,
    )
    return file


TWO = (("Sjödalen", NORTH), ("Vårby", SOUTH))


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_geopackage_of_one_layer_is_read(huddinge: Group, tmp_path: Path) -> None:
    result = take_in(save(tmp_path / "o.gpkg", *TWO))
    assert "2 områden i indelningen ”kommundel” är sparade" in result.output
    assert names(huddinge) == ["Sjödalen", "Vårby"]


@pytest.fixture
def several(tmp_path: Path) -> Path:
    file = tmp_path / "flera.gpkg"
    save(file, *TWO, layer="delar")
    return save(file, ("Hela", NORTH), layer="hela", append=True)  # type: ignore[arg-type]  # of pyogrio


def test_of_several_layers_one_must_be_chosen(huddinge: Group, several: Path) -> None:
    assert sentence(take_in(several)) == "Filen har 2 lager: delar, hela. Välj ett med --layer."
    take_in(several, "--layer", "delar")
    assert names(huddinge) == ["Sjödalen", "Vårby"]


@pytest.mark.usefixtures("huddinge")
def test_a_layer_that_is_missing_is_told(several: Path) -> None:
    assert sentence(take_in(several, "--layer", "x")) == (
        "Lagret x finns inte i filen. De som finns: delar, hela."
    )


@pytest.mark.usefixtures("huddinge")
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_geopackage_that_does_not_say_its_coordinates_is_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "o.gpkg", *TWO, crs=None)
    assert "säger inte vilket koordinatsystem" in sentence(take_in(file))


@pytest.mark.usefixtures("huddinge")
@pytest.mark.parametrize(
    "content",
    [
        b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>",
        b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline"}',
        b"SQLite format 3\0",
        b"SQLite format 3\0".ljust(68, b"\0") + b"GPKG",
        b"PK\x03\x04",
        b"",
    ],
)
def test_what_is_no_map_is_refused_whatever_its_name(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "o.geojson"
    file.write_bytes(content)
    assert "Spara den som GeoPackage" in sentence(take_in(file)) or "är trasig" in sentence(
        take_in(file)
    )


def test_a_member_may_not_read_a_layer(member: Actor, tmp_path: Path) -> None:
    file = save(tmp_path / "o.gpkg", *TWO)
    with pytest.raises(NotAllowedError):
        read_layer(member, file)


# --- Shapefile ------------------------------------------------------------------------------


def packed(
    folder: Path, *names: str, without: str = "", encoding: str = "UTF-8", inside: str = ""
) -> Path:
    """Return a zip of Shapefiles, each of two districts."""
    target = folder / "lager.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name in names or ("omraden",):
            save(folder / f"{name}.shp", *TWO, encoding=encoding)
            for part in sorted(folder.glob(f"{name}.*")):
                if part.suffix != without:
                    archive.write(part, f"{inside}{part.name}")
    return target


@pytest.mark.parametrize(
    ("encoding", "without"), [("UTF-8", ""), ("UTF-8", ".cpg"), ("CP1252", ""), ("CP1252", ".cpg")]
)
def test_a_zipped_shapefile_is_read_with_its_letters(
    huddinge: Group, tmp_path: Path, encoding: str, without: str
) -> None:
    result = take_in(packed(tmp_path, encoding=encoding, without=without, inside="karta/"))
    assert result.exception is None
    assert names(huddinge) == ["Sjödalen", "Vårby"]


@pytest.mark.usefixtures("huddinge")
def test_letters_that_the_file_says_wrongly_are_told(tmp_path: Path) -> None:
    file = packed(tmp_path, without=".cpg")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("omraden.cpg", "ISO-8859-1")
    assert sentence(take_in(file)) == (
        "Namnet på område 1 i filen, i fältet namn, är läst med fel teckenkodning."
        " Spara lagret som GeoPackage, eller rätta .cpg-filen."
    )


@pytest.mark.usefixtures("huddinge")
def test_letters_that_are_not_what_the_file_says_are_no_crash(tmp_path: Path) -> None:
    file = packed(tmp_path, encoding="CP1252", without=".cpg")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("omraden.cpg", "UTF-8")
    assert "går inte att läsa som en karta" in sentence(take_in(file))


@pytest.mark.usefixtures("huddinge")
@pytest.mark.parametrize(
    ("without", "words"),
    [(".prj", "koordinatsystemet (.prj)"), (".dbf", "tabellen"), (".shx", "registret")],
)
def test_a_shapefile_that_lacks_a_part_is_refused(tmp_path: Path, without: str, words: str) -> None:
    assert words in sentence(take_in(packed(tmp_path, without=without)))


def test_of_several_shapefiles_one_must_be_chosen(huddinge: Group, tmp_path: Path) -> None:
    file = packed(tmp_path, "a", "b", inside="karta/")
    assert sentence(take_in(file)) == "Filen har 2 lager: a, b. Välj ett med --layer."
    take_in(file, "--layer", "a")
    assert names(huddinge) == ["Sjödalen", "Vårby"]


@pytest.mark.usefixtures("huddinge")
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = packed(tmp_path)
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("stor.txt", "w") as member,
    ):
        for _ in range(201):
            member.write(b"\0" * 1_000_000)
    assert file.stat().st_size < 1_000_000
    assert "större än 200 MB när den packas upp" in sentence(take_in(file))


@pytest.mark.usefixtures("huddinge")
def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lager.zip"
    names = ["o.shp", "o.shx", "o.dbf", "o.prj"]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"\0" * 100_000)
    content = file.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    file.write_bytes(content)
    assert "är trasig" in sentence(take_in(file))
