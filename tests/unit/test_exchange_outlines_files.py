"""What a file of a map is, what a zip may hold, and what a map service may answer."""

from dataclasses import replace
from uuid import UUID

import pytest

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import archives, wfs
from lagesbild.exchange.rules.outlines.archives import Kind, Member
from lagesbild.exchange.rules.outlines.moves import Moved, Moves, move_lines
from lagesbild.exchange.rules.outlines.wfs import Question

GEOPACKAGE = b"SQLite format 3\0".ljust(68, b"\0") + b"GPKG"
PARTS = ("lager.shp", "lager.shx", "lager.dbf", "lager.prj")
QUESTION = Question("0126", "stat:DeSO_2025", wfs.SCB, "kommunkod")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04", Kind.ZIP),
        (GEOPACKAGE, Kind.GEOPACKAGE),
        (b'{"type":', Kind.GEOJSON),
        (b"SQLite format 3\0".ljust(72, b"\0"), Kind.GEOJSON),  # another database: not opened
        (b"<OGRVRTDataSource>", Kind.GEOJSON),  # points at other files: read as text, refused
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: Kind) -> None:
    assert archives.kind_of(head, 100) is kind


@pytest.mark.parametrize(("size", "good"), [(50_000_000, True), (50_000_001, False)])
def test_a_file_of_more_than_50_mb_is_refused(size: int, *, good: bool) -> None:
    if good:
        assert archives.kind_of(b"PK\x03\x04", size) is Kind.ZIP
    else:
        with pytest.raises(InvalidError, match="större än 50 MB"):
            archives.kind_of(b"PK\x03\x04", size)


# --- Zip ------------------------------------------------------------------------------------


def zipped(*names: str, size: int = 10) -> dict[str, dict[str, str]]:
    return archives.shapefiles([Member(name, size) for name in names])


def test_the_files_of_a_layer_are_put_together() -> None:
    assert zipped("k/Lager.SHP", "k/Lager.dbf", "las.txt") == {
        "k/Lager": {".shp": "k/Lager.SHP", ".dbf": "k/Lager.dbf"}
    }


def test_what_a_mac_puts_beside_a_layer_is_left_out() -> None:
    assert list(zipped("lager.shp", "__MACOSX/._lager.shp", "._x.shp")) == ["lager"]


def test_a_zip_without_a_layer_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"saknar en fil som slutar på \.shp"):
        zipped("lager.dbf", "bild.png")


@pytest.mark.parametrize(
    "name", ["../lager.shp", "/etc/lager.shp", "a/../../lager.shp", "..\\lager.shp", "C:lager.shp"]
)
def test_a_path_outside_the_zip_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="sökväg utanför sig själv"):
        zipped(*PARTS, name)


@pytest.mark.parametrize(("size", "good"), [(50_000_000, True), (50_000_001, False)])
def test_what_gets_larger_than_200_mb_is_refused_before_it_is_unpacked(
    size: int, *, good: bool
) -> None:
    if good:
        assert zipped(*PARTS, size=size)
    else:
        with pytest.raises(InvalidError, match="större än 200 MB när den packas upp"):
            zipped(*PARTS, size=size)


@pytest.mark.parametrize(("number", "good"), [(200, True), (201, False)])
def test_a_zip_of_too_many_files_is_refused(number: int, *, good: bool) -> None:
    names = ["lager.shp", *(f"{n}.txt" for n in range(number - 1))]
    if good:
        assert zipped(*names)
    else:
        with pytest.raises(InvalidError, match="mer än 200 filer"):
            zipped(*names)


def test_a_locked_zip_is_refused() -> None:
    with pytest.raises(InvalidError, match="låst med lösenord"):
        archives.shapefiles([Member("lager.shp", 10, encrypted=True)])


@pytest.mark.parametrize(
    ("missing", "words"),
    [(".prj", "koordinatsystemet"), (".dbf", "tabellen med namnen"), (".shx", "registret")],
)
def test_a_layer_that_lacks_a_file_is_told_which(missing: str, words: str) -> None:
    parts = {f".{name[6:]}": name for name in PARTS} | {".shp": "lager.shp"}
    archives.complete(parts)
    del parts[missing]
    with pytest.raises(InvalidError, match=f"Lagret saknar {words}"):
        archives.complete(parts)


@pytest.mark.parametrize(
    ("text", "declared", "language", "encoding"),
    [
        ("Sjödalen".encode(), False, 0, "UTF-8"),
        ("Sjödalen".encode("cp1252"), False, 0, "CP1252"),
        ("Sjödalen".encode("cp1252"), True, 0, None),
        ("Sjödalen".encode("cp850"), False, 2, None),
    ],
)
def test_a_table_that_does_not_say_its_encoding_is_looked_at(
    text: bytes, *, declared: bool, language: int, encoding: str | None
) -> None:
    header = bytearray(32)
    header[29] = language
    header[4] = 0xE9  # a number that is no text
    assert archives.encoding(bytes(header) + text, declared=declared) == encoding


# --- The map service ------------------------------------------------------------------------


def test_a_question_asks_for_one_municipality_in_metres() -> None:
    asked = wfs.parameters(QUESTION)
    assert asked["cql_filter"] == "kommunkod='0126'"
    assert (asked["typeNames"], asked["srsName"]) == ("stat:DeSO_2025", "EPSG:3006")


@pytest.mark.parametrize("field", ["kommun' OR 1=1", "", "1a"])
def test_a_field_that_is_no_name_is_refused(field: str) -> None:
    with pytest.raises(InvalidError, match="Fältets namn"):
        wfs.parameters(replace(QUESTION, code_field=field))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "geodata.scb.se", "https:///x", "", "http://geodata.scb.se"]
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(InvalidError, match="ska börja med https"):
        wfs.check_url(url)


def test_an_answer_is_counted() -> None:
    assert wfs.count(b'{"features":[{},{}],"numberMatched":2}', QUESTION) == 2


def test_an_answer_that_is_cut_is_refused() -> None:
    with pytest.raises(InvalidError, match="bara 1 av 2 områden"):
        wfs.count(b'{"features":[{}],"numberMatched":2}', QUESTION)


def test_an_answer_without_areas_says_what_was_asked_for() -> None:
    with pytest.raises(InvalidError, match="inga områden i stat:DeSO_2025 med kommunkod 0126"):
        wfs.count(b'{"features":[]}', QUESTION)


@pytest.mark.parametrize("content", [b"", b"[]", b"hej", b'{"a":1}', b'{"features":3}', b"\xff"])
def test_an_answer_of_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError, match="går inte att läsa"):
        wfs.count(content, QUESTION)


@pytest.mark.parametrize(
    "exception",
    [
        "<ows:ExceptionReport><ows:ExceptionText>No\n such <b>type</ows:ExceptionText>",
        "<ServiceException code='x'><![CDATA[No such type]]></ServiceException>",
    ],
)
def test_an_exception_of_the_service_is_passed_on(exception: str) -> None:
    with pytest.raises(InvalidError, match=r"svarade inte med områden\. Den säger: ”No such"):
        wfs.count(b'<?xml version="1.0"?>' + exception.encode(), QUESTION)


@pytest.mark.parametrize(("number", "shown"), [(200, 200), (201, 200)])
def test_two_hundred_letters_of_an_exception_are_passed_on(number: int, shown: int) -> None:
    said = f"<ServiceException>{'x' * number}</ServiceException>".encode()
    with pytest.raises(InvalidError, match=f"”x{{{shown}}}”$"):
        wfs.count(said, QUESTION)


def test_a_page_of_the_web_is_no_answer() -> None:
    with pytest.raises(InvalidError, match="Är adressen rätt"):
        wfs.count(b"<html><body>hej", QUESTION)


# --- What a correction says -----------------------------------------------------------------


def moves(number: int, *, own_only: int = 0, chosen: int = 0) -> Moves:
    listed = tuple(
        Moved(UUID(int=n), f"L-{n}", "Norra", "Södra") for n in range(min(number - own_only, 200))
    )
    return Moves(listed, {("Norra", "Södra"): number} if number else {}, own_only, chosen)


def test_a_dry_run_lists_what_would_move() -> None:
    assert move_lines(moves(1), dry_run=True) == [
        "L-0: Norra → Södra",
        "Norra → Södra: 1 st",
        "1 händelse skulle byta område.",
        "Det som redan är publicerat ändras inte.",
    ]


@pytest.mark.parametrize(("number", "rest"), [(200, []), (201, ["… och 1 till."])])
def test_two_hundred_are_listed(number: int, rest: list[str]) -> None:
    lines = move_lines(moves(number), dry_run=False)
    assert [line for line in lines if line.startswith("L-")] == [
        f"L-{n}" + ": Norra → Södra" for n in range(200)
    ]
    assert [line for line in lines if line.startswith("…")] == rest
    assert f"{number} händelser har bytt område." in lines


def test_what_only_its_own_organisation_sees_is_counted_and_not_listed() -> None:
    lines = move_lines(moves(3, own_only=2), dry_run=False)
    assert [line for line in lines if line.startswith("L-")] == ["L-0: Norra → Södra"]
    assert "2 av dem ser bara den egna organisationen; de står inte i listan." in lines
    assert not any(line.startswith("…") for line in lines)


def test_what_was_chosen_by_hand_is_told() -> None:
    assert "1 händelse har ett område som är valt för hand, och ligger kvar." in move_lines(
        moves(0, chosen=1), dry_run=False
    )


def test_a_correction_that_moves_nothing_says_so() -> None:
    assert move_lines(moves(0), dry_run=False)[0] == "Ingen händelse byter område."
