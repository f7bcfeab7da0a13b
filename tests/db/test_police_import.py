"""Taking events in: once each, followed when they change, erased when they may not be kept."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.base.errors import InvalidError, NotAllowedError, SetupError, TooManyError
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Actor, Group, system
from lagesbild.police import cli
from lagesbild.police.rules.tallies import Outcome, Tally
from lagesbild.police.service import events as police
from tests.build import NOW
from tests.police import event, running

LATER = NOW + timedelta(hours=1)


def take_in(group: Group, *raw: object, late: bool = False) -> Tally:
    return police.take_in([group], raw, now=LATER if late else NOW, recent_only=False)


def rows(connection: Connection) -> list[tuple[object, ...]]:
    query = text("SELECT id, type, summary, version, changed_at FROM police_events ORDER BY id")
    return [tuple(row) for row in connection.execute(query)]


def audited(connection: Connection) -> int:
    query = text("SELECT count(*) FROM audit WHERE verb LIKE 'police.%'")
    number: int = connection.execute(query).scalar_one()
    return number


def test_the_same_twice_changes_nothing(group: Group, connection: Connection) -> None:
    assert take_in(group, event()).numbers[Outcome.NEW] == 1
    before = rows(connection)
    again = take_in(group, event(), late=True)
    assert again.numbers[Outcome.SAME] == 1
    assert rows(connection) == before
    assert audited(connection) == 1


def test_a_change_is_followed_and_says_when(group: Group, connection: Connection) -> None:
    take_in(group, event())
    tally = take_in(group, event(summary="Tre bilar."), late=True)
    assert tally.numbers[Outcome.CHANGED] == 1
    assert rows(connection) == [(1, "Trafikolycka", "Tre bilar.", 2, LATER)]
    assert audited(connection) == 2


def test_the_last_word_in_one_file_holds(group: Group, connection: Connection) -> None:
    tally = take_in(group, event(), event(summary="Tre bilar."))
    assert (tally.numbers[Outcome.NEW], tally.numbers[Outcome.CHANGED]) == (1, 1)
    assert rows(connection)[0][2] == "Tre bilar."


@pytest.mark.parametrize(
    "change",
    [
        {"name": "17 november 08.50, Försvunnen person, Ås", "type": "Försvunnen person"},
        {"name": "17 november 08.50, Anträffad död, Ås", "type": "Anträffad död"},
        {"name": "17 november 08.50, Uppdatering, Ås", "type": "Uppdatering"},
        {"name": "17 november 08.50, Trafikolycka, Berg"},
        {"name": "17 november 08.50, Trafikolycka, Stockholms län"},
    ],
)
def test_what_turns_into_something_that_is_not_kept_is_erased(
    group: Group, connection: Connection, change: dict[str, Any]
) -> None:
    take_in(group, event(), event(2))
    tally = take_in(group, event(**change), late=True)
    assert tally.erased == 1
    assert [row[0] for row in rows(connection)] == [2]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Rån av någon, 811228-9874, ring 070-1740605"},
        {"type": "Rån, ring 070-1740605"},
        {"name": "17 november 08.50, Rån 070-1740605, Ås"},
    ],
)
def test_a_type_or_name_that_points_at_a_person_is_not_kept_and_not_repeated(
    group: Group, connection: Connection, change: dict[str, Any]
) -> None:
    take_in(group, event())
    tally = take_in(group, event(**change), event(2, **change), late=True)
    assert rows(connection) == []
    assert (tally.numbers[Outcome.PERSONAL], tally.ours, tally.erased) == (2, 2, 1)
    said = "\n".join(tally.lines())
    assert "2 sparas inte (" in said
    assert "070" not in said
    assert "811228" not in said


def test_a_text_that_turns_personal_is_erased(group: Group, connection: Connection) -> None:
    take_in(group, event())
    take_in(group, event(summary="Mannen är avliden."), late=True)
    assert rows(connection) == [(1, "Trafikolycka", "", 2, LATER)]


def test_an_event_that_moves_to_the_neighbour_moves(group: Group, connection: Connection) -> None:
    other = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    both = [group, other]
    police.take_in(both, [event()], now=NOW, recent_only=False)
    moved = event(name="17 november 08.50, Trafikolycka, Berg")
    tally = police.take_in(both, [moved], now=LATER, recent_only=False)
    assert (tally.numbers[Outcome.NEW], tally.erased) == (1, 1)
    connection.execute(text("RESET ROLE"))
    owner = text("SELECT municipality_id FROM police_events")
    assert connection.execute(owner).scalars().all() == [other.municipality_id]


def test_every_event_is_accounted_for(group: Group) -> None:
    tally = take_in(
        group,
        event(1),
        event(2, name="17 november 08.50, Stöld, Berg"),
        event(3, name="17 november 08.50, Trafikkontroll, Stockholms län"),
        event(4, type="Sammanfattning natt"),
        event(5, type="Försvunnen person"),
        event(6, type="Elsparkcykel"),
        event(7, datetime="nyss"),
        "skräp",
    )
    assert tally.read == 8
    assert tally.ours == 4
    assert tally.numbers == {
        Outcome.NEW: 2,
        Outcome.ELSEWHERE: 1,
        Outcome.COUNTY: 1,
        Outcome.NOTE: 1,
        Outcome.NEVER: 1,
        Outcome.UNREADABLE: 2,
    }
    assert dict(tally.unknown_types) == {"Elsparkcykel": 1}
    assert "Nya typer, utan förslag på kod: Elsparkcykel (1)" in "\n".join(tally.lines())


def test_an_old_file_is_kept_for_a_month_and_then_forgotten(
    group: Group, connection: Connection
) -> None:
    old = event(datetime="2022-11-17 9:05:12 +01:00")
    take_in(group, old)
    assert police.forget(system(group), now=NOW + timedelta(days=30)) == 0
    assert police.forget(system(group), now=NOW + timedelta(days=30, seconds=1)) == 1
    assert rows(connection) == []


def test_a_reader_may_not_empty_the_store(reader: Actor) -> None:
    with pytest.raises(NotAllowedError):
        police.forget(reader, now=NOW)


def command(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli.police, arguments, obj=settings)


def test_the_command_reads_arrays_lines_and_packed_files(
    group: Group, cluster: Settings, connection: Connection, tmp_path: Path
) -> None:
    assert group.municipality == "Ås kommun"
    lines = "".join(json.dumps(event(id_)) + "\n" for id_ in (1, 2))
    files = (
        ("a.json", json.dumps([event(1), event(2)], indent=1).encode(), "2 nya"),
        ("b.jsonl", lines.encode(), "2 fanns redan"),
        ("c.jsonl.gz", gzip.compress(lines.encode()), "2 fanns redan"),
        ("bom.json", "\ufeff[]".encode(), "0 händelser lästa"),
        ("empty.json", b"", "0 händelser lästa"),
    )
    for name, content, sentence in files:
        (tmp_path / name).write_bytes(content)
        assert sentence in command(cluster, "import", str(tmp_path / name)).stdout
    connection.execute(text("RESET ROLE"))
    assert len(rows(connection)) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'[{"id": 1', "går inte att läsa som JSON efter händelse nummer 0"),
        (b'[{"name": "\xe5s"}]', "inte text i UTF-8"),
        (gzip.compress(b"[]" * 99, mtime=0)[:-20], "går inte att packa upp"),
        (b"\x1f\x8bskr\xe4p", "går inte att packa upp"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(
    group: Group, cluster: Settings, tmp_path: Path, content: bytes, sentence: str
) -> None:
    assert group.slug == "as"
    (tmp_path / "x").write_bytes(content)
    refused = command(cluster, "import", str(tmp_path / "x")).exception
    assert isinstance(refused, InvalidError)
    assert sentence in str(refused)


@pytest.mark.usefixtures("group")
def test_by_hand_nothing_is_asked_before_it_is_told_where_and_by_whom(cluster: Settings) -> None:
    for settings, sentence in (
        (cluster, "inte påslagen"),
        (cluster.model_copy(update={"police_url": "https://a.example"}), "vem som frågar"),
    ):
        refused = command(settings, "fetch").exception
        assert isinstance(refused, SetupError)
        assert sentence in str(refused)


@pytest.mark.usefixtures("group")
def test_by_hand_the_numbers_or_the_trouble_are_told(cluster: Settings) -> None:
    with running() as service:
        known = {"police_url": service.address, "mail_from": "drift@as.example"}
        settings = cluster.model_copy(update=known)
        service.tells(event())
        assert "1 nya" in command(settings, "fetch").stdout
        too_soon = command(settings, "fetch").exception
        assert isinstance(too_soon, TooManyError)
        assert len(service.asked) == 1
