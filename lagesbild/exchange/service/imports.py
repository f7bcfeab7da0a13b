"""Lists on a page: brought, checked, corrected, saved, and undone as a whole."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base.db import Session, new_id, transaction, turn
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.imports import reports, stages
from lagesbild.exchange.rules.imports.answers import Answers
from lagesbild.exchange.rules.imports.stages import AT_WORK, Brought, Import, KeptRow, Stage, Which
from lagesbild.exchange.rules.imports.ways import Ways, as_json
from lagesbild.exchange.rules.lists import Layout
from lagesbild.exchange.service import meanings
from lagesbild.exchange.store import fates
from lagesbild.exchange.store import imports as store
from lagesbild.exchange.store.words import is_locked
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Actor, Permission, require

UNDONE = "Inläsningen av listan ångrades."
MOST_UNFINISHED = 50  # lists of an organisation that are kept with their files


def bring(
    session: Session, actor: Actor, name: str, content: bytes, ways: Ways, *, now: datetime
) -> Import:
    """Keep a file that somebody brought, or raise `InvalidError` when it is no list at all."""
    require(actor, Permission.IMPORT_LIST)
    if actor.organisation_id is None:
        raise InvalidError("organisation", "Välj vilken organisation listan kommer från.")
    if store.unfinished(session, actor.group.municipality_id) >= MOST_UNFINISHED:
        raise ConflictError(
            f"Din organisation har redan {MOST_UNFINISHED} listor som inte är sparade. Ta bort"
            " några av dem först."
        )
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


def latest(session: Session, actor: Actor) -> list[Brought]:
    """Return the lists of the actor's organisation, newest first."""
    require(actor, Permission.IMPORT_LIST)
    return store.latest(session, actor.group.municipality_id)


def rows(session: Session, actor: Actor, id_: UUID, which: Which) -> list[KeptRow]:
    """Return rows of a list, in order."""
    require(actor, Permission.IMPORT_LIST)
    return fates.rows(session, actor.group.municipality_id, id_, which)


def answer(session: Session, actor: Actor, found: Import, told: Answers) -> bool:
    """Take answers and corrections, and begin to check again; return whether it may be done now."""
    require(actor, Permission.IMPORT_LIST)
    ways = _answered(session, actor, found, told)
    return begin(session, actor, found, to=Stage.CHECKING, ways=ways)


def _answered(session: Session, actor: Actor, found: Import, told: Answers) -> Ways:
    """Return the ways of a list with what was answered, of what was asked."""
    told = told.about(found.outcome, incidents.categories(session, actor))
    kept = fates.cells_of(session, actor.group.municipality_id, found.id, list(told.cells))
    changed = {
        line: {c: text for c, text in cells.items() if kept[line].get(c) != text}
        for line, cells in told.cells.items()
        if line in kept
    }
    cells = {line: cells for line, cells in changed.items() if cells}
    return replace(told, cells=cells).put_over(found.ways)


def is_at_work(session: Session, actor: Actor, found: Import) -> bool:
    """Whether a process holds the list just now; one that died does not."""
    require(actor, Permission.IMPORT_LIST)
    return found.stage in AT_WORK and is_locked(session, actor.group.municipality_id, found.id)


def brings_news(session: Session, actor: Actor, found: Import, told: Answers) -> bool:
    """Whether answers say something that the last check did not know."""
    require(actor, Permission.IMPORT_LIST)
    return _answered(session, actor, found, told) != found.ways


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
        session, actor.group.municipality_id, found.id, before=before, to=to, values=values
    )


def remove(session: Session, actor: Actor, id_: UUID) -> None:
    """Forget a list that was never saved, with its file; raise `ConflictError` for another."""
    require(actor, Permission.IMPORT_LIST)
    found = one(session, actor, id_)
    if is_at_work(session, actor, found) or found.saved_at is not None:
        raise ConflictError("Listan är sparad eller arbetas med just nu, och kan inte tas bort.")
    store.remove(session, actor.group.municipality_id, [id_])


def undo(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> tuple[int, int]:
    """Take back what a list became; return how many, and how many others have touched since."""
    require(actor, Permission.IMPORT_LIST)
    municipality_id = actor.group.municipality_id
    found = store.one(session, municipality_id, id_)
    moved = store.move(
        session,
        municipality_id,
        id_,
        before=(Stage.SAVED,),
        to=Stage.UNDONE,
        values={"undone_at": now},
    )
    if not moved:
        raise ConflictError("Inläsningen är redan ångrad, eller inte sparad.")
    ids = fates.incident_ids(session, municipality_id, id_)
    gone = incidents.withdraw_many(session, actor, ids, reason=UNDONE, now=now)
    kept = len(ids) - len(gone)
    values = {"message": reports.undone(len(gone), kept)}
    store.move(
        session, municipality_id, id_, before=(Stage.UNDONE,), to=Stage.UNDONE, values=values
    )
    numbers = {"tillbakatagna": str(len(gone)), "kvar": str(kept)}
    entry = stages.entry_of(actor, "list.undone", found, numbers, at=now)
    audit.record(session, municipality_id, [entry])
    return len(gone), kept


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
