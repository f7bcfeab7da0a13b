"""How a group sends its letters, who signs them, and who gets them."""

from collections.abc import Collection, Sequence
from datetime import date, time
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.rules.schedule import Duty, Rule, Schedule
from lagesbild.digests.store.settling import ListRow, RecipientRow, ScheduleRow, SignerRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import GroupRow

_RECIPIENT = (
    RecipientRow.id,
    RecipientRow.list,
    RecipientRow.mail,
    RecipientRow.title,
    RecipientRow.starts_on,
    RecipientRow.ends_on,
    RecipientRow.version,
)


def schedule(session: Session, group: Group) -> Schedule:
    """Return what a group has settled about its letters."""
    query = select(
        ScheduleRow.rule,
        ScheduleRow.sender,
        ScheduleRow.role,
        ScheduleRow.contact,
        ScheduleRow.reply_to,
        ScheduleRow.record,
        ScheduleRow.attach_pdf,
        ScheduleRow.version,
    ).where(ScheduleRow.municipality_id == group.municipality_id, ScheduleRow.group_id == group.id)
    row = session.execute(query).one_or_none()
    return Schedule(Rule(row[0]), *row[1:]) if row else Schedule()


def put_schedule(session: Session, group: Group, wanted: Schedule) -> bool:
    """Store what a group has settled, over `wanted.version`; False where somebody was faster."""
    values = {
        "rule": wanted.rule,
        "sender": wanted.sender,
        "role": wanted.role,
        "contact": wanted.contact,
        "reply_to": wanted.reply_to,
        "record": wanted.record,
        "attach_pdf": wanted.attach_pdf,
        "version": wanted.version + 1,
    }
    put = upsert(ScheduleRow).values(
        municipality_id=group.municipality_id, group_id=group.id, **values
    )
    put = put.on_conflict_do_update(
        index_elements=[ScheduleRow.municipality_id, ScheduleRow.group_id],
        set_=values,
        where=ScheduleRow.version == wanted.version,
    )
    return session.execute(put.returning(ScheduleRow.version)).first() is not None


def put_letter_time(session: Session, group: Group, at: time, *, version: int) -> bool:
    """Store when a group's letter goes, over the group's version; False if somebody was faster."""
    done = session.execute(
        update(GroupRow)
        .where(
            GroupRow.municipality_id == group.municipality_id,
            GroupRow.id == group.id,
            GroupRow.version == version,
        )
        .values(letter_time=at, version=version + 1)
        .returning(GroupRow.id)
    )
    return done.first() is not None


def letter_time(session: Session, group: Group) -> tuple[time, int]:
    """Return when a group's letter goes, and the group's version; nobody else changes it now."""
    query = (
        select(GroupRow.letter_time, GroupRow.version)
        .where(GroupRow.municipality_id == group.municipality_id, GroupRow.id == group.id)
        .with_for_update(key_share=True)  # rows that point at the group may still be added
    )
    found = session.execute(query).one()
    return found[0], found[1]


def duties(session: Session, group: Group) -> dict[UUID, frozenset[Duty]]:
    """Return which duties have been given to whom."""
    query = select(SignerRow.person_id, SignerRow.duty).where(
        SignerRow.municipality_id == group.municipality_id, SignerRow.group_id == group.id
    )
    found: dict[UUID, frozenset[Duty]] = {}
    for person, duty in session.execute(query):
        found[person] = found.get(person, frozenset()) | {Duty(duty)}
    return found


def put_duties(session: Session, group: Group, person_id: UUID, wanted: Collection[Duty]) -> None:
    """Store which duties somebody has."""
    session.execute(
        delete(SignerRow).where(
            SignerRow.municipality_id == group.municipality_id,
            SignerRow.group_id == group.id,
            SignerRow.person_id == person_id,
        )
    )
    who = {"municipality_id": group.municipality_id, "group_id": group.id, "person_id": person_id}
    if wanted:
        session.execute(insert(SignerRow), [who | {"duty": duty} for duty in wanted])


def forms(session: Session, group: Group) -> dict[ListName, Form]:
    """Return how much of the letter each list gets, where that is settled."""
    query = select(ListRow.list, ListRow.form).where(
        ListRow.municipality_id == group.municipality_id, ListRow.group_id == group.id
    )
    return {ListName(name): Form(form) for name, form in session.execute(query)}


def put_form(session: Session, group: Group, name: ListName, form: Form) -> None:
    """Store how much of the letter a list gets."""
    put = upsert(ListRow).values(
        municipality_id=group.municipality_id, group_id=group.id, list=name, form=form
    )
    session.execute(
        put.on_conflict_do_update(
            index_elements=[ListRow.municipality_id, ListRow.group_id, ListRow.list],
            set_={"form": form},
        )
    )


def _of(group: Group) -> list[ColumnElement[bool]]:
    return [
        RecipientRow.municipality_id == group.municipality_id,
        RecipientRow.group_id == group.id,
    ]


def recipients(session: Session, group: Group) -> Sequence[Recipient]:
    """Return every recipient that a group has had, by list and first day."""
    query = (
        select(*_RECIPIENT)
        .where(*_of(group))
        .order_by(RecipientRow.list, RecipientRow.starts_on, RecipientRow.mail)
    )
    return [Recipient(row[0], ListName(row[1]), *row[2:]) for row in session.execute(query)]


def put_recipient(session: Session, group: Group, new: Recipient) -> bool:
    """Store a recipient; the same id twice is once."""
    put = upsert(RecipientRow).values(
        municipality_id=group.municipality_id,
        group_id=group.id,
        id=new.id,
        list=new.list,
        mail=new.mail,
        title=new.title,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
    )
    done = session.execute(put.on_conflict_do_nothing().returning(RecipientRow.id))
    return done.first() is not None


def end_recipient(
    session: Session, group: Group, id_: UUID, ends_on: date | None, *, version: int
) -> bool:
    """Store on which day a recipient is on the list for the last time; False on a stale version."""
    done = session.execute(
        update(RecipientRow)
        .where(*_of(group), RecipientRow.id == id_, RecipientRow.version == version)
        .values(ends_on=ends_on, version=version + 1)
        .returning(RecipientRow.id)
    )
    return done.first() is not None
