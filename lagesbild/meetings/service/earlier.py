"""What the group has said so far, out of its fixed pictures."""

from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import contents
from lagesbild.meetings.rules.earlier import Earlier, of_district, of_whole
from lagesbild.meetings.store import fixed as store
from lagesbild.people.rules import Actor, Permission, require


def earlier(
    session: Session, actor: Actor, until: Period, district: District | None, *, limit: int
) -> list[Earlier]:
    """Return what was said of a district, or of all, up to a week, the latest first."""
    require(actor, Permission.READ_WEEK)
    group = actor.group
    name = f"{contents.DISTRICT}{district.slug}" if district else contents.PICTURE
    made_of = of_district if district else of_whole
    return [
        made_of(Period.named(week, weekday=group.meeting_weekday), number, text)
        for week, number, text in store.latest(session, group, name, until=until.name, limit=limit)
    ]
