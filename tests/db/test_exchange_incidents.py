"""Lists of incidents taken in from other organisations: all rows or none, and never twice."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, LagesbildError, NotAllowedError
from lagesbild.base.geo import Point
from lagesbild.districts import service as districts
from lagesbild.exchange.cli import lists as cli
from lagesbild.exchange.rules.imports import reports
from lagesbild.exchange.rules.imports.reports import Fate, Insist, Outcome, State
from lagesbild.exchange.rules.imports.stages import Stage, Which
from lagesbild.exchange.rules.imports.ways import Lines, Ways
from lagesbild.exchange.rules.lists import Column
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.service import imports as service
from lagesbild.exchange.service import meanings, outlines, working
from lagesbild.exchange.store import words as store
from lagesbild.exchange.store.words import Kind
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Listed, Source, TimePrecision, Visibility
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from tests.build import NOW
from tests.conftest import SHARED

LIST = SHARED / "formats" / "syntetiska" / "osg_01_wgs84_utf8bom_semikolon_decimalkomma.csv"
EXPECTED = LIST.parent / "osg_expected.json"
MAPS = {
    "våld/hot": "VAL03",
    "skadegörelse/klotter": "SKA01",
    "anlagd brand": "BRA01",
    "narkotika": "NAR01",
    "stöld/inbrott": "STO02",
    "trafik/buskörning": "TRA01",
}
SHUT_MAP = {"våld/hot": "VAL03"}
HEADINGS = "Löpnr;Datum;Klockslag;Händelsetyp;Plats;Latitud;Longitud;Beskrivning;Rapportör"
ONE = "1;2020-01-10;22:45;Klotter;Torget;59,27;17,95;Klotter på fasad;Kommunen"
TWO = "2;2020-01-11;08:00;Bråk;Parken;59,22;17,95;Två grupper;Väktare"


@pytest.fixture
def sender(group: Group, organisations: dict[str, Organisation]) -> Actor:
    """The command line, for a list from the municipality."""
    return system(group, organisations["kommun"].id)


@pytest.fixture
def huddinge(connection: Connection) -> Actor:
    """The command line, for a list from the municipality Huddinge with its real kommundelar."""
    assert connection.in_transaction()
    made = access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)
    file = SHARED / "boundaries" / "huddinge_kommundelar_from_deso.geojson"
    wanted = Wanted("kommundel", date(2026, 1, 1))
    with transaction(system(made).gate) as session:
        outlines.import_districts(session, system(made), file, wanted, now=NOW)
        [sender] = [o for o in access.organisations(session, system(made)) if o.slug == "kommun"]
    return system(made, sender.id)


@dataclass(frozen=True)
class Taken:
    outcome: Outcome
    fates: list[Fate]


def take_in(actor: Actor, content: bytes, ways: Ways | None = None) -> Taken:
    with transaction(actor.gate) as session:
        done = working.import_file(session, actor, "lista.csv", content, ways or Ways(), now=NOW)
        incidents.number(session, actor, done.ids, now=NOW)
    return Taken(done.outcome, [row.fate for row in done.rows])


def lines(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *rows]).encode()


def listed(actor: Actor) -> list[Listed]:
    """Return all incidents, oldest first."""
    with reading(actor.gate) as session:
        return incidents.listing(session, actor, Filter(), limit=1000)[::-1]


def numbers(taken: Taken) -> tuple[int, int, int]:
    counted = taken.outcome.numbers
    return counted[State.SAVED], counted[State.KNOWN], counted[State.WRONG]


def synonyms(actor: Actor) -> dict[str, str]:
    assert actor.organisation_id is not None
    with reading(actor.gate) as session:
        return store.meanings(
            session, actor.group.municipality_id, actor.organisation_id, Kind.CATEGORY
        )


def verbs(actor: Actor) -> list[str]:
    with reading(actor.gate) as session:
        return [e.verb for e in audit.history(session, actor.group.municipality_id)]


# --- List 01 of the shared data -------------------------------------------------------------


@pytest.mark.shared
def test_list_01_gives_position_time_and_district_exactly(huddinge: Actor) -> None:
    assert numbers(take_in(huddinge, LIST.read_bytes(), Ways(MAPS))) == (40, 0, 0)
    with reading(huddinge.gate) as session:
        names = {d.id: d.name for d in districts.districts(session, huddinge)}
    got = sorted(
        (
            i.place_text,
            json.loads(str(i.place))["coordinates"],
            i.occurred_from,
            names[i.district_id] if i.district_id else None,
        )
        for i in listed(huddinge)
    )
    wanted = json.loads(EXPECTED.read_text())[LIST.name].values()
    assert got == sorted(
        (e["plats"], [e["lon"], e["lat"]], datetime.fromisoformat(e["datetime"]), e["kommundel"])
        for e in wanted
    )


@pytest.mark.shared
def test_list_01_without_maps_asks_for_six_words_and_saves_nothing(huddinge: Actor) -> None:
    outcome = take_in(huddinge, LIST.read_bytes())
    assert [(u.word, u.rows) for u in outcome.outcome.unclear] == [
        ("Anlagd brand", 4),
        ("Skadegörelse/klotter", 5),
        ("Våld/hot", 7),
        ("Narkotika", 4),
        ("Trafik/buskörning", 4),
        ("Stöld/inbrott", 2),
    ]
    assert listed(huddinge) == []


@pytest.mark.shared
def test_list_01_again_without_maps_makes_no_doubles(huddinge: Actor) -> None:
    take_in(huddinge, LIST.read_bytes(), Ways(MAPS))
    assert numbers(take_in(huddinge, LIST.read_bytes())) == (0, 40, 0)
    assert len(listed(huddinge)) == 40


@pytest.mark.shared
def test_a_row_broken_by_hand_saves_nothing_of_list_01(huddinge: Actor) -> None:
    broken = LIST.read_bytes().replace(b"7;2026-06-08;", b"7;i juni;")
    outcome = take_in(huddinge, broken, Ways(MAPS))
    assert numbers(outcome) == (39, 0, 1)
    assert [(f.line, f.column) for f in outcome.fates if f.state is State.WRONG] == [(8, "Datum")]
    assert reports.refusal(outcome.outcome).startswith("Inget är sparat: 1 av 40 rader har fel")
    assert (listed(huddinge), synonyms(huddinge)) == ([], {})


@pytest.mark.shared
def test_the_week_of_list_01_is_the_one_counted_by_hand(huddinge: Actor) -> None:
    take_in(huddinge, LIST.read_bytes(), Ways(MAPS))
    with reading(huddinge.gate) as session:
        later = NOW + timedelta(minutes=1)  # a picture knows what was registered before it
        picture = meetings.picture(session, huddinge, Period.named("2026-W03"), now=later)
    # By hand, Thursday 8 to Wednesday 14 January: rows 5 (11 Jan, Krönet), 6 (13 Jan,
    # Planetvägen), 9 (14 Jan, Skogås station), 17 and 34 (10 Jan, Henningsberg, Juringe allé).
    assert {d.name: figures.this for d, figures in picture.districts} == {
        "Flemingsberg": 0,
        "Segeltorp": 1,
        "Sjödalen-Fullersta": 1,
        "Skogås": 1,
        "Stuvsta-Snättringe": 1,
        "Trångsund": 1,
        "Vårby": 0,
    }
    assert (picture.total.this, picture.unplaced.this) == (5, 0)


# --- All of it or nothing -------------------------------------------------------------------


def test_a_row_becomes_an_incident_of_its_sender(sender: Actor) -> None:
    take_in(sender, lines(ONE))
    [row] = listed(sender)
    with reading(sender.gate) as session:
        incident = incidents.one(session, sender, row.id)
    assert incident.reference == "L-2026-000001"
    assert (incident.source, incident.facts.category) == (Source.LIST, "SKA01")
    assert incident.facts.severity == 1
    [part] = incident.parts
    assert (part.summary, part.reporter_role) == ("Klotter på fasad", "Kommunen")
    assert (part.visibility, part.organisation_id) == (Visibility.READERS, sender.organisation_id)


def test_a_row_without_a_time_is_a_whole_day(sender: Actor) -> None:
    take_in(sender, lines(ONE.replace("22:45", "")))
    assert listed(sender)[0].time_precision == TimePrecision.DAY


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ("2020-01-10", "2027-01-10", "Datum", "framtiden"),
        ("59,27", "59,33", "Latitud", "utanför kommunen"),
        ("Klotter på fasad", "å" * 281, "Beskrivning", "för lång"),
        ("Torget", "å" * 121, "Plats", "för lång"),
        ("Kommunen", "811228-9874", "Rapportör", "personnummer"),
        ("Klotter;", ";", "Händelsetyp", "Typen saknas"),
        ("Klotter;", "Fikapaus;", "Händelsetyp", "okänt ord"),
        ("22:45", "25:10", "Klockslag", "21:05"),
    ],
)
def test_one_wrong_row_saves_nothing_and_names_the_column(
    sender: Actor, old: str, new: str, column: str, words: str
) -> None:
    outcome = take_in(sender, lines(TWO, ONE.replace(old, new)))
    [fate] = [f for f in outcome.fates if f.state is State.WRONG]
    assert (fate.line, fate.column) == (3, column)
    assert words in fate.text
    assert listed(sender) == []


def test_the_good_rows_can_be_saved_alone(sender: Actor) -> None:
    content = lines(TWO, ONE.replace("2020-01-10", "i går"))
    assert numbers(take_in(sender, content, Ways(good_rows=True))) == (1, 0, 1)
    assert [row.place_text for row in listed(sender)] == ["Parken"]


def test_the_rows_that_are_left_come_in_when_they_are_right(sender: Actor) -> None:
    take_in(sender, lines(TWO, ONE.replace("2020-01-10", "i går")), Ways(good_rows=True))
    assert numbers(take_in(sender, lines(TWO, ONE))) == (1, 1, 0)


def test_a_text_that_only_warns_can_be_confirmed(sender: Actor) -> None:
    content = lines(ONE.replace("Klotter på fasad", "Ring 08-123 456 78"))
    assert take_in(sender, content).fates[0].insist is Insist.TEXT
    assert numbers(take_in(sender, content, Ways(confirmed=Lines(all=True)))) == (1, 0, 0)


def test_a_personal_number_cannot_be_confirmed(sender: Actor) -> None:
    content = lines(ONE.replace("Klotter på fasad", "Hot mot 670919-9530"))
    assert take_in(sender, content, Ways(confirmed=Lines(all=True))).outcome.refused


def test_a_member_takes_in_a_list_for_their_organisation(member: Actor) -> None:
    take_in(member, lines(ONE))
    assert [row.organisation_id for row in listed(member)] == [member.organisation_id]


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ANALYST, Role.READER, Role.AUDITOR])
def test_others_may_not_take_in_a_list(member: Actor, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        take_in(replace(member, role=role), lines(ONE))


def test_a_list_comes_from_an_organisation(group: Group) -> None:
    with pytest.raises(InvalidError, match="vilken organisation"):
        take_in(system(group), lines(ONE))


# --- Never twice ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        lines(ONE, TWO),
        lines(TWO, ONE),
        lines("7" + ONE[1:], "8" + TWO[1:]),
        lines(ONE.replace("59,27", "59.27"), TWO),
        lines(ONE.replace("59,27", "59,27000"), TWO.replace("59,22", "59.220")),
        lines(ONE.replace("22:45", "22.45"), TWO.replace("08:00", "08:00:00")),
        lines(ONE.replace("Klotter;", "KLOTTER;"), TWO.replace("Parken", "parken")),
    ],
)
def test_the_same_rows_again_are_known(sender: Actor, again: bytes) -> None:
    take_in(sender, lines(ONE, TWO))
    assert numbers(take_in(sender, again)) == (0, 2, 0)


def test_a_longer_list_adds_only_what_is_new(sender: Actor) -> None:
    take_in(sender, lines(ONE))
    assert numbers(take_in(sender, lines(ONE, TWO))) == (1, 1, 0)


def test_rows_with_the_same_content_are_all_kept_and_told(sender: Actor) -> None:
    outcome = take_in(sender, lines(ONE, ONE))
    assert outcome.fates[1].text == "Samma innehåll som rad 2."
    assert numbers(take_in(sender, lines(ONE, ONE, ONE))) == (1, 2, 0)


def test_the_same_rows_from_another_sender_are_new(
    sender: Actor, group: Group, organisations: dict[str, Organisation]
) -> None:
    take_in(sender, lines(ONE))
    assert numbers(take_in(system(group, organisations["polis"].id), lines(ONE))) == (1, 0, 0)


def test_the_senders_own_reference_decides(sender: Actor) -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    take_in(sender, lines(ONE, headings=headings))
    again = lines(ONE.replace("Torget", "Parken"), headings=headings)
    assert numbers(take_in(sender, again)) == (0, 1, 0)


def test_a_reference_twice_in_a_list_is_one_incident(sender: Actor) -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    assert numbers(take_in(sender, lines(ONE, ONE, headings=headings))) == (1, 1, 0)


def test_a_reference_for_two_different_rows_is_wrong(sender: Actor) -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    outcome = take_in(sender, lines(ONE, "1" + TWO[1:], headings=headings))
    assert (outcome.fates[1].column, outcome.outcome.refused) == ("Ärendenr", True)


def test_two_lists_of_one_sender_are_not_read_at_once(sender: Actor, engine: Engine) -> None:
    assert sender.organisation_id is not None
    with engine.connect() as other, other.begin():
        assert store.lock(Session(other), sender.group.municipality_id, sender.organisation_id)
        with pytest.raises(ConflictError, match="läses in just nu"):
            take_in(sender, lines(ONE))


# --- History, other municipalities, undoing -------------------------------------------------


def test_old_events_marked_as_history_are_never_late(sender: Actor) -> None:
    take_in(sender, lines(ONE), Ways(historical=True))
    take_in(sender, lines(TWO))
    with reading(sender.gate) as session:
        later = NOW + timedelta(minutes=1)  # a picture knows what was registered before it
        picture = meetings.picture(session, sender, Period.named("2020-W03"), now=later)
    assert (picture.total.this, picture.total.late) == (2, 1)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("Ås", State.SAVED),
        ("ÅS KOMMUN", State.SAVED),
        ("", State.SAVED),
        ("Botkyrka", State.ELSEWHERE),
        ("Åsele", State.ELSEWHERE),
    ],
)
def test_a_row_of_another_municipality_is_counted_and_left(
    sender: Actor, told: str, state: State
) -> None:
    content = lines(f"{ONE};{told}", f"{TWO};Ås", headings=f"{HEADINGS};Kommun")
    taken = take_in(sender, content)
    assert (taken.fates[0].state, taken.outcome.refused) == (state, False)


def test_a_place_elsewhere_is_left_when_the_list_is_about_several(sender: Actor) -> None:
    outside = ONE.replace("59,27", "59,33")
    assert take_in(sender, lines(outside, TWO)).outcome.refused
    taken = take_in(sender, lines(outside, TWO), Ways(only_here=True))
    assert [fate.state for fate in taken.fates] == [State.ELSEWHERE, State.SAVED]


def test_an_undone_import_is_taken_back_and_can_come_again(sender: Actor) -> None:
    take_in(sender, lines(ONE, TWO))
    with transaction(sender.gate) as session:
        [found] = service.latest(session, sender)
        assert service.undo(session, sender, found.id, now=NOW) == (2, 0)
    assert listed(sender) == []
    assert numbers(take_in(sender, lines(ONE, TWO))) == (2, 0, 0)


def test_an_import_is_undone_once(sender: Actor) -> None:
    take_in(sender, lines(ONE))
    with transaction(sender.gate) as session:
        [found] = service.latest(session, sender)
        service.undo(session, sender, found.id, now=NOW)
        with pytest.raises(ConflictError):
            service.undo(session, sender, found.id, now=NOW)


def test_an_incident_that_was_withdrawn_by_hand_does_not_come_back(sender: Actor) -> None:
    take_in(sender, lines(ONE))
    [row] = listed(sender)
    with transaction(sender.gate) as session:
        incidents.withdraw(session, sender, row.id, version=1, reason=Reason("Fel plats"), now=NOW)
    assert numbers(take_in(sender, lines(ONE))) == (0, 1, 0)


def test_references_are_given_in_the_order_of_the_list(sender: Actor) -> None:
    many = [f"{n};2020-01-10;22:45;Klotter;Plats {n};59,27;17,95;Text;Kommunen" for n in range(600)]
    take_in(sender, lines(*many))
    names = {row.reference: row.place_text for row in listed(sender)}
    assert names["L-2026-000001"] == "Plats 0"
    assert names["L-2026-000600"] == "Plats 599"


@pytest.mark.parametrize(("days", "lists"), [(7, 1), (8, 0)])
def test_a_list_that_was_never_saved_is_forgotten_after_a_week(
    sender: Actor, days: int, lists: int
) -> None:
    with transaction(sender.gate) as session:
        service.bring(session, sender, "lista.csv", lines(ONE), Ways(), now=NOW)
    service.forget_files(system(sender.group), now=NOW + timedelta(days=days))
    with reading(sender.gate) as session:
        assert len(service.latest(session, sender)) == lists


@pytest.mark.parametrize(("days", "kept"), [(30, True), (31, False)])
def test_what_a_saved_list_said_is_forgotten_after_a_month(
    sender: Actor, days: int, *, kept: bool
) -> None:
    take_in(sender, lines(ONE, ONE))
    service.forget_files(system(sender.group), now=NOW + timedelta(days=days))
    with reading(sender.gate) as session:
        [brought] = service.latest(session, sender)
        rows = service.rows(session, sender, brought.id, Which(10))
    assert [bool(row.fate.text) for row in rows] == [False, kept]
    assert [row.reference for row in rows] == ["L-2026-000001", "L-2026-000002"]


def test_an_organisation_keeps_only_so_many_lists_that_are_not_saved(sender: Actor) -> None:
    with transaction(sender.gate) as session:
        for _ in range(service.MOST_UNFINISHED):
            service.bring(session, sender, "lista.csv", lines(ONE), Ways(), now=NOW)
        with pytest.raises(ConflictError, match="Ta bort"):
            service.bring(session, sender, "lista.csv", lines(ONE), Ways(), now=NOW)


def test_a_second_hand_on_a_list_does_nothing(sender: Actor) -> None:
    with transaction(sender.gate) as session:
        found = service.bring(session, sender, "lista.csv", lines(ONE), Ways(), now=NOW)
        service.begin(session, sender, found, to=Stage.CHECKING)
    for _ in range(2):
        working.work(sender, found.id, clock=lambda: NOW)
    with transaction(sender.gate) as session:
        checked = service.one(session, sender, found.id)
        assert service.begin(session, sender, checked, to=Stage.SAVING)
    working.work(sender, found.id, clock=lambda: NOW)
    working.work(sender, found.id, clock=lambda: NOW)
    assert len(listed(sender)) == 1


def test_an_undone_list_is_not_saved_again_by_an_old_page(sender: Actor) -> None:
    take_in(sender, lines(ONE))
    with transaction(sender.gate) as session:
        [brought] = service.latest(session, sender)
        service.undo(session, sender, brought.id, now=NOW)
        found = service.one(session, sender, brought.id)
        assert not service.begin(session, sender, found, to=Stage.SAVING)


@pytest.mark.parametrize(
    ("code", "state"), [("0001", State.SAVED), ("1", State.SAVED), ("0126", State.ELSEWHERE)]
)
def test_a_municipality_may_be_told_by_its_code(sender: Actor, code: str, state: State) -> None:
    content = lines(f"{ONE};{code}", headings=f"{HEADINGS};Kommunkod")
    assert take_in(sender, content).fates[0].state is state


@pytest.mark.parametrize(
    ("place", "summary"), [("Torget 670919", "9530 sprang"), ("811228", "-9874 Klotter")]
)
def test_a_personal_number_split_over_two_cells_is_stopped(
    sender: Actor, place: str, summary: str
) -> None:
    row = ONE.replace("Torget", place).replace("Klotter på fasad", summary)
    assert "personnummer" in take_in(sender, lines(row)).fates[0].text


def test_a_row_cannot_take_the_mark_of_a_police_event(sender: Actor) -> None:
    headings = HEADINGS.replace("Löpnr", "Referens")
    taken = take_in(sender, lines("polisen:7" + ONE[1:], TWO, headings=headings))
    assert [fate.state for fate in taken.fates] == [State.WRONG, State.SAVED]
    assert taken.fates[0].column == "Referens"


@pytest.mark.parametrize(("kind", "metres"), [("hållplats", 100), ("ort", 1000), ("område", 1000)])
def test_a_named_place_is_as_uncertain_as_its_kind(sender: Actor, kind: str, metres: int) -> None:
    stop = NewPlace("1", "Parkstigen", kind, Point(17.95, 59.27))
    with transaction(sender.gate) as session:
        places.put(session, sender, "prov", [stop], now=NOW)
    take_in(sender, lines("1;2020-01-10;22:45;Klotter;vid Parkstigen;;;;"))
    [row] = listed(sender)
    assert (row.place_precision_m, row.district_id is None) == (metres, False)


@pytest.mark.parametrize(
    ("told", "district"), [("Norra Ås", True), ("norra  ås", True), ("Ängen", False)]
)
def test_a_row_without_a_place_is_in_the_district_it_names(
    sender: Actor, told: str, *, district: bool
) -> None:
    content = lines(f"1;2020-01-10;22:45;Klotter;;;;;;{told}", headings=f"{HEADINGS};Kommundel")
    taken = take_in(sender, content)
    assert (listed(sender)[0].district_id is not None) is district
    assert ("finns inte i indelningen" in taken.fates[0].text) is not district


def test_a_list_that_names_another_district_than_the_place_is_told_so(sender: Actor) -> None:
    taken = take_in(sender, lines(f"{ONE};Södra Ås", headings=f"{HEADINGS};Kommundel"))
    assert taken.fates[0].text == "Listan säger Södra Ås, men platsen ligger i Norra Ås."


def test_a_corrected_reference_makes_a_row_its_own(sender: Actor) -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    ways = Ways(corrections={3: {Column.REFERENCE: "9"}})
    content = lines(ONE, "1" + TWO[1:], headings=headings)
    assert numbers(take_in(sender, content, ways)) == (2, 0, 0)


def test_a_senders_own_word_comes_before_a_code(sender: Actor) -> None:
    take_in(sender, lines(ONE.replace("Klotter;", "BRA02;")), Ways({"bra02": "SKA01"}))
    assert listed(sender)[0].category == "SKA01"


def test_words_are_not_remembered_by_looking(sender: Actor) -> None:
    with transaction(sender.gate) as session:
        ways = Ways(SHUT_MAP)
        found = service.bring(session, sender, "lista.csv", lines(SHUT), ways, now=NOW)
        service.begin(session, sender, found, to=Stage.CHECKING)
    working.work(sender, found.id, clock=lambda: NOW)
    assert synonyms(sender) == {}


# --- Words ----------------------------------------------------------------------------------

SHUT = ONE.replace("Klotter;", "Våld/hot;")


def test_a_word_is_remembered_with_the_rows(sender: Actor) -> None:
    take_in(sender, lines(SHUT), Ways(SHUT_MAP))
    assert synonyms(sender) == {"våld/hot": "VAL03"}
    assert numbers(take_in(sender, lines(SHUT.replace("Torget", "Parken")))) == (1, 0, 0)


def test_a_word_is_remembered_for_its_sender_only(
    sender: Actor, group: Group, organisations: dict[str, Organisation]
) -> None:
    take_in(sender, lines(SHUT), Ways(SHUT_MAP))
    assert take_in(system(group, organisations["polis"].id), lines(SHUT)).outcome.refused


def test_a_word_is_not_remembered_when_nothing_is_saved(sender: Actor) -> None:
    take_in(sender, lines(SHUT, ONE.replace("22:45", "25:10")), Ways(SHUT_MAP))
    assert synonyms(sender) == {}


def test_a_word_with_a_personal_number_is_not_remembered(sender: Actor) -> None:
    with reading(sender.gate) as session, pytest.raises(InvalidError, match="personnummer"):
        meanings.told(session, sender, Ways(), maps={"811228-9874": "VAL03"}, places={})


def test_a_code_that_is_no_more_asks_anew_what_the_word_means(sender: Actor) -> None:
    assert take_in(sender, lines(SHUT), Ways({"våld/hot": "VAL77"})).outcome.unclear


def test_an_import_and_its_words_are_in_the_log(sender: Actor) -> None:
    take_in(sender, lines(SHUT), Ways(SHUT_MAP))
    assert verbs(sender)[:2] == ["list.imported", "synonym.set"]


def test_the_log_tells_how_many_rows_there_were(sender: Actor) -> None:
    take_in(sender, lines(ONE))
    take_in(sender, lines(ONE, TWO))
    with reading(sender.gate) as session:
        entry = audit.history(session, sender.group.municipality_id)[0]
    assert entry.subject.startswith("import:")
    told = {"rader": "2", "sparade": "1", "fanns redan": "1", "fel": "0", "annan kommun": "0"}
    assert entry.changes == told


def test_a_refused_import_leaves_no_trace(sender: Actor) -> None:
    before = verbs(sender)
    take_in(sender, lines(ONE.replace("22:45", "25:10")))
    assert verbs(sender) == before


# --- The command ----------------------------------------------------------------------------


def run(folder: Path, content: bytes, *options: str) -> Result:
    file = folder / "lista.csv"
    file.write_bytes(content)
    return CliRunner().invoke(
        cli.incidents, ["import", str(file), "--organisation", "kommun", *options]
    )


def test_the_command_tells_each_row_and_the_sum(sender: Actor, tmp_path: Path) -> None:
    result = run(tmp_path, lines(ONE, TWO))
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "rad 2: sparas",
        "rad 3: sparas",
        "2 rader: 2 sparade, 0 fanns redan, 0 fel.",
    ]
    assert len(listed(sender)) == 2


def test_the_command_again_says_that_all_is_there(sender: Actor, tmp_path: Path) -> None:
    run(tmp_path, lines(ONE))
    assert run(tmp_path, lines(ONE)).output.splitlines() == [
        "rad 2: finns redan",
        "1 rad: 0 sparade, 1 fanns redan, 0 fel.",
    ]
    assert len(listed(sender)) == 1


def test_a_dry_run_stores_nothing(sender: Actor, tmp_path: Path) -> None:
    before = verbs(sender)
    result = run(tmp_path, lines(SHUT), "--map", "Våld/hot=VAL03", "--dry-run")
    assert "1 rad: 1 skulle sparas, 0 finns redan, 0 fel." in result.output
    assert (listed(sender), synonyms(sender), verbs(sender)) == ([], {}, before)


def test_the_command_ends_with_one_sentence_when_nothing_is_saved(
    sender: Actor, tmp_path: Path
) -> None:
    result = run(tmp_path, lines(ONE, SHUT))
    assert '  --map "Våld/hot=VAL01"   Misshandel i offentlig miljö' in result.output.splitlines()
    assert isinstance(result.exception, LagesbildError)
    assert str(result.exception).startswith("Inget är sparat: 1 av 2 rader har fel, se ovan.")
    assert listed(sender) == []


@pytest.mark.parametrize("place", ["Klotter;", "Torget", "Klotter på fasad", "Kommunen", "22:45"])
def test_a_personal_number_is_never_repeated(sender: Actor, tmp_path: Path, place: str) -> None:
    end = ";" if place.endswith(";") else ""
    result = run(tmp_path, lines(ONE.replace(place, f"19121212-1212{end}")))
    assert "1212" not in result.output + str(result.exception)
    assert listed(sender) == []


def test_the_wrong_rows_come_back_as_a_file_that_can_be_read_again(
    sender: Actor, tmp_path: Path
) -> None:
    back = tmp_path / "rätta.csv"
    content = lines(TWO, ONE.replace("2020-01-10", "i går"))
    run(tmp_path, content, "--good-rows", "--wrong-rows", str(back))
    assert back.read_text(encoding="utf-8-sig").count("\n") == 2
    corrected = back.read_bytes().replace("i går".encode(), b"2020-01-10")
    assert numbers(take_in(sender, corrected)) == (1, 0, 0)


def test_an_unknown_organisation_is_told(group: Group, tmp_path: Path) -> None:
    result = run(tmp_path, lines(ONE), "--organisation", "vaktbolaget", "--group", group.slug)
    assert "Organisationen vaktbolaget finns inte i gruppen" in str(result.exception)
