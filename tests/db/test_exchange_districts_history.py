"""What a correction of outlines keeps and says, and districts that change names."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, LagesbildError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Source
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.service import outlines as service
from lagesbild.people.rules import Actor, Group, system
from tests.build import NOW, SOURCE, SQUARES
from tests.db.corrected import (
    CORRECT,
    DAY,
    LATER,
    RIGHT_BORDER,
    correct,
    place_of,
    report,
    run,
    write,
)

# --- What is kept ---------------------------------------------------------------------------


def kept(connection: Connection) -> list[tuple[object, ...]]:
    connection.execute(text("RESET ROLE"))
    rows = connection.execute(
        text(
            "SELECT v.source, v.corrected_at, v.replaced_by IS NOT NULL,"
            " round(ST_YMin(o.outline)::numeric, 2)::float FROM division_versions v"
            " JOIN district_outlines o ON o.version_id = v.id"
            " JOIN districts d ON d.id = o.district_id"
            " WHERE d.key = '0001-N' ORDER BY v.replaced_by NULLS FIRST, v.imported_at"
        )
    )
    return [tuple(row) for row in rows]


def test_what_was_wrong_is_kept_beside_what_is_right(
    group: Group, connection: Connection, tmp_path: Path
) -> None:
    correct(group, write(tmp_path))
    assert kept(connection) == [
        ("ratt.geojson", LATER, False, RIGHT_BORDER),
        (SOURCE.source, None, True, 59.25),
    ]


def test_a_correction_can_be_corrected(
    group: Group, connection: Connection, tmp_path: Path
) -> None:
    correct(group, write(tmp_path))
    correct(group, write(tmp_path, border=59.29))
    assert [row[3] for row in kept(connection)] == [59.29, 59.25, RIGHT_BORDER]


def test_the_versions_come_in_order_with_the_correction(group: Group, tmp_path: Path) -> None:
    new = Source("kommundel", date(2026, 1, 1), "ny")
    actor = system(group)
    with transaction(actor.gate) as session:
        districts.put_version(session, actor, new, SQUARES, now=NOW)
    correct(group, write(tmp_path))
    with reading(actor.gate) as session:
        found = districts.versions(session, actor)
    assert [(v.valid_from, v.corrected_at) for v in found] == [
        (date(2020, 1, 1), LATER),
        (date(2026, 1, 1), None),
    ]


def test_a_day_without_outlines_cannot_be_corrected(
    group: Group, connection: Connection, tmp_path: Path
) -> None:
    file = write(tmp_path)
    before = kept(connection)
    wrong_day = ("--division", "kommundel", "--valid-from", "2021-01-01", "--correct")
    result = run(file, *wrong_day)
    assert str(result.exception) == (
        "Indelningen ”kommundel” har inga gränser från 2021-01-01 att rätta."
        " Den har gränser från 2020-01-01."
    )
    assert isinstance(result.exception, LagesbildError)
    assert kept(connection) == before
    assert group.slug == "as"


def test_a_district_that_was_a_mistake_is_taken_away(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    report(member)
    correct(group, write(tmp_path, border=59.3, N=""))
    assert [d.name for d in listed(group)] == ["Södra Ås"]
    correct(group, write(tmp_path))
    assert [d.name for d in listed(group)] == ["Norra Ås", "Södra Ås"]


def test_a_mistake_that_was_chosen_by_hand_stays(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    report(member, district="norra-as", visibility="egen")
    correct(group, write(tmp_path, border=59.3, N=""))
    assert [d.name for d in listed(group)] == ["Norra Ås", "Södra Ås"]


def listed(group: Group) -> list[Any]:
    with reading(system(group).gate) as session:
        return list(districts.districts(session, system(group)))


def test_another_division_moves_no_incidents(group: Group, member: Actor, tmp_path: Path) -> None:
    incident = report(member)
    other = replace(CORRECT, division="deso")
    with transaction(system(group).gate) as session:
        districts.put_version(
            session, system(group), replace(SOURCE, division="deso"), SQUARES, now=NOW
        )
    assert correct(group, write(tmp_path), other).total == 0
    assert place_of(member, incident) == "Norra Ås"


# --- Names ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [CORRECT, Wanted("kommundel", date(2027, 1, 1))])
def test_two_districts_may_change_names(group: Group, tmp_path: Path, wanted: Wanted) -> None:
    file = write(tmp_path, N="Södra Ås", S="Norra Ås")
    with transaction(system(group).gate) as session:
        service.import_districts(session, system(group), file, wanted, now=LATER)
    assert {d.key: d.slug for d in listed(group)} == {"0001-N": "sodra-as", "0001-S": "norra-as"}


def test_the_name_of_a_district_that_is_not_in_the_layer_is_taken(
    group: Group, tmp_path: Path
) -> None:
    file = write(tmp_path, N="", S="Norra Ås")
    with pytest.raises(ConflictError, match="finns redan i indelningen med nyckeln 0001-N"):
        correct(group, file)


# --- The command ----------------------------------------------------------------------------


def test_a_dry_run_lists_the_incidents_and_moves_nothing(
    group: Group, member: Actor, connection: Connection, tmp_path: Path
) -> None:
    incident = report(member)
    before = kept(connection)
    result = run(write(tmp_path), *DAY, "--municipality", group.slug, "--dry-run")
    lines = result.output.splitlines()
    assert f"{incident.reference}: Norra Ås → Södra Ås" in lines
    assert "1 händelse skulle byta område." in lines
    assert lines[-1].endswith("Det var en provkörning: inget är sparat.")
    assert place_of(member, incident) == "Norra Ås"
    assert kept(connection) == before


def test_the_run_says_what_it_moved(group: Group, member: Actor, tmp_path: Path) -> None:
    report(member)
    result = run(write(tmp_path), *DAY, "--municipality", group.slug)
    assert result.output.splitlines()[-3:] == [
        "1 händelse har bytt område.",
        "Det som redan är publicerat ändras inte.",
        "2 områden i indelningen ”kommundel” är rättade från 2020-01-01.",
    ]
