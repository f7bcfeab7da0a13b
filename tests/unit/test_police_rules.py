"""What is read out of an event, what is kept of it, and when the police may be asked."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagesbild.base.errors import InvalidError, SetupError
from lagesbild.incidents.rules import TimePrecision
from lagesbild.police.rules import calls, reading
from lagesbild.police.rules.events import read
from lagesbild.police.rules.places import is_county, place_word
from lagesbild.police.rules.tallies import Outcome, Tally
from lagesbild.police.rules.types import Fate, decide
from tests.police import event


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("published", "name", "occurred"),
    [
        ("2026-11-18 21:40:12 +01:00", "18 november 21.05", "2026-11-18T21:05+01:00"),
        ("2026-11-18 21:40:12 +01:00", "18 november 21:05", "2026-11-18T21:05+01:00"),
        ("2026-11-18 3:36:11 +01:00", "18 November  3.05", "2026-11-18T03:05+01:00"),
        ("2027-01-01 0:20:00 +01:00", "31 december 23.50", "2026-12-31T23:50+01:00"),
        ("2026-12-31 23:58:00 +01:00", "01 januari 00.10", "2027-01-01T00:10+01:00"),
        ("2027-01-01 0:00:00 +01:00", "01 januari 00.00", "2027-01-01T00:00+01:00"),
        ("2026-07-01 12:00:00 +0200", "27 juni 01.30", "2026-06-27T01:30+02:00"),
        ("2026-11-18 20:40:12 Z", "18 november 24.00", "2026-11-19T00:00+01:00"),
        ("2028-03-01 8:00:00 +1:00", "29 februari 12.00", "2028-02-29T12:00+01:00"),
        ("2026-11-18T21:40:12.5+01:00", "18 november 21.05", "2026-11-18T21:05+01:00"),
    ],
)
def test_the_year_comes_from_the_publishing(published: str, name: str, occurred: str) -> None:
    found = read(event(datetime=published, name=f"{name}, Stöld, Ås")).event
    assert found.occurred_at == at(occurred)
    assert found.time_precision is TimePrecision.EXACT


def test_of_the_hour_that_exists_twice_it_is_the_one_before_the_publishing() -> None:
    for published, occurred in (
        ("2026-10-25 2:50:00 +02:00", "2026-10-25T02:30+02:00"),
        ("2026-10-25 2:50:00 +01:00", "2026-10-25T02:30+01:00"),
    ):
        found = read(event(datetime=published, name="25 oktober 02.30, Stöld, Ås")).event
        assert found.occurred_at == at(occurred)


def test_the_hour_that_does_not_exist_is_about_right() -> None:
    raw = event(datetime="2026-03-29 4:00:00 +02:00", name="29 mars 02.30, Stöld, Ås")
    assert read(raw).event.time_precision is TimePrecision.HOUR


def test_without_a_clock_time_it_was_some_time_that_day() -> None:
    found = read(event(name="17 november, Stöld, Ås")).event
    assert found.occurred_at == at("2026-11-17T00:00+01:00")
    assert found.time_precision is TimePrecision.DAY


@pytest.mark.parametrize("when", ["i går kväll", "30 februari 12.00", "17 november 25.10", ""])
def test_a_time_that_cannot_be_read_is_the_publishing(when: str) -> None:
    found = read(event(name=f"{when}, Stöld, Ås")).event
    assert found.occurred_at == found.published_at
    assert found.time_precision is TimePrecision.UNKNOWN


def test_a_type_may_have_commas_and_the_place_comes_last() -> None:
    raw = event(name="17 november 08.50, Mord/dråp, försök, Upplands-Bro")
    del raw["type"]
    sighting = read(raw)
    assert (sighting.event.type, sighting.place) == ("Mord/dråp, försök", "Upplands-Bro")


def test_the_municipality_is_the_names_last_part_and_not_the_location() -> None:
    raw = event(name="18 november 08.50, Stöld, Huddinge")
    assert read(raw | {"location": {"name": "Stockholms län"}}).place == "Huddinge"
    assert read(raw | {"location": None}).place == "Huddinge"
    assert read(raw | {"name": "", "location": {"name": "Huddinge"}}).place == "Huddinge"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"id": True}, "id"),
        ({"id": "12a"}, "id"),
        ({"id": 2**63}, "id"),
        ({"id": 0}, "id"),
        ({"datetime": None}, "datetime"),
        ({"datetime": "2026-13-01 10:00:00 +01:00"}, "datetime"),
        ({"datetime": "2026-11-01 10:00:00 +99:00"}, "datetime"),
        ({"datetime": "0001-01-01 10:00:00 +14:00"}, "datetime"),
        ({"name": None, "location": None}, "name"),
        ({"name": 5, "type": ["x"]}, "name"),
    ],
)
def test_what_lacks_the_needed_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read(event() | change)
    assert refused.value.field == field


def test_what_is_more_than_needed_or_not_there_is_no_error() -> None:
    raw = event(id="17", extra={"a": 1})
    del raw["summary"], raw["url"], raw["location"]
    found = read(raw).event
    assert (found.id, found.summary, found.address, found.withheld) == (17, "", "", False)


@pytest.mark.parametrize(
    "text",
    [
        "Född 811228-9874 i Ås.",
        "Ring 070-174 06 05.",
        "En kvinna är försvunnen sedan i går.",
        "En man hittades avliden.",
        "Mannen är efterlyst.",
        "En person har omkommit.",
    ],
)
def test_a_text_that_points_at_a_person_is_left_out_and_the_event_kept(text: str) -> None:
    sighting = read(event(summary=text))
    assert sighting.event.summary == ""
    assert sighting.event.withheld
    assert sighting.decision.fate is Fate.KEPT


@pytest.mark.parametrize(
    "text", ["Mannen försvann från platsen.", "Polisen efterlyser vittnen.", "Bilen saknar plåt."]
)
def test_a_text_about_what_happened_is_kept(text: str) -> None:
    assert read(event(summary=text)).event.summary == text


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Rån, ring 070-1740605"},
        {"type": "Rån 811228-9874"},
        {"type": "Rån " * 24 + "811228-9874"},  # would be cut in the middle of the number
        {"name": "17 november 08.50, Stöld 811228-9874, Ås"},
        {"name": "17 november 08.50, Stöld, Ås 070-1740605"},
        {"name": "070-1740605, Stöld, Ås"},
    ],
)
def test_a_type_or_name_that_points_at_a_person_is_noticed(change: dict[str, Any]) -> None:
    assert read(event(**change)).is_personal


@pytest.mark.parametrize("name", ["Mord/dråp, försök", "Trafikolycka"])
def test_a_type_and_name_as_the_police_write_them_point_at_nobody(name: str) -> None:
    assert not read(event(name=f"17 november 08.50, {name}, Ås", type=name)).is_personal


def test_a_new_type_is_told_on_one_short_line_without_a_number() -> None:
    tally = Tally(unknown_types=Counter({"Rån\x1b[2J\n" + "811228-9874 " * 9: 1}))
    line = tally.lines()[-1]
    assert line.isprintable()
    assert "811228" not in line
    assert len(line) < 120


def test_an_address_leads_to_the_police_and_nowhere_else() -> None:
    good = "/aktuellt/handelser/2026/"
    for url in (good, f"https://polisen.se{good}"):
        assert read(event(url=url)).event.address == f"https://polisen.se{good}"
    for bad in ("//ond.example/", "https://polisen.se.ond.example/", "/\\ond", "javascript:x", 5):
        assert read(event(url=bad)).event.address == ""


def test_signs_that_cannot_be_stored_are_gone_and_a_long_text_is_cut() -> None:
    found = read(event(summary="a\x00b\u202ec \ud800 " + "x" * 5000)).event
    assert found.summary.startswith("a b c x")
    assert len(found.summary) == 2000


@pytest.mark.parametrize(
    ("type_", "fate"),
    [
        ("Försvunnen person", Fate.NEVER),
        ("Efterlyst person", Fate.NEVER),
        ("Anträffad  DÖD ", Fate.NEVER),
        ("Anträffad person", Fate.NEVER),  # no type of theirs yet
        ("Sammanfattning jul", Fate.NOTE),
        ("Tillfälligt obemannat", Fate.NOTE),
        ("Uppdatering", Fate.NOTE),
        ("Information", Fate.NOTE),
        ("Övrigt", Fate.NOTE),
        ("Larm inbrott", Fate.NOTE),
        ("Elsparkcykel", Fate.KEPT),  # likewise
    ],
)
def test_each_type_has_its_fate(type_: str, fate: Fate) -> None:
    assert decide(type_).fate is fate


def test_a_name_that_says_never_outweighs_the_type() -> None:
    raw = event(name="17 november 08.50, Försvunnen person, Ås", type="Räddningsinsats")
    assert read(raw).decision.fate is Fate.NEVER


def test_a_fire_is_never_taken_for_arson() -> None:
    assert decide("Brand").code == "BRA05"


@pytest.mark.parametrize(
    ("official", "word"),
    [
        ("Huddinge kommun", "Huddinge"),
        ("Huddinge", "Huddinge"),
        ("Stockholms stad", "Stockholm"),
        ("Västerås stad", "Västerås"),
        ("Bengtsfors kommun", "Bengtsfors"),
        ("Falu kommun", "Falun"),
        ("Region Gotland", "Gotland"),
        ("Upplands-Bro kommun", "Upplands-Bro"),
        ("Ås", "Ås"),
        ("", ""),
    ],
)
def test_a_municipality_has_the_polices_name(official: str, word: str) -> None:
    assert place_word(official) == word


def test_a_county_is_no_municipality() -> None:
    assert is_county("Stockholms län")
    assert not is_county("Länna")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_arrays_and_lines_are_read_in_pieces_of_any_size(size: int) -> None:
    for text in ('[{"a": "}{,["}, {"b": [1, {"c": 2}]}]', '{"a": "}{,["}\n{"b": [1, {"c": 2}]}\n'):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        assert list(reading.objects(pieces)) == [{"a": "}{,["}, {"b": [1, {"c": 2}]}]


@pytest.mark.parametrize("text", ["", " \n", "[]", "[\n]"])
def test_nothing_is_no_event_and_no_error(text: str) -> None:
    assert list(reading.objects([text])) == []


def test_what_stops_being_json_says_where() -> None:
    given = reading.objects(['[{"a": 1}, {"a": ', "fel}]"])
    assert next(given) == {"a": 1}
    with pytest.raises(InvalidError, match="nummer 1"):
        next(given)


def test_something_endless_is_left_before_it_fills_the_memory() -> None:
    taken = 0

    def endless() -> Any:  # noqa: ANN401 – a generator of text
        nonlocal taken
        while True:
            taken += 1
            yield '{"a":' * 10_000

    with pytest.raises(InvalidError):
        list(reading.objects(endless()))
    assert taken < 20


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
WRITTEN = st.sampled_from(
    ["2026-11-17 9:05:12 +01:00", "2026-02-30 1:1:1 +1:00", "9999-12-31 23:59:59 -23:59"]
) | st.from_regex(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{2}(:[0-9]{2})? ?[+-][0-9:]{2,6}"
)
NAMED = st.from_regex(r"[0-9]{1,2} (mars|februari|oktober|x) [0-9]{1,2}[.:][0-9]{2}, [^,]*, [^,]*")


@given(
    st.fixed_dictionaries(
        {
            "id": VALUES | st.integers(1, 10**20),
            "datetime": VALUES | WRITTEN,
            "name": VALUES | NAMED,
            "type": VALUES,
            "summary": VALUES,
            "url": VALUES,
            "location": VALUES | st.just({"name": "Ås"}),
        }
    )
    | VALUES
)
@settings(max_examples=100, deadline=None)
def test_whatever_comes_is_an_event_or_a_sentence(raw: object) -> None:
    try:
        found = read(raw).event
    except InvalidError as error:
        assert str(error).endswith((".", ")."))  # noqa: PT017 – either way is right
    else:
        assert found.occurred_at.tzinfo is UTC


def test_only_https_is_asked() -> None:
    for bad in ("http://polisen.se/api/events", "ftp://polisen.se", "polisen.se", "https://"):
        with pytest.raises(SetupError, match="https"):
            calls.addresses(bad, [])
    with pytest.raises(SetupError, match="inte påslagen"):
        calls.addresses("", [])
    assert calls.addresses("https://polisen.se/api/events", ["Ås"]) == [
        "https://polisen.se/api/events"
    ]


def test_nobody_asks_without_saying_who() -> None:
    nobody = {"sender": "lagesbild@localhost", "base_url": "http://localhost:8000"}
    with pytest.raises(SetupError, match="vem som frågar"):
        calls.agent(**nobody)
    by_mail = nobody | {"sender": "Lägesbild <drift@as.example>\r\nX: y"}
    assert calls.agent(**by_mail) == "Lagesbild (+Lgesbild <drift@as.example>X: y)"
    by_page = nobody | {"base_url": "https://lage.as.example"}
    assert calls.agent(**by_page) == "Lagesbild (+https://lage.as.example)"


def test_a_pause_is_never_longer_than_a_week() -> None:
    now = datetime(2026, 11, 18, tzinfo=UTC)
    call = calls.Call("https://a.example", now, now, refusals=900)
    answer = calls.Answer(calls.Kind.REFUSED, retry_after="99999999999")
    assert calls.after(call, answer, now=now).not_before == now + timedelta(days=7)


def test_the_numbers_are_told_without_what_did_not_occur() -> None:
    tally = Tally()
    tally.numbers.update({Outcome.NEW: 2, Outcome.ELSEWHERE: 5})
    assert tally.lines() == ["7 händelser lästa, 2 i egna kommuner.", "  2 nya", "  5 annan kommun"]
