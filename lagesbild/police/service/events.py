"""The police's events: taken in by their id, shown by week, forgotten after a month."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.people.rules import Actor, Group, Permission, require, scope_of, system
from lagesbild.police.rules import events as rules
from lagesbild.police.rules.events import Event, Sighting
from lagesbild.police.rules.places import is_county, place_word, plain
from lagesbild.police.rules.tallies import Outcome, Tally
from lagesbild.police.rules.types import Fate
from lagesbild.police.rules.weeks import KEPT_FOR, Shown, Week
from lagesbild.police.store import events as store

BATCH = 500  # events in a transaction: as many as the police give in one answer
_FATES = {Fate.NOTE: Outcome.NOTE, Fate.NEVER: Outcome.NEVER}


def take_in(
    groups: Sequence[Group], raw_events: Iterable[object], *, now: datetime, recent_only: bool
) -> Tally:
    """Keep those events that are told for a municipality of these groups, batch by batch.

    The same again changes nothing; memory does not grow with the number. `recent_only` leaves out
    what would be forgotten at once.
    """
    actors = {plain(place_word(group.municipality)): system(group) for group in groups}
    since = now - KEPT_FOR if recent_only else None
    total = Tally()
    for batch in _batches(raw_events):
        total += _unreadable(batch)
        sightings = [each for each in batch if isinstance(each, Sighting)]
        outcomes = {s.id: _outcome(s, actors, since=since) for s in sightings}
        decided = Counter(o for o in outcomes.values() if o is not None)
        unknown = Counter(
            s.type for s in sightings if outcomes[s.id] is None and not s.decision.known
        )
        total += Tally(decided, unknown_types=unknown)
        for place, actor in actors.items():
            total += _keep(actor, place, sightings, outcomes, now=now)
    return total


def _batches(raw_events: Iterable[object]) -> Iterator[list[Sighting | InvalidError]]:
    """Yield the events in batches; no id stands twice in one, so that the last word holds."""
    batch: list[Sighting | InvalidError] = []
    ids: set[int] = set()
    for raw in raw_events:
        try:
            one: Sighting | InvalidError = rules.read(raw)
        except InvalidError as error:
            one = error
        id_ = one.id if isinstance(one, Sighting) else 0
        if len(batch) == BATCH or id_ in ids:
            yield batch
            batch, ids = [], set()
        batch.append(one)
        if id_:
            ids.add(id_)
    if batch:
        yield batch


def _unreadable(batch: Sequence[Sighting | InvalidError]) -> Tally:
    reasons = Counter(str(each) for each in batch if isinstance(each, InvalidError))
    return Tally(Counter({Outcome.UNREADABLE: reasons.total()}), reasons=reasons)


def _outcome(
    sighting: Sighting, places: Mapping[str, Actor], *, since: datetime | None
) -> Outcome | None:
    """Return why an event is not kept, or None for one that is."""
    if plain(sighting.place) not in places:
        return Outcome.COUNTY if is_county(sighting.place) else Outcome.ELSEWHERE
    if sighting.decision.fate is not Fate.KEPT:
        return _FATES[sighting.decision.fate]
    if sighting.is_personal:
        return Outcome.PERSONAL
    is_old = since is not None and sighting.published_at < since
    return Outcome.OLD if is_old else None


def _keep(
    actor: Actor,
    place: str,
    sightings: Sequence[Sighting],
    outcomes: Mapping[int, Outcome | None],
    *,
    now: datetime,
) -> Tally:
    """Store a batch's events of one municipality; erase what is no longer one to be kept."""
    require(actor, Permission.IMPORT_LIST)
    municipality_id = actor.group.municipality_id
    kept: list[Event] = []
    others: list[int] = []
    for sighting in sightings:
        outcome = outcomes[sighting.id]
        if outcome is None and plain(sighting.place) == place:
            kept.append(sighting.event)
        elif outcome is not Outcome.OLD:
            others.append(sighting.id)
    with transaction(actor.gate) as session:
        new, changed = store.put(session, municipality_id, kept, at=now)
        erased = store.erase(session, municipality_id, others)
        numbers = {
            Outcome.NEW: new,
            Outcome.CHANGED: changed,
            Outcome.SAME: len(kept) - new - changed,
        }
        tally = Tally(Counter(numbers), erased)
        if tally.is_news:
            what = {"nya": str(new), "ändrade": str(changed), "borttagna": str(erased)}
            _log(session, actor, "police.imported", what, at=now)
    return tally


def forget(actor: Actor, *, now: datetime) -> int:
    """Erase the events that have been kept for as long as they may; return how many."""
    require(actor, Permission.IMPORT_LIST)
    with transaction(actor.gate) as session:
        erased = store.erase_before(session, actor.group.municipality_id, now - KEPT_FOR)
        if erased:
            _log(session, actor, "police.forgotten", {"borttagna": str(erased)}, at=now)
    return erased


def week(session: Session, actor: Actor, period: Period, *, now: datetime) -> Week:
    """Return the police's events of a week; they are no part of the picture."""
    require(actor, Permission.READ_WEEK)
    municipality_id = actor.group.municipality_id
    shown: list[Shown] = store.between(
        session, municipality_id, period.start, period.end, scope=scope_of(actor)
    )
    return Week(
        tuple(shown),
        is_used=bool(shown) or store.any_stored(session, municipality_id),
        is_past=period.end < now - KEPT_FOR,
    )


def _log(
    session: Session, actor: Actor, verb: str, what: Mapping[str, str], *, at: datetime
) -> None:
    subject = f"municipality:{actor.group.municipality_id}"
    entry = Entry(at, verb, subject, what, actor.person_id, actor.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])
