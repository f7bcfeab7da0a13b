"""The ground of the maps from a file: what is read, and the sentence for what is not."""

import os
from pathlib import Path

import pytest
from pmtiles.tile import Compression, TileType

from lagesbild.base import basemap
from lagesbild.base.basemap import Basemap
from lagesbild.base.errors import SetupError
from lagesbild.base.geo import Box
from tests.basemaps import archive, png

GREY = png(200, 200, 200)
TILE = (9, 281, 150)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return archive(tmp_path / "karta.pmtiles", {TILE: GREY, (8, 140, 75): GREY})


def read(path: Path) -> Basemap:
    found = basemap.opened(str(path))
    assert found is not None
    return found


def refusal(path: Path) -> str:
    with pytest.raises(SetupError) as caught:
        basemap.opened(str(path))
    return str(caught.value)


def test_a_tile_is_given_as_the_archive_has_it(file: Path) -> None:
    assert read(file).tile(*TILE) == GREY


@pytest.mark.parametrize(
    "place",
    [(9, 0, 0), (7, 70, 37), (10, 562, 300), (9, 512, 0), (9, 0, 512), (9, -1, 0), (8, 140, 76)],
    ids=["empty", "too far", "too near", "too far east", "too far south", "negative", "beside"],
)
def test_where_the_archive_has_no_tile_there_is_none(
    file: Path, place: tuple[int, int, int]
) -> None:
    assert read(file).tile(*place) is None


def test_the_archive_says_what_it_holds(file: Path) -> None:
    found = read(file)
    assert (found.mimetype, found.zooms, found.is_vector) == ("image/png", (8, 9), False)
    assert found.box == Box(17, 58, 19, 60)


@pytest.mark.parametrize(
    ("kind", "mimetype"),
    [
        (TileType.JPEG, "image/jpeg"),
        (TileType.WEBP, "image/webp"),
        (TileType.MVT, "application/vnd.mapbox-vector-tile"),
    ],
)
def test_pictures_and_vectors_are_read(tmp_path: Path, kind: TileType, mimetype: str) -> None:
    assert read(archive(tmp_path / "k", {TILE: GREY}, kind=kind)).mimetype == mimetype


def test_the_attribution_of_an_archive_is_text_and_never_markup(tmp_path: Path) -> None:
    said = '© <a href="https://karta.example">Kartan</a> &amp; <script>alert(1)</script>&lt;b&gt;'
    found = read(archive(tmp_path / "k", {TILE: GREY}, attribution=said))
    assert found.attribution == "© Kartan &amp; alert(1)&lt;b&gt;"


def test_an_attribution_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    assert read(archive(tmp_path / "k", {TILE: GREY}, attribution=["x"])).attribution == ""


def test_a_new_file_has_another_version(tmp_path: Path, file: Path) -> None:
    other = archive(tmp_path / "annan", {TILE: png(1, 2, 3)})
    assert read(file).version != read(other).version


def test_two_archives_with_the_same_descriptor_are_not_mixed_up(tmp_path: Path, file: Path) -> None:
    first = read(file)
    assert first.tile(*TILE)
    os.close(first.file)
    other = read(archive(tmp_path / "annan", {(9, 282, 150): GREY}))
    assert (other.file, other.tile(*TILE)) == (first.file, None)


def test_no_path_is_no_archive() -> None:
    assert basemap.opened("") is None
    assert basemap.findings("") == []


def test_a_path_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "saknas") == (
        f"Filen {tmp_path}/saknas i LAGESBILD_PMTILES går inte att öppna. Finns den, och får den"
        " läsas? Kartorna har så länge en schematisk grund."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PMTiles",
        b"PK\x03\x04" * 100,
        b"\xff" * 200,
        b"PMTiles\x02" + b"\0" * 200,
        b"PMTiles\x03",
    ],
    ids=["empty", "cut", "zip", "noise", "version 2", "cut after the version"],
)
def test_a_file_that_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fil"
    path.write_bytes(content)
    assert "är inget PMTiles-arkiv (version 3)." in refusal(path)


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    assert "är inget PMTiles-arkiv" in refusal(tmp_path)


def test_an_archive_that_was_cut_off_is_told(tmp_path: Path, file: Path) -> None:
    cut = tmp_path / "halv"
    cut.write_bytes(file.read_bytes()[:130])
    assert "är inget PMTiles-arkiv" in refusal(cut)


def test_an_archive_packed_in_another_way_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path / "k", {TILE: GREY}, packed=Compression.BROTLI)
    assert "är packad på ett sätt som inte läses. Välj gzip." in refusal(path)


def test_an_archive_of_something_else_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path / "k", {TILE: GREY}, kind=TileType.UNKNOWN)
    assert "har varken bilder eller vektorer" in refusal(path)


def test_a_tile_that_is_cut_off_is_no_tile(tmp_path: Path, file: Path) -> None:
    cut = tmp_path / "halv"
    cut.write_bytes(file.read_bytes()[:-10])
    assert read(cut).tile(*TILE) is None


def test_check_says_what_it_found(file: Path, tmp_path: Path) -> None:
    [good] = basemap.findings(str(file))
    assert (good.good, good.text) == (True, f"Kartans grund läses ur {file} (png, zoom 8–9).")
    [bad] = basemap.findings(str(tmp_path / "saknas"))
    assert not bad.good


def test_maps_are_drawn_without_an_archive_that_cannot_be_read(tmp_path: Path) -> None:
    assert basemap.available(str(tmp_path / "saknas")) is None


def test_no_file_is_left_open_by_a_check(file: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    basemap.findings(str(file))
    basemap.findings(str(file.parent))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
