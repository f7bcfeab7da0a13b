"""The list of places: found by name only without doubt, kept by municipality, taken in whole."""

from collections.abc import Sequence

import psycopg
import pytest
from sqlalchemy import Connection, event, make_url, text

from lagesbild.access import service as access
from lagesbild.base import db, installation
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import NotAllowedError
from lagesbild.base.geo import Point
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from lagesbild.places import service
from lagesbild.places.rules import Change, Found, NewPlace, Place
from tests.build import NOBODY, NOW
from tests.conftest import join
from tests.db.test_second_lock import login, opened

INSIDE = (17.95, 59.27)


def new(name: str, key: str = "", *, at: tuple[float, float] = INSIDE, kind: str = "") -> NewPlace:
    return NewPlace(key or name, name, kind, Point(*at))


def put(group: Group, *places: NewPlace, source: str = "prov") -> Change:
    with transaction(system(group).gate) as session:
        return service.put(session, system(group), source, places, now=NOW)


def find(group: Group, *names: str) -> list[Found]:
    with reading(system(group).gate) as session:
        return service.find(session, system(group), names)


def search(group: Group, typed: str, **options: int) -> list[str]:
    with reading(system(group).gate) as session:
        return names(service.search(session, system(group), typed, **options))


def stops(group: Group, *, limit: int = 9) -> list[str]:
    with reading(system(group).gate) as session:
        found = service.stops(session, system(group), on=NOW.date(), limit=limit)
    return names(found)


def names(places: Sequence[Place]) -> list[str]:
    return [place.name for place in places]


# --- Finding ----------------------------------------------------------------------------------


def test_names_are_found_in_the_order_they_were_asked(group: Group) -> None:
    put(group, new("Skogås station"), new("Torget"))
    found = find(group, "torget", "vid SKOGÅS stn", "Torget", "", "Finns inte alls")
    assert [f.place.name if f.place else "" for f in found] == [
        *("Torget", "Skogås station", "Torget", "", ""),
    ]
    assert [f.asked for f in found][:2] == ["torget", "vid SKOGÅS stn"]
    assert found[3].note == "Platsen saknas."
    assert find(group) == []


def test_a_misspelling_gives_suggestions_and_never_a_place(group: Group) -> None:
    put(group, new("Vistavägen"), new("Vistaväg"), new("Kvarnbergsplan"))
    [found] = find(group, "Vistavagen")
    assert found.place is None
    assert names(found.near) == ["Vistavägen", "Vistaväg"]


def test_a_dot_counts_also_beside_the_same_name_without_one(group: Group) -> None:
    put(group, new("Storvägen"), new("Storvikens badplats"))
    for asked in (("Storv.", "Storv"), ("Storv", "Storv.")):
        by_name = {found.asked: found for found in find(group, *asked)}
        assert names(by_name["Storv."].near)[0] == "Storvägen"


def test_the_best_five_suggestions_are_given(group: Group) -> None:
    put(group, *(new(f"Lindvägen {n}") for n in range(9)))
    [found] = find(group, "Lindvägen")
    assert found.place is None
    assert len(found.near) == 5


def test_a_house_number_gives_the_street_as_a_suggestion(group: Group) -> None:
    put(group, new("Storgatan"), new("Storgatan 7"))
    numbered, own = find(group, "Storgatan 12", "storgatan 7")
    assert numbered.place is None
    assert numbered.near[0].name == "Storgatan"
    assert own.place is not None
    assert own.place.name == "Storgatan 7"


def test_two_posts_of_a_stop_are_the_one_with_the_lower_key(group: Group) -> None:
    north = (INSIDE[0], INSIDE[1] + 0.0026)  # about 290 m
    put(group, new("Torget", "2"), new("Torget", "1", at=north))
    [found] = find(group, "Torget")
    assert found.place is not None
    assert found.place.key == "1"


def test_two_places_of_one_name_far_apart_are_for_a_person_to_choose(group: Group) -> None:
    far = (INSIDE[0], INSIDE[1] + 0.0028)  # about 310 m
    put(group, new("Almvägen", "1"), new("Almvägen", "2", at=far))
    [found] = find(group, "Almvägen")
    assert found.place is None
    assert [place.key for place in found.near] == ["1", "2"]
    assert found.note.startswith("2 platser heter så")


def test_thousands_of_names_are_asked_in_one_statement(
    group: Group, connection: Connection
) -> None:
    put(group, *(new(f"Plats nummer {n}") for n in range(500)))
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with reading(system(group).gate) as session:
        statements.clear()
        asked = [f"plats nummer {n}" for n in range(1000)]
        found = service.find(session, system(group), asked)
    assert len([each for each in statements if each.startswith(("SELECT", "WITH"))]) == 1
    assert sum(f.place is not None for f in found) == 500
    assert all(f.near for f in found[500:])


def test_more_names_than_one_statement_takes_are_asked_in_several(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(group, *(new(f"Plats {n}") for n in range(5)))
    monkeypatch.setattr(service, "BATCH", 2)
    found = find(group, *(f"plats {n}" for n in range(5)))
    assert [f.place.name for f in found if f.place] == [f"Plats {n}" for n in range(5)]


def test_what_is_typed_finds_beginnings_then_words_then_alike(group: Group) -> None:
    put(group, new("Skogås centrum"), new("Norra Skogås"), new("Skogås"), new("Skogsås vägen"))
    assert search(group, "skogå") == ["Skogås", "Skogås centrum", "Norra Skogås"]
    assert search(group, "SKOGAS c")[0] == "Skogås centrum"
    assert search(group, "skoagås")[0] == "Skogås"
    assert search(group, "skogå", limit=1) == ["Skogås"]
    assert search(group, "") == search(group, "%") == search(group, "_") == []


def test_what_is_typed_halfway_to_a_short_form_is_found(group: Group) -> None:
    put(group, new("Masmo T-bana"), new("Masmo torg"), new("Skogås station"))
    assert search(group, "masmo t") == ["Masmo torg", "Masmo T-bana"]
    assert search(group, "masmo t-b")[0] == "Masmo T-bana"
    assert search(group, "Skogås st") == ["Skogås station"]


def test_exact_swedish_letters_come_first(group: Group) -> None:
    put(group, new("Alvägen"), new("Älvägen"))
    assert search(group, "äl")[0] == "Älvägen"
    assert search(group, "al")[0] == "Alvägen"


@pytest.fixture
def actors(group: Group, organisations: dict[str, Organisation]) -> dict[Role, Actor]:
    roles = [role for role in Role if role is not Role.SYSTEM]
    return {role: join(group, organisations["kommun"], role) for role in roles}


def test_who_reads_incidents_may_look_up_places_and_only_they(actors: dict[Role, Actor]) -> None:
    for role, actor in actors.items():
        may = role in {Role.REPORTER, Role.MEMBER, Role.COORDINATOR, Role.ANALYST}
        with reading(actor.gate) as session:
            if may:
                assert service.find(session, actor, ["Torget"])[0].place is None
                assert service.search(session, actor, "Torget") == []
                continue
            with pytest.raises(NotAllowedError):
                service.find(session, actor, ["Torget"])
            with pytest.raises(NotAllowedError):
                service.search(session, actor, "Torget")


def test_only_an_administrator_changes_the_list(actors: dict[Role, Actor]) -> None:
    for role, actor in actors.items():
        with transaction(actor.gate) as session:
            if role is Role.ADMIN:
                assert service.put(session, actor, "prov", [new("A")], now=NOW).new == 1
                continue
            with pytest.raises(NotAllowedError):
                service.put(session, actor, "prov", [new("B")], now=NOW)


# --- The second lock --------------------------------------------------------------------------


@pytest.fixture
def neighbour(connection: Connection) -> Group:
    assert connection.in_transaction()
    return access.add_municipality(slug="berg", name="Bergs kommun", code="0002", now=NOW)


def test_another_municipality_s_places_are_not_there(group: Group, neighbour: Group) -> None:
    put(neighbour, new("Torget"))
    put(group, new("Parken"))
    same, alike = find(group, "Torget", "Torgett")
    assert (same.place, same.near, alike.near) == (None, (), ())
    assert search(group, "torg") == []
    assert search(neighbour, "torg") == ["Torget"]


def test_likeness_is_asked_behind_the_gate(own_database: Settings) -> None:
    db.connect(own_database.database_url, own_database.reader_url)
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    put(group, new("Torget"))
    db.forget_connections()
    asked = "SELECT count(*) FROM places_like('torget')"
    with login(own_database.database_url, "lagesbild_program") as connection:
        assert connection.execute(asked).fetchone() == (0,)
        opened(connection, municipality=NOBODY, audience="group")
        assert connection.execute(asked).fetchone() == (0,)
        opened(connection, municipality=group.municipality_id, audience="group")
        assert connection.execute(asked).fetchone() == (1,)
    for url, role in (
        (own_database.database_url, "lagesbild_door"),
        (own_database.reader_url, "lagesbild_reader"),
    ):
        with (
            login(url, role) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(asked)


def test_no_other_function_runs_with_the_owner_s_rights(connection: Connection) -> None:
    query = text(
        "SELECT p.oid::regprocedure::text, p.proconfig FROM pg_proc p WHERE p.prosecdef"
        " AND p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d"
        " WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    found = [tuple(row) for row in connection.execute(query)]
    assert found == [("places_like(text)", ["search_path=public, pg_temp", "enable_seqscan=off"])]


def test_the_check_tells_when_names_cannot_be_compared(own_database: Settings) -> None:
    assert "Databasen kan söka bland platsernas namn." in {
        finding.text for finding in installation.findings(own_database)
    }
    url = make_url(own_database.owner_url)
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute("DROP EXTENSION pg_trgm CASCADE")
    [missing] = [f for f in installation.findings(own_database) if "pg_trgm" in f.text]
    assert not missing.good


def test_the_posts_of_a_stop_are_told_once_and_the_next_names_come_after(group: Group) -> None:
    posts = [new("Torget", f"{n}", at=(INSIDE[0], INSIDE[1] + n / 10_000)) for n in range(9)]
    far = new("Torget", "långt bort", at=(INSIDE[0], INSIDE[1] - 0.02))
    put(group, *posts, far, new("Torgets skola"))
    assert search(group, "torget") == ["Torget", "Torget", "Torgets skola"]


@pytest.mark.parametrize(("longitude", "found"), [(18.0, ["Åstorp"]), (18.0001, [])])
def test_stops_are_those_of_the_box_around_the_districts(
    group: Group, longitude: float, found: list[str]
) -> None:
    put(group, new("Åstorp", at=(longitude, 59.27), kind="hållplats"))
    assert stops(group) == found


def test_without_districts_all_stops_are_there(neighbour: Group) -> None:
    put(neighbour, new("Åstorp", at=(12, 56), kind="hållplats"))
    assert stops(neighbour) == ["Åstorp"]


def test_the_posts_of_a_stop_take_the_room_of_one(group: Group) -> None:
    put(group, *(new("Allén", key, kind="hållplats") for key in "12"), new("By", kind="station"))
    assert stops(group, limit=2) == ["Allén", "By"]


def test_a_place_that_is_found_says_in_which_district_it_is(group: Group) -> None:
    at = {"1": INSIDE, "2": (17.95, 59.22), "3": (11.0, 57.0)}
    put(group, *(new("Torget", key, at=where) for key, where in at.items()))
    with reading(system(group).gate) as session:
        found = service.search_in_districts(session, system(group), "torget", on=NOW.date())
    assert sorted(district for _, district in found) == ["", "Norra Ås", "Södra Ås"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hudinge", "Huddinge"),
        ("sodertorn", "Södertörn"),
        ("Sødertørn", "Södertörn"),
        ("södertön", "Södertörn"),
        ("flemmingsberg", "Flemingsberg"),
        ("flemingsbärg", "Flemingsberg"),
        ("stuvsa", "Stuvsta"),
        ("trongsund", "Trångsund"),
        ("storgtan 12", "Storgatan 12"),
        ("storgatan 12 b", "Storgatan 12B"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(typed: str, found: str, group: Group) -> None:
    known = ("Huddinge", "Södertörn", "Flemingsberg", "Stuvsta", "Trångsund", "Skogås")
    put(group, *map(new, (*known, "Storgatan", "Storgatan 1", "Storgatan 12", "Storgatan 12B")))
    assert search(group, typed)[0] == found
