"""Lists on a page: brought, checked, corrected, saved, and undone as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base import privacy
from lagesbild.base.db import Session, new_id, transaction, turn
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.imports import stages
from lagesbild.exchange.rules.imports.judging import Judged
from lagesbild.exchange.rules.imports.reports import Outcome, State
from lagesbild.exchange.rules.imports.stages import AT_WORK, Import, KeptRow, Stage
from lagesbild.exchange.rules.imports.ways import Ways, as_json
from lagesbild.exchange.rules.lists import Column, Layout
from lagesbild.exchange.service import meanings
from lagesbild.exchange.service.lists import Taken, lock_sender, take_in
from lagesbild.exchange.store import imports as store
from lagesbild.exchange.store.words import lock
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Actor, Permission, require

Cells = Mapping[int, Mapping[Column, str]]  # by line

UNDONE = "Inläsningen av listan ångrades."


def bring(
    session: Session, actor: Actor, name: str, content: bytes, ways: Ways, *, now: datetime
) -> Import:
    """Keep a file that somebody brought, or raise `InvalidError` when it is no list at all."""
    require(actor, Permission.IMPORT_LIST)
    if actor.organisation_id is None:
        raise InvalidError("organisation", "Välj vilken organisation listan kommer från.")
    lists.layout(content)  # what cannot be read is told before it is kept
    found = stages.new(new_id(), lists.shown(name), actor, ways, now=now)
    store.put(session, actor.group, found, content)
    return found


def layout(session: Session, actor: Actor, found: Import) -> Layout:
    """Return how a list's columns are understood, with what its sender's headings mean."""
    require(actor, Permission.IMPORT_LIST)
    return lists.layout(
        store.content(session, actor.group.municipality_id, found.id),
        sheet=found.ways.sheet,
        columns=meanings.columns(session, actor, found.ways),
    )


def one(session: Session, actor: Actor, id_: UUID) -> Import:
    """Return a list of the actor's organisation, or raise `NotFoundError`."""
    require(actor, Permission.IMPORT_LIST)
    return store.one(session, actor.group.municipality_id, id_)


def latest(session: Session, actor: Actor) -> list[Import]:
    """Return the lists of the actor's organisation, newest first."""
    require(actor, Permission.IMPORT_LIST)
    return store.latest(session, actor.group.municipality_id)


def rows(
    session: Session,
    actor: Actor,
    id_: UUID,
    *,
    only: State | None = None,
    after: int = 0,
    limit: int,
) -> list[KeptRow]:
    """Return rows of a list after a line, in order."""
    require(actor, Permission.IMPORT_LIST)
    return store.rows(
        session, actor.group.municipality_id, id_, only=only, after=after, limit=limit
    )


def corrected(session: Session, actor: Actor, found: Import, told: Cells) -> Cells:
    """Return the cells that a person changed, of those that a page showed."""
    require(actor, Permission.IMPORT_LIST)
    kept = store.cells_of(session, actor.group.municipality_id, found.id, list(told))
    return {
        line: {c: text for c, text in cells.items() if kept.get(line, {}).get(c) != text}
        for line, cells in told.items()
    }


def is_at_work(session: Session, actor: Actor, found: Import) -> bool:
    """Whether a process holds the list just now; one that died does not."""
    require(actor, Permission.IMPORT_LIST)
    return found.stage in AT_WORK and not lock(session, actor.group.municipality_id, found.id)


def begin(
    session: Session, actor: Actor, found: Import, *, to: Stage, ways: Ways | None = None
) -> bool:
    """Bring a list to the stage of checking or saving; return whether it may be done now.

    The second of two clicks finds the list already there, and does nothing.
    """
    require(actor, Permission.IMPORT_LIST)
    if is_at_work(session, actor, found):
        return False
    before = {
        Stage.CHECKING: (Stage.BROUGHT, Stage.CHECKED, *AT_WORK),
        Stage.SAVING: (Stage.CHECKED,),
    }[to]
    values: dict[str, object] = {"done": 0, "message": ""}
    if ways is not None:
        values["ways"] = as_json(ways)
    return store.move(
        session, actor.group.municipality_id, found.id, frm=before, to=to, values=values
    )


def work(actor: Actor, id_: UUID, *, clock: Callable[[], datetime]) -> None:
    """Check or save a list, as its stage says: in one transaction, all of it or nothing."""
    require(actor, Permission.IMPORT_LIST)
    try:
        with transaction(actor.gate) as session:
            _work(session, actor, id_, now=clock())
    except (ConflictError, InvalidError, NotFoundError) as error:
        with transaction(actor.gate) as session:
            stage = Stage.CHECKED if one(session, actor, id_).told else Stage.BROUGHT
            values = {"message": str(error)}
            store.move(
                session, actor.group.municipality_id, id_, frm=AT_WORK, to=stage, values=values
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
        frm=(found.stage,),
        to=Stage.SAVED if save else Stage.CHECKED,
        values={
            "told": stages.outcome_json(taken.outcome, taken.headings),
            "done": taken.outcome.rows,
            "saved_at": now if save else None,
        },
    )
    if save:
        _log(session, actor, "list.imported", found, stages.numbers_text(taken.outcome), at=now)
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
            store.forget_rows(self._session, municipality_id, self._found.id)
        kept = [_kept(each, saved=self._found.stage is Stage.SAVING) for each in batch]
        store.add_rows(self._session, municipality_id, self._found, kept)
        self._done += len(batch)
        with transaction(self._actor.gate) as other:  # for those who wait, while this goes on
            store.put_progress(other, municipality_id, self._found.id, self._done)


def _kept(each: Judged, *, saved: bool) -> KeptRow:
    draft, told = each.draft, each.fate.state is State.WRONG or each.fate.text
    place = orjson.loads(draft.facts.place) if draft and draft.facts.place else None
    longitude, latitude = place["coordinates"] if place else (None, None)
    return KeptRow(
        each.fate,
        {c: privacy.redacted(cell) for c, cell in each.row.cells.items()} if told else {},
        longitude,
        latitude,
        draft.id if draft and saved else None,
    )


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
        stored = [row for row in rows if row.incident_id]
        store.add_rows(session, actor.group.municipality_id, found, stored)
        _log(session, actor, "list.imported", found, stages.numbers_text(taken.outcome), at=now)
    return Imported(taken.outcome, rows, taken.headings, taken.ids)


def undo(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> tuple[int, int]:
    """Take back what a list became; return how many, and how many others have touched since."""
    require(actor, Permission.IMPORT_LIST)
    municipality_id = actor.group.municipality_id
    found = store.one(session, municipality_id, id_)
    moved = store.move(
        session,
        municipality_id,
        id_,
        frm=(Stage.SAVED,),
        to=Stage.UNDONE,
        values={"undone_at": now},
    )
    if not moved:
        raise ConflictError("Inläsningen är redan ångrad, eller inte sparad.")
    ids = store.incident_ids(session, municipality_id, id_)
    gone = incidents.withdraw_many(session, actor, ids, reason=UNDONE, now=now)
    numbers = {"tillbakatagna": str(len(gone)), "kvar": str(len(ids) - len(gone))}
    _log(session, actor, "list.undone", found, numbers, at=now)
    return len(gone), len(ids) - len(gone)


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    found: Import,
    told: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    entry = Entry(at, verb, f"import:{found.id}", told, actor.person_id, found.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])


def forget_files(actor: Actor, *, now: datetime) -> None:
    """Let go of the files of the group's lists when nobody needs them any more."""
    require(actor, Permission.IMPORT_LIST)
    with transaction(actor.gate) as session:
        for organisation in access.organisations(session, actor):
            turn(session, replace(actor, organisation_id=organisation.id).gate)
            store.forget_files(
                session,
                actor.group.municipality_id,
                unfinished=now - stages.UNFINISHED_KEPT,
                finished=now - stages.FINISHED_KEPT,
            )
