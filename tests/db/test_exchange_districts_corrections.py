"""Outlines that were wrong are put right: the incidents move, whoever may see them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, NotAllowedError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Source
from lagesbild.exchange.service import corrections
from lagesbild.exchange.service import outlines as service
from lagesbild.exchange.store import moves as store
from lagesbild.incidents.rules import GeoJson
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.service import single as incidents
from lagesbild.people.rules import Actor, Group, system
from tests.build import NORTH, NOW, SOURCE, SOUTH, SQUARES, draft
from tests.db.corrected import CORRECT, LATER, OUTSIDE, correct, place_of, report, write


def test_a_correction_moves_what_the_wrong_border_put_wrong(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    moving, staying = report(member), report(member, place=SOUTH)
    assert place_of(member, moving) == "Norra Ås"
    moves = correct(group, write(tmp_path))
    assert [(m.reference, m.before, m.after) for m in moves.listed] == [
        (moving.reference, "Norra Ås", "Södra Ås")
    ]
    assert moves.pairs == {("Norra Ås", "Södra Ås"): 1}
    assert place_of(member, moving) == place_of(member, staying) == "Södra Ås"


def test_a_moved_incident_keeps_its_version_of_the_outlines(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    before = report(member)
    correct(group, write(tmp_path))
    with reading(member.gate) as session:
        after = incidents.one(session, member, before.id)
    assert after.facts.version_id == before.facts.version_id
    assert after.version == before.version + 1


def test_an_incident_that_stays_is_not_touched(group: Group, member: Actor, tmp_path: Path) -> None:
    before = report(member, place=SOUTH)
    correct(group, write(tmp_path))
    with reading(member.gate) as session:
        assert incidents.one(session, member, before.id) == before


def test_a_stale_form_does_not_put_it_back(group: Group, member: Actor, tmp_path: Path) -> None:
    before = report(member)
    correct(group, write(tmp_path))
    stale = draft(id=before.id, organisation_id=member.organisation_id, summary="Ny text")
    with transaction(member.gate) as session, pytest.raises(ConflictError):
        incidents.edit(session, member, stale, version=before.version, now=LATER)


def test_a_new_version_moves_nothing(group: Group, member: Actor, tmp_path: Path) -> None:
    before = report(member)
    new = replace(CORRECT, correct=False, valid_from=date(2027, 1, 1))
    with transaction(system(group).gate) as session:
        found = service.import_districts(session, system(group), write(tmp_path), new, now=LATER)
    assert found.moves is None
    assert place_of(member, before) == "Norra Ås"


def test_an_incident_of_another_version_is_left_alone(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    new = Source("kommundel", date(2026, 1, 1), "ny")
    with transaction(system(group).gate) as session:
        districts.put_version(session, system(group), new, SQUARES, now=NOW)
    later = report(member)
    earlier = report(member, occurred_from=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    assert [m.reference for m in correct(group, write(tmp_path)).listed] == [earlier.reference]
    assert place_of(member, later) == "Norra Ås"


def test_a_district_that_was_chosen_by_hand_is_kept_and_told(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    chosen = report(member, district="norra-as")
    moves = correct(group, write(tmp_path))
    assert (moves.total, moves.chosen) == (0, 1)
    assert place_of(member, chosen) == "Norra Ås"


def test_an_incident_without_a_place_is_left_alone(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    report(member, place=None)
    assert correct(group, write(tmp_path)).total == 0


def test_what_the_wrong_outlines_left_outside_comes_in(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    outside = report(member, place=OUTSIDE, outside=True)
    moves = correct(group, write(tmp_path, north=59.4))
    assert moves.pairs == {("utan känt område", "Norra Ås"): 1}
    assert place_of(member, outside) == "Norra Ås"


def test_what_lies_outside_the_right_outlines_goes_out_and_may_come_back(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    incident = report(member)
    moves = correct(group, write(tmp_path, border=59.22, north=59.23))
    assert moves.pairs == {("Norra Ås", "utan känt område"): 1}
    assert place_of(member, incident) is None
    correct(group, write(tmp_path))
    assert place_of(member, incident) == "Södra Ås"


def test_a_place_just_outside_belongs_to_the_nearest(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    near = GeoJson('{"type":"Point","coordinates":[17.95,59.3003]}')  # 33 m north of the border
    report(member, place=near)
    assert correct(group, write(tmp_path)).total == 0


def test_an_area_goes_to_its_largest_share(group: Group, member: Actor, tmp_path: Path) -> None:
    area = GeoJson(
        '{"type":"Polygon","coordinates":'
        "[[[17.95,59.26],[17.96,59.26],[17.96,59.29],[17.95,59.29],[17.95,59.26]]]}"
    )
    incident = report(member, place=area)
    correct(group, write(tmp_path))
    assert place_of(member, incident) == "Södra Ås"


def test_an_incident_that_was_taken_back_moves_too(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    incident = report(member)
    with transaction(member.gate) as session:
        incidents.withdraw(session, member, incident.id, version=1, reason=Reason("Fel"), now=NOW)
    assert correct(group, write(tmp_path)).total == 1


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batches_leave_nobody_behind(
    group: Group, member: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(store, "BATCH", size)
    for place in (NORTH, SOUTH, NORTH, SOUTH, NORTH):
        report(member, place=place)
    assert correct(group, write(tmp_path)).total == 3


# --- Who may see it -------------------------------------------------------------------------


def test_what_only_its_own_organisation_sees_moves_and_is_not_listed(
    group: Group, member: Actor, firefighter: Actor, tmp_path: Path
) -> None:
    hidden = [report(actor, visibility="egen") for actor in (member, firefighter)]
    seen = report(member)
    moves = correct(group, write(tmp_path))
    assert (moves.total, moves.own_only) == (3, 2)
    assert [m.reference for m in moves.listed] == [seen.reference]
    for actor, incident in zip((member, firefighter), hidden, strict=True):
        assert place_of(actor, incident) == "Södra Ås"


def test_the_gate_is_turned_back_after_a_correction(group: Group, tmp_path: Path) -> None:
    with transaction(system(group).gate) as session:
        service.import_districts(session, system(group), write(tmp_path), CORRECT, now=LATER)
        query = text("SELECT current_setting('lagesbild.organisation')")
        assert session.execute(query).scalar_one() == ""


def test_each_moved_incident_and_the_correction_are_in_the_log(
    group: Group, member: Actor, tmp_path: Path
) -> None:
    moved, hidden = report(member), report(member, visibility="egen")
    report(member, place=SOUTH)
    correct(group, write(tmp_path))
    with reading(system(group).gate) as session:
        log = audit.history(session, group.municipality_id)
    assert {e.subject: e.changes for e in log if e.verb == "incident.moved"} == {
        f"incident:{each.id}": {"område": "Norra Ås → Södra Ås"} for each in (moved, hidden)
    }
    [correction] = [e for e in log if e.verb == "districts.corrected"]
    assert (correction.subject, correction.at) == ("division:kommundel", LATER)


def test_a_member_may_not_correct(group: Group, member: Actor, tmp_path: Path) -> None:
    file = write(tmp_path)
    with transaction(member.gate) as session, pytest.raises(NotAllowedError):
        service.import_districts(session, member, file, CORRECT, now=LATER)
    with transaction(system(group).gate) as session:
        corrected = districts.correct_version(session, system(group), SOURCE, SQUARES, now=LATER)
        with pytest.raises(NotAllowedError):
            corrections.move_incidents(session, member, corrected, now=LATER)
        with pytest.raises(NotAllowedError):
            districts.correct_version(session, member, SOURCE, SQUARES, now=LATER)


def test_another_municipality_is_left_alone(group: Group, tmp_path: Path) -> None:
    other = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    actor = system(other)
    with transaction(actor.gate) as session:
        districts.put_version(session, actor, SOURCE, SQUARES, now=NOW)
        police = access.organisation_named(session, actor, "polis")
    theirs = report(system(other, police.id))
    correct(group, write(tmp_path))
    assert place_of(system(other, police.id), theirs) == "Norra Ås"
