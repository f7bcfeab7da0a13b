"""Two incidents become one and two again, on a real database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base import db
from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Draft, Incident, Part, Verification, Visibility
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.merging import UNKNOWN, Merging
from lagesbild.incidents.service import merging
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import Reported
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NORTH, NOW, SOURCE, SQUARES, draft
from tests.conftest import join

LATER = NOW + timedelta(minutes=1)
MEETING = NOW + timedelta(days=1)
W47 = Period.named("2026-W47")


def log(actor: Actor, **changes: object) -> Incident:
    made = draft(organisation_id=actor.organisation_id, **changes)
    with transaction(actor.gate) as session:
        return incidents.report(session, actor, made, now=NOW)


def merge(
    actor: Actor, kept: Incident, other: Incident, versions: tuple[int, int] = (1, 1)
) -> None:
    with transaction(actor.gate) as session:
        merging.merge(
            session, actor, Merging(kept.reference, other.reference, *versions), now=LATER
        )


def split(actor: Actor, other: Incident, version: int = 2) -> None:
    with transaction(actor.gate) as session:
        merging.split(session, actor, other.reference, version=version, now=LATER)


def counted(actor: Actor) -> int:
    with reading(actor.gate) as session:
        return meetings.picture(session, actor, W47, now=LATER).total.this


def coverage(actor: Actor) -> dict[str, tuple[Reported, int]]:
    with reading(actor.gate) as session:
        found = meetings.picture(session, actor, W47, now=LATER).coverage
    return {c.organisation.slug: (c.state, c.number) for c in found}


def one(actor: Actor, incident: Incident) -> Incident:
    with reading(actor.gate) as session:
        return incidents.one(session, actor, incident.id)


@pytest.fixture
def both(member: Actor, firefighter: Actor) -> tuple[Incident, Incident]:
    return log(member, summary="Rök"), log(firefighter, summary="Släckt")


def test_of_two_one_is_counted_and_has_what_both_have_said(
    both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    kept, other = both
    assert counted(coordinator) == 2
    merge(coordinator, kept, other)
    assert counted(coordinator) == 1
    with reading(coordinator.gate) as session:
        [merged] = merging.merged(session, coordinator, kept)
        led_to = merging.kept(session, coordinator, one(coordinator, other))
    assert merged.reference == other.reference
    assert [part.summary for part in merged.parts] == ["Släckt"]
    assert led_to is not None
    assert led_to.reference == kept.reference


def test_whose_incident_was_merged_has_reported_all_the_same(
    both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    merge(coordinator, *both)
    assert coverage(coordinator) == {
        "brand": (Reported.YES, 0),
        "kommun": (Reported.SILENT, 0),
        "polis": (Reported.YES, 1),
    }


def test_who_adds_to_the_incident_of_another_has_reported(
    member: Actor, coordinator: Actor
) -> None:
    incident = log(member)
    assert coordinator.organisation_id is not None
    own = Part(coordinator.organisation_id, summary="Vi såg det också", visibility=Visibility.GROUP)
    with transaction(coordinator.gate) as session:
        incidents.say(session, coordinator, incident.id, own, now=LATER)
    assert coverage(coordinator)["kommun"] == (Reported.YES, 0)


def test_split_again_both_are_as_they_were(
    both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    before = [one(coordinator, each) for each in both]
    merge(coordinator, *both)
    split(coordinator, both[1])
    split(coordinator, both[1])  # twice is once
    after = [one(coordinator, each) for each in both]
    assert [replace(each, version=1) for each in after] == before
    assert counted(coordinator) == 2


def test_each_has_a_line_in_its_history(
    both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    merge(coordinator, *both)
    split(coordinator, both[1])
    with reading(coordinator.gate) as session:
        for each, another in (both, both[::-1]):
            subject = f"incident:{each.id}"
            found = audit.history(session, coordinator.group.municipality_id, subject=subject)
            assert [e.verb for e in found[:2]] == ["incident.split", "incident.merged"]
            assert all(e.changes == {"med": another.reference} for e in found[:2])


def test_the_same_again_is_done_already(
    both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    merge(coordinator, *both)
    merge(coordinator, *both)
    assert one(coordinator, both[1]).version == 2


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ANALYST, Role.READER])
def test_only_members_and_coordinators_merge(
    role: Role,
    group: Group,
    organisations: dict[str, Organisation],
    both: tuple[Incident, Incident],
) -> None:
    with pytest.raises(NotAllowedError):
        merge(join(group, organisations["polis"], role), *both)


# --- What is refused --------------------------------------------------------------------------


def refused(
    actor: Actor, kept: Incident, other: Incident, versions: tuple[int, int] = (1, 1)
) -> str:
    with pytest.raises(InvalidError) as error:
        merge(actor, kept, other, versions)
    assert str(error.value).endswith(".")
    return str(error.value)


def test_an_incident_is_not_merged_with_itself(member: Actor) -> None:
    logged = log(member)
    assert "med sig själv" in refused(member, logged, logged)


def test_what_was_merged_is_not_merged_again(
    both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    third = log(coordinator)
    merge(coordinator, *both)
    for pair in ((third, both[1]), (both[1], third)):
        assert "redan ihopslagen" in refused(coordinator, *pair)
    assert "ingår redan" in refused(coordinator, third, both[0], (1, 2))
    merge(coordinator, both[0], third, (2, 1))
    assert counted(coordinator) == 1


def test_what_is_withdrawn_is_not_merged(
    both: tuple[Incident, Incident], member: Actor, coordinator: Actor
) -> None:
    withdraw(member, both[0])
    assert "tillbakatagen" in refused(coordinator, *both)
    assert "tillbakatagen" in refused(coordinator, *both[::-1])


def withdraw(actor: Actor, gone: Incident, version: int = 1) -> None:
    with transaction(actor.gate) as session:
        incidents.withdraw(
            session, actor, gone.id, version=version, reason=Reason("Fel"), now=LATER
        )


def test_one_sentence_tells_nothing_of_what_is_hidden_elsewhere_or_nowhere(
    member: Actor, firefighter: Actor
) -> None:
    logged, hidden = log(firefighter), log(member, visibility=Visibility.OWN)
    berg = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    with transaction(system(berg).gate) as session:
        police = access.organisation_named(session, system(berg), "polis")
        elsewhere = incidents.report(
            session,
            system(berg, police.id),
            replace(draft(place=None), part=Part(police.id)),
            now=NOW,
        )
    nowhere = replace(logged, reference="L-2026-999999")
    other = replace(elsewhere, reference=str(elsewhere.id))
    assert {refused(firefighter, logged, each) for each in (hidden, nowhere, other)} == {UNKNOWN}


def test_what_an_organisation_keeps_to_itself_is_not_merged(
    member: Actor, firefighter: Actor
) -> None:
    kept, hidden = log(firefighter), log(member, visibility=Visibility.OWN)
    assert "inte delad med gruppen" in refused(member, kept, hidden)
    assert "inte delad med gruppen" in refused(member, hidden, kept)


def test_what_is_not_counted_is_not_kept(member: Actor, firefighter: Actor) -> None:
    kept, rejected = log(firefighter), log(member, verification=Verification.REJECTED)
    assert f"Behåll {kept.reference} i stället" in refused(member, rejected, kept)
    merge(member, kept, rejected)


def test_none_is_lost_of_several_that_were_told_at_once(member: Actor, firefighter: Actor) -> None:
    seven, single = log(member, number=7, place=None), log(firefighter)
    assert "står för fler händelser" in refused(member, single, seven)
    merge(member, seven, single)
    assert counted(member) == 7


@pytest.mark.parametrize("versions", [(2, 1), (1, 2)])
def test_what_was_changed_meanwhile_is_not_merged(
    versions: tuple[int, int], both: tuple[Incident, Incident], coordinator: Actor
) -> None:
    with pytest.raises(ConflictError, match="ändrat en av händelserna"):
        merge(coordinator, *both, versions)
    assert counted(coordinator) == 2


def test_a_stale_split_changes_nothing(both: tuple[Incident, Incident], coordinator: Actor) -> None:
    merge(coordinator, *both)
    with pytest.raises(ConflictError):
        split(coordinator, both[1], version=1)
    assert counted(coordinator) == 1


# --- What follows a change of one of them -----------------------------------------------------


def test_withdrawing_the_kept_one_lets_the_other_count_again(
    both: tuple[Incident, Incident], member: Actor, coordinator: Actor
) -> None:
    merge(coordinator, *both)
    withdraw(member, both[0], version=2)
    assert counted(coordinator) == 1
    assert one(coordinator, both[1]).facts.duplicate_of is None


@pytest.mark.parametrize(
    "changes",
    [
        {"verification": Verification.REJECTED},
        {"severity": 0, "severity_reason": "bara information"},
        {"visibility": Visibility.OWN},
    ],
    ids=["rejected", "information", "private"],
)
def test_a_kept_one_that_counts_no_more_lets_the_other_count_again(
    changes: dict[str, object], both: tuple[Incident, Incident], member: Actor, coordinator: Actor
) -> None:
    merge(coordinator, *both)
    edit(member, both[0], **changes)
    assert counted(coordinator) == 1
    assert one(coordinator, both[1]).facts.duplicate_of is None


def edit(actor: Actor, changed: Incident, **changes: object) -> None:
    made: Draft = replace(draft(organisation_id=actor.organisation_id, **changes), id=changed.id)
    with transaction(actor.gate) as session:
        incidents.edit(session, actor, made, version=2, now=LATER)


def test_a_kept_one_that_is_changed_otherwise_keeps_the_other(
    both: tuple[Incident, Incident], member: Actor, coordinator: Actor
) -> None:
    merge(coordinator, *both)
    edit(member, both[0], summary="Rök och eld")
    assert one(coordinator, both[1]).facts.duplicate_of == both[0].id


def test_a_merged_one_stays_merged_when_its_owner_changes_it_and_not_when_it_is_kept_back(
    both: tuple[Incident, Incident], firefighter: Actor, coordinator: Actor
) -> None:
    merge(coordinator, *both)
    edit(firefighter, both[1], summary="Släckt av oss")
    assert one(firefighter, both[1]).facts.duplicate_of == both[0].id
    split(coordinator, both[1], version=3)
    merge(coordinator, *both, (3, 4))
    made = replace(draft(organisation_id=firefighter.organisation_id), id=both[1].id)
    kept_back = replace(made, part=replace(made.part, visibility=Visibility.OWN))
    with transaction(firefighter.gate) as session:
        incidents.edit(session, firefighter, kept_back, version=5, now=LATER)
    assert one(firefighter, both[1]).facts.duplicate_of is None


def test_a_mark_on_what_is_merged_keeps_the_whole_in_the_group(
    both: tuple[Incident, Incident], member: Actor, firefighter: Actor, coordinator: Actor
) -> None:
    merge(coordinator, *both)
    assert not one(coordinator, both[0]).marked
    edit(firefighter, both[1], secrecy_basis="18:1")
    assert one(coordinator, both[0]).marked
    edit(member, both[0], summary="Annat")  # the owner's change does not take the mark away
    assert one(coordinator, both[0]).marked
    split(coordinator, both[1], version=3)
    assert not one(coordinator, both[0]).marked


def test_the_import_that_brought_a_merged_one_is_undone_without_it(
    both: tuple[Incident, Incident], member: Actor, coordinator: Actor
) -> None:
    merge(coordinator, *both)
    with transaction(member.gate) as session:
        gone = incidents.withdraw_many(session, member, [both[0].id], reason="x", now=LATER)
    assert gone == []


def test_a_publication_that_counted_the_merged_one_is_corrected(
    member: Actor, firefighter: Actor, coordinator: Actor
) -> None:
    clock = system(member.group)
    mine = [log(member, place=NORTH) for _ in range(12)]
    theirs = [log(firefighter, place=NORTH) for _ in range(6)]
    with transaction(clock.gate) as session:
        meetings.publish(session, clock, W47, now=MEETING)
    for kept, other in zip(mine, theirs, strict=False):
        merge(coordinator, kept, other)
    with transaction(clock.gate) as session:
        [made] = meetings.correct(session, clock, now=MEETING + timedelta(minutes=1))
        content = meetings.published(session, clock, made).content
    assert content["total"]["this"] == 12  # type: ignore[index]  # plain JSON


def test_the_first_lock_shows_no_part_that_is_kept_from_the_group(
    both: tuple[Incident, Incident], member: Actor, coordinator: Actor, connection: Connection
) -> None:
    merge(coordinator, *both)
    own = Part(
        member.organisation_id or both[0].id, "Bara vårt", visibility=Visibility.OWN, version=0
    )
    with transaction(member.gate) as session:
        incidents.say(session, member, both[1].id, own, now=LATER)
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(text("ALTER TABLE incident_parts DISABLE ROW LEVEL SECURITY"))
    with reading(coordinator.gate) as session:
        [merged] = merging.merged(session, coordinator, both[0])
    assert [part.summary for part in merged.parts] == ["Släckt"]


# --- At once ----------------------------------------------------------------------------------


@pytest.fixture
def committed(own_database: Settings) -> Iterator[tuple[Actor, Incident, Incident]]:
    """Two incidents of two organisations that other connections see."""
    db.connect(own_database.database_url, own_database.reader_url)
    group = access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    actor = system(group)
    with transaction(actor.gate) as session:
        districts.put_version(session, actor, SOURCE, SQUARES, now=NOW)
        ids = {o.slug: o.id for o in access.organisations(session, actor)}
    first, second = (log(system(group, ids[slug])) for slug in ("polis", "brand"))
    yield system(group, ids["kommun"]), first, second
    db.forget_connections()


def test_of_two_who_merge_in_opposite_directions_at_once_exactly_one_wins(
    committed: tuple[Actor, Incident, Incident],
) -> None:
    actor, first, second = committed
    for round_ in range(6):
        versions = one(actor, first).version, one(actor, second).version
        barrier = Barrier(2)

        def merged(
            kept: Incident,
            other: Incident,
            read: tuple[int, int],
            wait: Barrier = barrier,
        ) -> bool:
            wait.wait()
            try:
                merge(actor, kept, other, read)
            except (ConflictError, InvalidError):
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            ways = (
                pool.submit(merged, first, second, versions),
                pool.submit(merged, second, first, versions[::-1]),
            )
            won = [way.result() for way in ways]
        assert sorted(won) == [False, True], round_
        other = second if won[0] else first
        assert one(actor, other).facts.duplicate_of is not None
        split(actor, other, version=one(actor, other).version)
