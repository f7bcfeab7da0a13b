"""A file of places: which files are read, which places are refused and with what sentence."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import Box
from lagesbild.exchange.rules.gazetteer import files, reading
from lagesbild.exchange.rules.gazetteer.reading import Fields, Gazetteer, Outcome
from lagesbild.places.rules import Change, NewPlace
from tests.conftest import SHARED

FILES = SHARED / "gazetteer"
WANTED = Fields()


def read(*lines: str, wanted: Fields = WANTED, encoding: str = "utf-8") -> Gazetteer:
    return reading.gazetteer("\n".join(lines).encode(encoding), wanted)


def only(found: Gazetteer) -> NewPlace:
    assert found.wrong == ()
    [place] = found.places
    return place


def refusal(content: bytes, wanted: Fields = WANTED) -> str:
    with pytest.raises(InvalidError) as caught:
        reading.gazetteer(content, wanted)
    return str(caught.value)


def features(*each: tuple[object, object], **member: object) -> bytes:
    found = [{"type": "Feature", "properties": p, "geometry": g} for p, g in each]
    return json.dumps({"type": "FeatureCollection", "features": found} | member).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_file_is_read_in_the_usual_encodings_and_separators(
    encoding: str, separator: str
) -> None:
    lines = ("Namn|Lat|Lon|Typ|Id", "Åkantsvägen|59.228604|18.076706|hållplats|7")
    found = read(*(line.replace("|", separator) for line in lines), encoding=encoding)
    place = only(found)
    assert (place.key, place.name, place.kind) == ("7", "Åkantsvägen", "hållplats")
    assert (place.point.longitude, place.point.latitude) == (18.076706, 59.228604)


def test_a_decimal_comma_is_read() -> None:
    assert only(read("namn;lat;lon", "Torget;59,2;18,1")).point.latitude == 59.2


def test_without_a_key_the_key_is_name_and_position() -> None:
    place = only(read("namn,lat,lon", "Torget,59.2,18.1"))
    assert place.key == "Torget 18.100000 59.200000"


def test_fields_can_be_chosen_whatever_their_case() -> None:
    wanted = Fields(name="BETECKNING", latitude="n", longitude="e", key="nr", kind="sort")
    found = read("id,Beteckning,N,E,Nr,Sort", "9,Torget,59.2,18.1,A1,torg", wanted=wanted)
    assert (only(found).key, only(found).kind) == ("A1", "torg")


def test_a_field_that_is_not_there_is_told_with_those_that_are() -> None:
    sentence = refusal(b"a,b\n1,2", Fields(name="namn"))
    assert "namn finns inte" in sentence
    assert "a, b" in sentence
    assert "--latitude" in refusal(b"namn,b\nx,2")
    assert "--name" in refusal(b"x,lat,lon\nx,2,3")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",59.2,18.1", "Platsen har inget namn"),
        ("–,59.2,18.1", "Platsen har inget namn"),
        ("Torget,18.1,59.2", "har bytt plats"),
        ("Torget,54.9,18.1", "utanför Sverige"),
        ("Torget,69.3,18.1", "utanför Sverige"),
        ("Torget,59.2,10.4", "utanför Sverige"),
        ("Torget,59.2,24.4", "utanför Sverige"),
        ("Torget,6567779,18.1", "ingen position i grader"),
        ("Torget,,18.1", "ingen position i grader"),
        ("Torget,nan,18.1", "ingen position i grader"),
        ("Torget", "ingen position i grader"),
        ("811228-9874 Torget,59.2,18.1", "personnummer"),
        ("Torget lgh 1001,59.2,18.1", "lägenhetsnummer"),
        ("Hemma hos 070-174 06 05,59.2,18.1", "telefonnummer"),
        ("T\u202eorget,59.2,18.1", "tecken som inte går att spara"),
        (f"{'x' * 121},59.2,18.1", "längre än 120 tecken"),
    ],
)
def test_a_wrong_place_is_told_with_its_row(line: str, sentence: str) -> None:
    [told] = read("namn,lat,lon", "Bra,59.2,18.1", "", line).wrong
    assert told.startswith("Rad 4: ")
    assert sentence in told
    assert "811228" not in told


def test_a_warning_can_be_confirmed_but_not_a_personal_number() -> None:
    content = b"namn,lat,lon\nTorget lgh 1001,59.2,18.1\n811228-9874,59.2,18.1"
    found = reading.gazetteer(content, WANTED, confirmed=True)
    assert [place.name for place in found.places] == ["Torget lgh 1001"]
    assert len(found.wrong) == 1


def test_the_edges_of_sweden_are_in_it() -> None:
    lines = ("Söder,55.0,13.0", "Norr,69.2,20.0", "Väst,58.9,10.5", "Öst,65.8,24.3")
    assert len(read("namn,lat,lon", *lines).places) == 4


def test_the_same_row_twice_counts_once() -> None:
    found = read("namn,lat,lon", *["Torget,59.2,18.1"] * 3)
    assert only(found).name == "Torget"
    assert found.repeated == 2


def test_a_key_that_several_names_share_has_the_name_beside_it() -> None:
    found = read("id,namn,lat,lon", "1,A,59.2,18.1", "1,B,59.2,18.1", "2,C,59.2,18.1")
    assert [place.key for place in found.places] == ["1 A", "1 B", "2"]


def test_a_chosen_key_must_be_unique() -> None:
    lines = ("id,namn,lat,lon", "1,A,59.2,18.1", "1,B,59.2,18.1")
    [told] = read(*lines, wanted=Fields(key="id")).wrong
    assert told.startswith("Rad 3: Den har samma nyckel som rad 2")


def test_every_wrong_place_is_in_the_refusal_up_to_twenty() -> None:
    found = read("namn,lat,lon", *[f"Torget {n},1,1" for n in range(22)])
    with pytest.raises(InvalidError, match="22 platser är fel") as caught:
        reading.refuse(found.wrong)
    assert str(caught.value).count("Rad ") == 20
    assert str(caught.value).endswith("… och 2 till.")
    reading.refuse(())


def test_points_of_geojson_are_read() -> None:
    content = features(({"name": "Torget", "id": 7.0}, {"type": "Point", "coordinates": [18, 59]}))
    place = only(reading.gazetteer(content, WANTED))
    assert (place.key, place.point.longitude, place.point.latitude) == ("7", 18.0, 59.0)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "LineString", "coordinates": [[18, 59], [18, 60]]},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["18", "59"]},
    ],
)
def test_what_is_no_point_is_refused_with_its_number(geometry: object) -> None:
    [told] = reading.gazetteer(features(({"name": "Torget"}, geometry)), WANTED).wrong
    assert told.startswith("Objekt 1: Platsen har ingen position")


def test_geojson_in_metres_is_refused() -> None:
    point = {"type": "Point", "coordinates": [667356, 6567779]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    assert "WGS 84" in refusal(features(({"name": "Torget"}, point), crs=crs))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "tom"),
        (b"\n \n", "tom"),
        (b"namn,lat,lon\n", "inga platser"),
        (b'{"features": []}', "inga platser"),
        (b"{", "GeoJSON"),
        (b'{"type": "Feature"}', "GeoJSON"),
        (b'{"features": [1]}', "GeoJSON"),
        (b"PK\x03\x04", "Excelark"),
        (b'namn,lat,lon\n"Torget,59,18', "citattecken"),
        (b"namn\x81,lat,lon", "text"),
    ],
)
def test_another_kind_of_file_is_refused_in_words(content: bytes, sentence: str) -> None:
    assert sentence in refusal(content)


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"namn,lat,lon\nA,59,18\nB,59,18"
    monkeypatch.setattr(files, "MAX_ROWS", 1)
    assert "fler än 1 platser" in refusal(content)
    monkeypatch.setattr(files, "MAX_BYTES", len(content) - 1)
    assert "större än" in refusal(content)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda t: f"namn,lat,lon\n{t}".encode()))
def test_any_file_is_read_or_refused_in_words(content: bytes) -> None:
    with suppress(InvalidError):
        reading.gazetteer(content, WANTED)


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
)
MEMBERS = st.sampled_from(["features", "properties", "geometry", "type", "coordinates", "id"])


@given(
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(MEMBERS, inner)
    )
)
def test_any_json_is_read_or_refused_in_words(found: object) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": found}).encode()
    with suppress(InvalidError):
        reading.gazetteer(content, Fields(name="id"))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "number", "kind"),
    [
        ("hallplatser_huddinge_2500m.csv", 681, "hållplats"),
        ("offentliga_platser_huddinge.csv", 166, ""),
        ("geonames_sodertorn.csv", 27, "ort"),
        ("stationer_huddinge.csv", 36, "tunnelbana"),
        ("deso2025_osm_namn_huddinge.csv", 63, "område"),
    ],
)
def test_the_real_files_are_read_as_they_are(file: str, number: int, kind: str) -> None:
    found = reading.gazetteer((FILES / file).read_bytes(), WANTED)
    assert found.wrong == ()
    assert len(found.places) + found.repeated == number
    assert found.places[0].kind == kind


def test_what_was_done_is_told() -> None:
    told = reading.lines(Outcome(Change(3, 2, 1, kept=4), 5, 6), "Trafiklab", dry_run=True)
    text = " ".join(told)
    for sentence in ("3 nya, 2 ändrade och 1 oförändrade", "5 rader", "4 platser", "6 av filens"):
        assert sentence in text
    assert "inget är sparat" in text
    assert len(reading.lines(Outcome(Change(1), 0, None), "Trafiklab", dry_run=False)) == 2


# --- Addresses, and metres ------------------------------------------------------------------------

TM = ("6567325", "673395")  # north, east


@pytest.mark.parametrize(
    ("headings", "row", "name"),
    [
        ("gatunamn;nummer;bokstav", "Storgatan;12;b", "Storgatan 12 B"),
        ("Gatunamn;Nummer", "Storgatan;12", "Storgatan 12"),
        ("addr:street;addr:housenumber", "Storgatan;12B", "Storgatan 12B"),
        ("Adressområde;Adressplatsnummer;Bokstavstillägg", "Storgatan;12;", "Storgatan 12"),
        ("gata", "Storgatan", "Storgatan"),
    ],
)
def test_an_address_is_read_from_its_own_fields(headings: str, row: str, name: str) -> None:
    place = only(read(f"{headings};lat;lon", f"{row};59,2;18,1"))
    assert (place.name, place.kind) == (name, "adress")


def test_a_name_holds_before_an_address_and_where_there_is_none_the_address_does() -> None:
    found = read("name,addr:street,lat,lon", "Skolan,Storgatan,59.2,18.1", ",Storgatan,59.2,18.2")
    assert [(p.name, p.kind) for p in found.places] == [("Skolan", ""), ("Storgatan", "adress")]


def test_a_chosen_name_is_never_an_address() -> None:
    lines = ("skylt,gatunamn,lat,lon", ",Storgatan,59.2,18.1")
    [sentence] = read(*lines, wanted=Fields(name="skylt")).wrong
    assert sentence == "Rad 2: Platsen har inget namn."


def test_a_number_without_a_street_is_no_address() -> None:
    [sentence] = read("gatunamn,nummer,lat,lon", ",12,59.2,18.1").wrong
    assert sentence == "Rad 2: Platsen har inget namn."


@pytest.mark.parametrize("headings", ["N;E", "y;x", "Northing;Easting", "nord;öst"])
def test_metres_in_sweref_are_read(headings: str) -> None:
    place = only(read(f"adress;{headings}", f"Storgatan 12;{';'.join(TM)}"))
    east, north = Transformer.from_crs(3006, 4326, always_xy=True).transform(673395, 6567325)
    assert place.point.longitude == pytest.approx(east, abs=1e-7)
    assert place.point.latitude == pytest.approx(north, abs=1e-7)


def test_the_municipality_tells_one_local_zone_from_another() -> None:
    east, north = Transformer.from_crs(4326, 3009, always_xy=True).transform(15.2, 59.27)
    lines = ("adress;n;e", f"Storgatan 12;{north:.2f};{east:.2f}")
    home = Box(15.0, 59.2, 15.4, 59.3)
    place = only(reading.gazetteer("\n".join(lines).encode(), WANTED, home=home))
    assert place.point.longitude == pytest.approx(15.2, abs=1e-6)
    assert place.point.latitude == pytest.approx(59.27, abs=1e-6)


def test_numbers_that_are_neither_degrees_nor_metres_are_refused_with_their_row() -> None:
    [sentence] = read("adress;n;e", "Storgatan 12;12;x").wrong
    assert sentence.startswith("Rad 2: Platsen har ingen position i grader (WGS 84) eller i meter")
