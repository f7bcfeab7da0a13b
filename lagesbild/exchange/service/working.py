"""Checking and saving lists: behind a page in a thread, from the command line at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import BoundedSemaphore
from uuid import UUID

import orjson

from lagesbild.audit import store as audit
from lagesbild.base import harmless, privacy
from lagesbild.base.db import Session, new_id, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.imports import stages
from lagesbild.exchange.rules.imports.judging import Judged
from lagesbild.exchange.rules.imports.reports import Outcome, State
from lagesbild.exchange.rules.imports.stages import AT_WORK, Import, KeptRow, Said, Stage
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.lists import Column
from lagesbild.exchange.service.lists import Taken, lock_sender, take_in
from lagesbild.exchange.store import fates
from lagesbild.exchange.store import imports as store
from lagesbild.exchange.store.words import lock
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Draft
from lagesbild.people.rules import Actor, Permission, require

AT_ONCE = 2  # lists in one process: the others of the program need their connections
BUSY = "Flera listor läses in just nu. Försök igen om en stund."
BROKEN = "Något gick fel hos oss, och inget är sparat. Felet är noterat."

_hands = BoundedSemaphore(AT_ONCE)


def work(actor: Actor, id_: UUID, *, clock: Callable[[], datetime]) -> None:
    """Check or save a list, as its stage says: in one transaction, all of it or nothing."""
    require(actor, Permission.IMPORT_LIST)
    if not _hands.acquire(blocking=False):
        _stop(actor, id_, BUSY)
        return
    try:
        with transaction(actor.gate) as session:
            _work(session, actor, id_, now=clock())
    except (ConflictError, InvalidError, NotFoundError) as error:
        _stop(actor, id_, str(error))
    except Exception:
        _stop(actor, id_, BROKEN)
        raise
    finally:
        _hands.release()


def _stop(actor: Actor, id_: UUID, message: str) -> None:
    """Put a list back to where it was before the work, and say why."""
    with transaction(actor.gate) as session:
        found = store.one(session, actor.group.municipality_id, id_)
        store.move(
            session,
            actor.group.municipality_id,
            id_,
            before=AT_WORK,
            to=Stage.CHECKED if found.told else Stage.BROUGHT,
            values={"message": message},
        )


def _work(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> None:
    municipality_id = actor.group.municipality_id
    if not lock(session, municipality_id, id_):
        return  # somebody else is at it
    found = store.one(session, municipality_id, id_)
    if found.stage not in AT_WORK:
        return
    save = found.stage is Stage.SAVING
    if save:
        lock_sender(session, actor)
    content = store.content(session, municipality_id, id_)
    keeper = _Keeper(session, actor, found)
    taken = take_in(session, actor, content, found.ways, now=now, sink=keeper, save=save)
    if save and taken.outcome.refused:
        raise InvalidError("file", "Inget är sparat: listan har rader som är fel. Kontrollera den.")
    _finish(session, actor, found, taken, now=now)


def _finish(session: Session, actor: Actor, found: Import, taken: Taken, *, now: datetime) -> None:
    """Note what became of a list; the numbers of its incidents come last."""
    municipality_id = actor.group.municipality_id
    save = found.stage is Stage.SAVING
    store.move(
        session,
        municipality_id,
        found.id,
        before=(found.stage,),
        to=Stage.SAVED if save else Stage.CHECKED,
        values={
            "told": stages.outcome_json(taken.outcome, taken.headings),
            "done": taken.outcome.rows,
            "saved_at": now if save else None,
        },
    )
    if save:
        _log(session, actor, found, taken.outcome, at=now)
        incidents.number(session, actor, taken.ids, now=now)


class _Keeper:
    """Keeps what becomes of each batch of rows, and tells how far it has come."""

    def __init__(self, session: Session, actor: Actor, found: Import) -> None:
        """Take the session of the import itself: what is kept is undone with it."""
        self._session, self._actor, self._found = session, actor, found
        self._done = 0

    def __call__(self, batch: Sequence[Judged]) -> None:
        municipality_id = self._actor.group.municipality_id
        if not self._done:
            fates.forget_rows(self._session, municipality_id, self._found.id)
        kept = [_kept(each, saved=self._found.stage is Stage.SAVING) for each in batch]
        fates.add_rows(self._session, municipality_id, self._found, kept)
        self._done += len(batch)
        with transaction(self._actor.gate) as other:  # for those who wait, while this goes on
            store.put_progress(other, municipality_id, self._found.id, self._done)


# A date and a clock beside each other may look like a personal number, and are none.
_CLEAR = frozenset({Column.DATE, Column.TIME, Column.MOMENT, Column.UNTIL})


def _kept(each: Judged, *, saved: bool) -> KeptRow:
    draft, told = each.draft, each.fate.state is State.WRONG or each.fate.text
    cells = {
        column: _safe(column, cell) for column, cell in (each.row.cells.items() if told else ())
    }
    return KeptRow(
        each.fate,
        cells,
        _said(draft) if draft else None,
        draft.id if draft and saved else None,
    )


def _safe(column: Column, cell: str) -> str:
    is_moment = column in _CLEAR and harmless.is_day_and_time(cell, glued=True)
    return cell if is_moment else privacy.redacted(cell)


def _said(draft: Draft) -> Said:
    facts = draft.facts
    place = orjson.loads(facts.place)["coordinates"] if facts.place else (None, None)
    return Said(facts.category, facts.occurred_from, facts.time_precision, facts.place_text, *place)


@dataclass(frozen=True)
class Imported:
    """A list that was taken in at once: what became of it and its rows, and the incidents."""

    outcome: Outcome
    rows: Sequence[KeptRow]
    headings: Mapping[Column, str]
    ids: Sequence[UUID]


def import_file(
    session: Session,
    actor: Actor,
    name: str,
    content: bytes,
    ways: Ways,
    *,
    now: datetime,
) -> Imported:
    """Take in a list at once, without keeping the file.

    The incidents have no numbers until `incidents.number` is called, last in the transaction.
    """
    require(actor, Permission.IMPORT_LIST)
    lock_sender(session, actor)
    rows: list[KeptRow] = []

    def sink(batch: Sequence[Judged]) -> None:
        rows.extend(_kept(each, saved=True) for each in batch)

    taken = take_in(session, actor, content, ways, now=now, sink=sink, save=True)
    if taken.ids:
        told = stages.outcome_json(taken.outcome, taken.headings)
        found = stages.new(new_id(), lists.shown(name), actor, ways, now=now)
        found = replace(found, stage=Stage.SAVED, told=told, saved_at=now)
        store.put(session, actor.group, found, None)
        stored = [row for row in rows if row.incident_id or row.fate.state is State.WRONG]
        fates.add_rows(session, actor.group.municipality_id, found, stored)
        _log(session, actor, found, taken.outcome, at=now)
    return Imported(taken.outcome, rows, taken.headings, taken.ids)


def _log(session: Session, actor: Actor, found: Import, outcome: Outcome, *, at: datetime) -> None:
    numbers = stages.numbers_text(outcome)
    entry = stages.entry_of(actor, "list.imported", found, numbers, at=at)
    audit.record(session, actor.group.municipality_id, [entry])
