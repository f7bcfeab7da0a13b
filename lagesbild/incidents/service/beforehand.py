"""What somebody who is about to log an incident is told first."""

from datetime import datetime, timedelta

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Draft, Incident, Request
from lagesbild.incidents.rules.nearness import AlikeError, Near, around, nearest
from lagesbild.incidents.service.single import report
from lagesbild.incidents.store import listing as listed
from lagesbild.incidents.store import usual as usually
from lagesbild.people.rules import Actor, Permission, require, scope_of

USUAL_SPAN = timedelta(days=90)
USUAL_CODES = 3
LOOKED_AT = 50  # so near in place and time: more than happens
NEAR_SHOWN = 3


def usual(session: Session, actor: Actor, *, now: datetime) -> list[str]:
    """Return the codes that the actor's organisation logs most, the commonest first."""
    require(actor, Permission.REPORT_INCIDENT)
    if actor.organisation_id is None:
        return []
    return usually.codes(
        session,
        actor.group.municipality_id,
        actor.organisation_id,
        since=now - USUAL_SPAN,
        limit=USUAL_CODES,
    )


def near(session: Session, actor: Actor, draft: Draft) -> list[Near]:
    """Return the incidents that the actor may see and that may be the draft's, nearest first."""
    require(actor, Permission.REPORT_INCIDENT)
    group = actor.group
    wanted = around(draft, metres=group.near_metres, hours=group.near_hours)
    if wanted is None:
        return []
    rows = listed.page(session, group, wanted, scope=scope_of(actor), limit=LOOKED_AT)
    return nearest(draft, rows, most=group.near_metres)[:NEAR_SHOWN]


def report_unlike(
    session: Session, actor: Actor, draft: Draft, *, now: datetime, request: Request | None = None
) -> Incident:
    """Store a new incident, or raise `AlikeError`: then the transaction must not be kept.

    What is wrong with the draft is told before what is like it.
    """
    require(actor, Permission.REPORT_INCIDENT)
    found = near(session, actor, draft)
    incident = report(session, actor, draft, now=now, request=request)
    if found:
        raise AlikeError(found)
    return incident
