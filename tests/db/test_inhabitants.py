"""How many live in districts, on the command line: all of a table or nothing."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lagesbild.base import clock
from lagesbild.base.db import reading
from lagesbild.base.errors import LagesbildError
from lagesbild.districts import service as districts
from lagesbild.districts.store import inhabitants as store
from lagesbild.exchange.cli import outlines as cli
from lagesbild.people.rules import Group, system
from tests.build import NOW

DAY = date(2025, 12, 31)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return tmp_path / "invånare.csv"


def run(file: Path, *rows: str, arguments: tuple[str, ...] = ()) -> Result:
    file.write_text("\n".join(rows))
    given = [
        "inhabitants",
        str(file),
        *(("--on", DAY.isoformat()) if "--on" not in arguments else ()),
    ]
    return CliRunner().invoke(cli.districts, [*given, *arguments])


def told(result: Result) -> str:
    assert result.exit_code == 0, result.exception
    return result.output


def refused(result: Result) -> str:
    assert isinstance(result.exception, LagesbildError)
    return str(result.exception)


def known(group: Group, on: date = DAY) -> dict[str, tuple[int, date, str]]:
    """Return what is known of each district by its name."""
    actor = system(group)
    with reading(actor.gate) as session:
        found = store.known(session, group.municipality_id, on=on)
        names = {d.id: d.name for d in districts.districts(session, actor)}
    return {names[id_]: (n.number, n.counted_on, n.source) for id_, n in found.items()}


def numbers(group: Group, on: date = DAY) -> dict[str, int]:
    return {name: number for name, (number, _, _) in known(group, on).items()}


def test_a_row_is_found_by_name_or_by_key(group: Group, file: Path) -> None:
    output = told(run(file, "kommundel;invånare", "Norra ås;15 935", "0001-S;700"))
    assert "Norra Ås: 15935 invånare" in output
    assert numbers(group) == {"Norra Ås": 15935, "Södra Ås": 700}


@pytest.mark.usefixtures("group")
def test_rows_of_one_district_are_added_up(file: Path) -> None:
    output = told(run(file, "deso,område,antal", "A,Norra Ås,400", "B,Norra Ås,500"))
    assert "Norra Ås: 900 invånare" in output
    assert "Inte i tabellen: Södra Ås." in output


def test_what_is_told_has_its_day_and_its_source(group: Group, file: Path) -> None:
    told(run(file, "namn;invånare", "Norra Ås;900", arguments=("--source", "SCB")))
    assert known(group) == {"Norra Ås": (900, DAY, "SCB")}


def test_the_same_day_again_replaces_what_it_said(group: Group, file: Path) -> None:
    for number in (900, 901):
        told(run(file, "namn;invånare", f"Norra Ås;{number}"))
    assert numbers(group) == {"Norra Ås": 901}


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (date(2024, 12, 30), 800),  # nothing is known yet: the next
        (date(2024, 12, 31), 800),
        (date(2025, 12, 30), 800),
        (date(2025, 12, 31), 900),
        (date(2026, 11, 18), 900),
    ],
)
def test_a_day_has_the_newest_count_until_then(
    group: Group, file: Path, on: date, number: int
) -> None:
    told(run(file, "namn;invånare", "Norra Ås;800", arguments=("--on", "2024-12-31")))
    told(run(file, "namn;invånare", "Norra Ås;900"))
    assert numbers(group, on) == {"Norra Ås": number}


def test_a_dry_run_stores_nothing(group: Group, file: Path) -> None:
    output = told(run(file, "namn;invånare", "Norra Ås;900", arguments=("--dry-run",)))
    assert "inget är sparat" in output
    assert known(group) == {}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (("namn;invånare", "Norra Ås;900", "Totalt;900"), "”Totalt” i kolumnen namn är inget"),
        (("namn;invånare", "Norra Ås;många"), "är inte ett helt tal: ”många”"),
        (("namn;invånare", "Norra Ås;-4"), "är inte ett helt tal"),
        (("namn;invånare", "Norra Ås;123456789"), "är inte ett helt tal"),
        (("namn;personer", "Norra Ås;900"), "ingen kolumn med antalet invånare"),
        (("del;invånare", "Norra Ås;900"), "ingen kolumn med områdets namn"),
        (("namn;invånare",), "inga rader"),
    ],
)
def test_one_wrong_row_stops_the_table(
    group: Group, file: Path, rows: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(run(file, *rows))
    assert known(group) == {}


@pytest.mark.usefixtures("group")
def test_nobody_is_counted_tomorrow(file: Path) -> None:
    result = run(file, "namn;invånare", "Norra Ås;900", arguments=("--on", "2026-11-19"))
    assert "framtiden" in refused(result)


@pytest.mark.usefixtures("group")
def test_a_source_is_no_place_for_a_personal_number(file: Path) -> None:
    result = run(file, "namn;invånare", "Norra Ås;900", arguments=("--source", "19121212-1212"))
    assert "personnummer" in refused(result)
