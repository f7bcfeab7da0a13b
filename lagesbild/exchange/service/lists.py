"""Taking in lists of incidents: all of a list or nothing of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

import shapely

from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session, new_id
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.geo import Box
from lagesbild.districts import service as districts
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.imports.judging import (
    Judged,
    Sender,
    judged,
    municipality_words,
    placed,
    reference_of,
    settled,
)
from lagesbild.exchange.rules.imports.reports import Meant, Near, Outcome, State, Unclear, Unplaced
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.imports.words import Codes, plain
from lagesbild.exchange.rules.lists import Column, Numbered, Table
from lagesbild.exchange.rules.rows import meaning, positions
from lagesbild.exchange.rules.rows.positions import Systems
from lagesbild.exchange.service import meanings
from lagesbild.exchange.store import outlines
from lagesbild.exchange.store.words import lock, plan_anew
from lagesbild.incidents import service as incidents
from lagesbild.incidents.store import read
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.places import service as places
from lagesbild.places.rules import Found, Place

BATCH = 500  # rows: memory stays flat, and each question is asked once for all of them
MANY_NAMES = 200  # words and places to ask about at a time
SAMPLES = 200  # positions that tell which coordinate system a list has

Sink = Callable[[Sequence[Judged]], None]


@dataclass
class Tally:
    """What is counted on the way through a list; `stored` are the incidents it became."""

    numbers: Counter[State] = field(default_factory=Counter)
    words: dict[str, tuple[str, int]] = field(default_factory=dict)  # plain → as written, rows
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)  # by the name as written
    stored: list[UUID] = field(default_factory=list)

    def add(self, batch: Sequence[Judged]) -> None:
        """Count a batch."""
        for each in batch:
            self.numbers[each.fate.state] += 1
            for seen, word in ((self.words, each.word), (self.places, each.unplaced)):
                if word is not None:
                    safe = privacy.redacted(word)  # what is asked about is kept and shown
                    written, rows = seen.get(plain(safe), (safe, 0))
                    seen[plain(safe)] = (written, rows + 1)


@dataclass(frozen=True)
class Reading:
    """A list that is being taken in: for whom, when, and whether its rows are stored."""

    session: Session
    actor: Actor
    sender: Sender
    chosen: Mapping[str, Place]  # by the sender's plain word
    tally: Tally
    now: datetime
    save: bool


@dataclass(frozen=True)
class Taken:
    """What became of a list, what its columns are called, and the incidents it became."""

    outcome: Outcome
    headings: Mapping[Column, str]
    ids: tuple[UUID, ...]


class _RefusedError(Exception):
    """Ends the inner transaction of a list that has wrong rows."""


def take_in(  # noqa: PLR0913 – what, how, when, where to tell it
    session: Session,
    actor: Actor,
    content: bytes,
    ways: Ways,
    *,
    now: datetime,
    sink: Sink,
    save: bool,
) -> Taken:
    """Judge every row of a list and, to save, store those that are right, or none.

    Each batch of rows goes to `sink`; what it stores is undone with the rows of a refused list.
    The incidents have no numbers until `incidents.number` is called, last in the transaction.
    """
    require(actor, Permission.IMPORT_LIST)
    sender = _sender(session, actor, content, ways, now=now)
    reading = Reading(
        session, actor, sender, meanings.chosen_places(session, actor, ways), Tally(), now, save
    )
    try:
        with session.begin_nested():
            for batch in _batches(lists.numbered(sender.table.rows())):
                found = _judge(reading, batch)
                reading.tally.add(found)
                sink(found)
            _refuse(reading)
    except _RefusedError:
        return Taken(_outcome(reading), sender.table.headings, ())
    if save:
        meanings.remember(session, actor, ways, now=now)
    return Taken(_outcome(reading), sender.table.headings, tuple(reading.tally.stored))


def _refuse(reading: Reading) -> None:
    if reading.save and _outcome(reading).refused:
        raise _RefusedError


def lock_sender(session: Session, actor: Actor) -> None:
    """Keep other imports of the sender out until the transaction ends."""
    require(actor, Permission.IMPORT_LIST)
    if actor.organisation_id is None:
        raise InvalidError("organisation", "Välj vilken organisation listan kommer från.")
    if not lock(session, actor.group.municipality_id, actor.organisation_id):
        raise ConflictError(
            "En annan lista från samma organisation läses in just nu. Försök igen om en stund."
        )


def _sender(session: Session, actor: Actor, content: bytes, ways: Ways, *, now: datetime) -> Sender:
    organisation_id = actor.organisation_id
    assert organisation_id is not None, "a list is taken in for an organisation"
    table = lists.table(
        content,
        sheet=ways.sheet,
        columns=meanings.columns(session, actor, ways),
    )
    areas = districts.districts(session, actor)
    known = incidents.categories(session, actor)
    return Sender(
        organisation_id,
        _called(session, actor),
        table,
        _systems(table, _home(session, actor, now)),
        Codes(meanings.words(session, actor, ways, known), known),
        {plain(area.name): area for area in areas},
        ways,
    )


def _called(session: Session, actor: Actor) -> frozenset[str]:
    code = outlines.municipality_code(session, actor.group.municipality_id)
    return municipality_words(actor.group.municipality) | {code}


def _home(session: Session, actor: Actor, now: datetime) -> Box | None:
    """Return the box that holds the municipality, if its outlines are known."""
    known = districts.outlines(session, actor, on=now.astimezone(STOCKHOLM).date())
    if not known:
        return None
    return Box(*shapely.total_bounds([shapely.from_geojson(o.geojson) for o in known]).tolist())


def _systems(table: Table, home: Box | None) -> Systems:
    headings = " ".join(
        table.headings[c]
        for c in (Column.LATITUDE, Column.LONGITUDE, Column.POSITION)
        if c in table.headings
    )
    return positions.systems(_samples(table), headings=headings, home=home)


def _samples(table: Table) -> Iterator[tuple[str, str]]:
    """Return the first positions of a list."""
    told = (meaning.sample(row) for row in table.rows())
    return islice((pair for pair in told if all(pair)), SAMPLES)


def _batches(rows: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _judge(reading: Reading, batch: Sequence[Numbered]) -> list[Judged]:
    """Return what becomes of a batch; the rows that are right are stored if that is asked."""
    known = read.known_sources(
        reading.session,
        reading.actor.group.municipality_id,
        reading.sender.organisation_id,
        [reference_of(reading.sender, each) for each in batch],
    )
    found = [
        judged(
            reading.sender,
            each,
            is_known=reference_of(reading.sender, each) in known,
            id_=new_id(),
        )
        for each in batch
    ]
    return _settle(reading, _look_up(reading, found))


def _look_up(reading: Reading, batch: Sequence[Judged]) -> list[Judged]:
    """Return the rows with the places that their names stand for; one question for all names."""
    tally = reading.tally
    names = (each.asks for each in batch if each.asks and each.asks not in tally.found)
    asked = list(dict.fromkeys(names))
    if asked:
        found = places.find(reading.session, reading.actor, asked)
        tally.found |= dict(zip(asked, found, strict=True))
    return [
        each
        if each.asks is None
        else placed(
            reading.sender,
            each,
            tally.found.get(each.asks),
            chosen=reading.chosen.get(plain(each.asks)),
        )
        for each in batch
    ]


def _settle(reading: Reading, batch: Sequence[Judged]) -> list[Judged]:
    session, actor, now = reading.session, reading.actor, reading.now
    drafts = [each.draft for each in batch if each.draft is not None]
    act = incidents.report_many if reading.save else incidents.prepare
    outcomes = iter(act(session, actor, drafts, now=now))
    found = [
        each if each.draft is None else settled(reading.sender, each, next(outcomes))
        for each in batch
    ]
    if reading.save:
        plan_anew(session)
        reading.tally.stored += [e.draft.id for e in found if e.draft is not None]
    return found


def _outcome(reading: Reading) -> Outcome:
    tally, sender = reading.tally, reading.sender
    near = {plain(name): found.near for name, found in tally.found.items()}
    return Outcome(
        {state: tally.numbers[state] for state in State},
        tuple(Unclear(word, rows, sender.codes[word]) for word, rows in tally.words.values()),
        tuple(
            Unplaced(word, rows, tuple(Near(str(p.id), p.name, p.kind) for p in near.get(key, ())))
            for key, (word, rows) in list(tally.places.items())[:MANY_NAMES]
        ),
        sender.table.ignored,
        sender.table.notes,
        good_rows=sender.ways.good_rows,
        meant=tuple(
            Meant(privacy.redacted(word), code) for word, code in sender.codes.meant()[:MANY_NAMES]
        ),
    )
