"""Moving the incidents of outlines that were put right, whoever may see them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session, turn
from lagesbild.districts.rules import Corrected
from lagesbild.districts.store import write as districts
from lagesbild.exchange.rules.outlines.moves import MOST_LISTED, NOWHERE, Moved, Moves
from lagesbild.exchange.store import moves as store
from lagesbild.exchange.store.moves import Placed
from lagesbild.people.rules import Actor, Permission, require, system


def move_incidents(session: Session, actor: Actor, corrected: Corrected, *, now: datetime) -> Moves:
    """Move every incident that the right outlines put elsewhere, with a line in the log of each.

    Also those that only their own organisation sees: each organisation's gate is opened in turn.
    """
    require(actor, Permission.ADMINISTER)
    names = store.district_names(session, actor.group.municipality_id)
    listed: list[Moved] = []
    pairs: Counter[tuple[str, str]] = Counter()
    own_only = chosen = 0
    used: set[UUID] = set()
    gone = districts.without_outlines(session, actor.group.municipality_id)
    for owner in [None, *store.participants(session, actor.group.municipality_id)]:
        turn(session, system(actor.group, owner).gate)
        for batch in _moving(session, actor, corrected, owner):
            told = [_told(each, names) for each in batch]
            _move(session, actor, corrected, batch, told=told, at=now)
            pairs.update((each.before, each.after) for each in told)
            own_only += len(told) if owner else 0
            listed += [] if owner else told[: MOST_LISTED - len(listed)]
        chosen += store.chosen(session, actor.group.municipality_id, corrected, owner=owner)
        used |= store.used(session, actor.group.municipality_id, gone)
    turn(session, actor.gate)
    districts.withdraw(
        session, actor.group.municipality_id, [id_ for id_ in gone if id_ not in used]
    )
    return Moves(tuple(listed), pairs, own_only, chosen)


def _moving(
    session: Session, actor: Actor, corrected: Corrected, owner: UUID | None
) -> Iterator[list[Placed]]:
    """Yield the incidents that are to be moved, batch by batch. Only the main division has any."""
    if not corrected.is_main:
        return
    after: UUID | None = None
    while found := store.placed(
        session, actor.group.municipality_id, corrected, owner=owner, after=after
    ):
        after = found[-1].id
        if moving := [each for each in found if each.before != each.after]:
            yield moving


def _move(
    session: Session,
    actor: Actor,
    corrected: Corrected,
    batch: Sequence[Placed],
    *,
    told: Sequence[Moved],
    at: datetime,
) -> None:
    store.move(session, actor.group.municipality_id, corrected, batch, at=at)
    entries = [
        Entry(
            at,
            "incident.moved",
            f"incident:{each.id}",
            {"område": f"{each.before} → {each.after}"},
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
        )
        for each in told
    ]
    audit.record(session, actor.group.municipality_id, entries)


def _told(each: Placed, names: Mapping[UUID, str]) -> Moved:
    before = names[each.before] if each.before else NOWHERE
    after = names[each.after] if each.after else NOWHERE
    return Moved(each.id, each.reference, before, after)
