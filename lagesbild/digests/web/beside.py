"""What the letters add to the pages of other topics."""

from datetime import datetime

from lagesbild.base.db import Session
from lagesbild.digests.rules.silence import no_reader
from lagesbild.digests.service import recipients, settling
from lagesbild.people.rules import Actor, system


def beside_start(session: Session, actor: Actor, *, now: datetime) -> dict[str, str]:
    """Return what a group's letter lacks before the first one. An administrator reads none."""
    group = system(actor.group)
    return {
        "recipients": no_reader(recipients.overview(session, group, now=now).addressed),
        "approvers": settling.approvers_missing(session, group),
    }
