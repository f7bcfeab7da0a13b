"""A moved incident: what is stored, what the log says, and two who move it at the same moment."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from lagesbild.access import service as access
from lagesbild.base import db
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, NotAllowedError, NotFoundError
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.incidents import service
from lagesbild.incidents.rules import GeoJson, Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.placing import FROM, TO, WHY, Move
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NORTH, NOW, SOURCE, SOUTH, SQUARES, draft
from tests.conftest import join

REASON = "Larmet gav fel adress"


def to(place: GeoJson | None, **changes: object) -> Move:
    usual: dict[str, object] = {
        "place": place,
        "place_text": "",
        "place_precision_m": None,
        "district": None,
        "reason": Reason(REASON),
    }
    return Move(**(usual | changes))  # type: ignore[arg-type] # any field of a move


def report(actor: Actor, **changes: object) -> Incident:
    usual: dict[str, object] = {"organisation_id": actor.organisation_id}
    with transaction(actor.gate) as session:
        return service.report(session, actor, draft(**(usual | changes)), now=NOW)


def move(actor: Actor, incident: Incident, wanted: Move, *, version: int = 1) -> Incident:
    with transaction(actor.gate) as session:
        return service.move(session, actor, incident.id, wanted, version=version, now=NOW)


def placed(actor: Actor, incident: Incident, verb: str = "incident.placed") -> list[dict[str, str]]:
    """Return what the log says of each move, the newest first."""
    with reading(actor.gate) as session:
        seen = service.one(session, actor, incident.id)
        history = service.history(session, actor, seen)
    return [dict(entry.changes) for entry in history if entry.verb == verb]


def break_off(actor: Actor, incident: Incident) -> None:
    with transaction(actor.gate) as session:
        service.move(session, actor, incident.id, to(SOUTH), version=1, now=NOW)
        raise RuntimeError


def test_a_move_and_its_line_in_the_log_are_one_transaction(member: Actor) -> None:
    incident = report(member)
    with pytest.raises(RuntimeError):
        break_off(member, incident)
    assert placed(member, incident) == []
    assert move(member, incident, to(SOUTH)).version == 2
    [told] = placed(member, incident)
    assert (told[FROM], told[TO], told[WHY]) == (NORTH, SOUTH, REASON)


def test_a_place_that_is_taken_away_is_a_move(member: Actor) -> None:
    incident = report(member)
    moved = move(member, incident, to(None, district="sodra-as"))
    assert moved.facts.place is None
    assert moved.facts.district_chosen
    [told] = placed(member, incident)
    assert (told[FROM], told[TO]) == (NORTH, "")


def test_a_district_by_hand_alone_is_logged_with_its_reason(member: Actor) -> None:
    incident = report(member)
    move(member, incident, to(NORTH, district="sodra-as"))
    [told] = placed(member, incident, "incident.changed")
    assert told[WHY] == REASON
    assert FROM not in told
    assert placed(member, incident) == []  # it is where it was


def test_what_stands_there_already_is_left_alone(member: Actor) -> None:
    incident = report(member)
    assert move(member, incident, to(NORTH)).version == 1
    assert placed(member, incident) == []


def test_another_organisation_and_a_reader_move_nothing(
    group: Group, member: Actor, firefighter: Actor, organisations: dict[str, Organisation]
) -> None:
    incident = report(member)
    with pytest.raises(NotAllowedError):
        move(firefighter, incident, to(SOUTH))
    for role in (Role.READER, Role.AUDITOR, Role.ADMIN, Role.ANALYST):
        with pytest.raises(NotAllowedError):
            move(join(group, organisations["polis"], role), incident, to(SOUTH))
    hidden = report(member, visibility="egen")
    with pytest.raises(NotFoundError):
        move(firefighter, hidden, to(SOUTH))


def test_the_owner_who_moves_what_was_written_for_it_takes_it_over(
    group: Group, coordinator: Actor, organisations: dict[str, Organisation]
) -> None:
    police = organisations["polis"].id
    said = report(coordinator, organisation_id=police, entered_by=coordinator.organisation_id)
    moved = move(coordinator, said, to(SOUTH))
    assert moved.entered_by == coordinator.organisation_id
    owner = join(group, organisations["polis"], Role.MEMBER)
    assert move(owner, said, to(NORTH), version=2).entered_by is None
    with pytest.raises(NotAllowedError):
        move(coordinator, said, to(SOUTH), version=3)


# --- At the same moment ---------------------------------------------------------------------------


@pytest.fixture
def committed(own_database: Settings) -> Iterator[Actor]:
    """Somebody of the police whose work is committed, on connections of its own."""
    db.connect(own_database.database_url, own_database.reader_url)
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    with transaction(system(group).gate) as session:
        districts.put_version(session, system(group), SOURCE, SQUARES, now=NOW)
        police = access.organisation_named(session, system(group), "polis")
    yield system(group, police.id)
    db.forget_connections()


def meanwhile(actor: Actor, incident: Incident, first: Move, second: Move) -> list[object]:
    """Let a second move begin while the first is not yet done; return what came of the second."""
    done: list[object] = []

    def late() -> None:
        try:
            done.append(move(actor, incident, second))
        except ConflictError as error:
            done.append(error)

    other = threading.Thread(target=late)
    with transaction(actor.gate) as session:
        service.move(session, actor, incident.id, first, version=1, now=NOW)
        other.start()
        for _ in range(200):
            waiting = session.execute(
                text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            ).scalar_one()
            if waiting:
                break
            other.join(0.02)
    other.join(10)
    return done


def test_two_presses_at_once_are_one_move(committed: Actor) -> None:
    incident = report(committed)
    [second] = meanwhile(committed, incident, to(SOUTH), to(SOUTH))
    assert isinstance(second, Incident)
    assert second.version == 2
    assert len(placed(committed, incident)) == 1


def test_of_two_moves_at_once_the_second_is_told_of_the_first(committed: Actor) -> None:
    incident = report(committed)
    elsewhere = GeoJson('{"type":"Point","coordinates":[17.96,59.28]}')
    [second] = meanwhile(committed, incident, to(SOUTH), to(elsewhere))
    assert isinstance(second, ConflictError)
    assert isinstance(second.current, Incident)
    assert second.current.facts.place == SOUTH
    assert len(placed(committed, incident)) == 1
