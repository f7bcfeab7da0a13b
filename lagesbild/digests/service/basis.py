"""What a letter is composed from, and when it is due."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, reading
from lagesbild.digests import rules
from lagesbild.digests.draw.words import Basis
from lagesbild.districts import service as districts
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Permission, require


def starts(actor: Actor, *periods: Period) -> Mapping[Period, datetime]:
    """Return when the meetings of periods begin."""
    require(actor, Permission.READ_WEEK)
    with reading(actor.gate) as session:
        return meetings.starts(session, actor, periods)


def next_day(actor: Actor, period: Period) -> date:
    """Return the day on which the letter after that of a period is due."""
    require(actor, Permission.READ_WEEK)
    following = period.previous(-1)
    return rules.due_of(actor.group, following, starts(actor, following)[following]).date()


def basis_of(
    session: Session,
    actor: Actor,
    period: Period,
    publication_id: UUID,
    rest: tuple[datetime, bool, str, date],
) -> Basis:
    """Return what a letter is composed from; `rest`: when due, if late, whose links, the next."""
    require(actor, Permission.READ_PUBLICATION)
    return Basis(
        actor.group,
        period,
        meetings.published(session, actor, publication_id),
        districts.outlines(session, actor, on=period.last_day),
        districts.is_schematic(session, actor, on=period.last_day),
        *rest,
    )
