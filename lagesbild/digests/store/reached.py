"""How many deliveries of each mailing stand where."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.base.outbox import State
from lagesbild.digests.rules import GONE
from lagesbild.digests.store.tables import DeliveryRow, RunRow
from lagesbild.people.rules import Group


def reached(session: Session, group: Group) -> Mapping[UUID, Counter[State]]:
    """Return it of all mailings of a group; a delivery that was made again counts by the new one.

    Who was taken off a list before it went is no loss, and not counted.
    """
    again = aliased(DeliveryRow)
    is_resent = exists().where(
        again.municipality_id == DeliveryRow.municipality_id, again.resend_of == DeliveryRow.id
    )
    query = (
        select(DeliveryRow.run_id, DeliveryRow.state, func.count())
        .join(
            RunRow,
            (RunRow.municipality_id == DeliveryRow.municipality_id)
            & (RunRow.id == DeliveryRow.run_id),
        )
        .where(
            RunRow.municipality_id == group.municipality_id,
            RunRow.group_id == group.id,
            DeliveryRow.answer != GONE,
            ~is_resent,
        )
        .group_by(DeliveryRow.run_id, DeliveryRow.state)
    )
    found: defaultdict[UUID, Counter[State]] = defaultdict(Counter)
    for run_id, state, number in session.execute(query):
        found[run_id][State(state)] = number
    return found
