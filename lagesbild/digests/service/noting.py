"""Writing down what happens to a mailing, for the group and in the audit log."""

from datetime import datetime

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.digests.rules import Event, Run, What
from lagesbild.digests.store import runs as store
from lagesbild.people.rules import Actor, Permission, require


def note(
    session: Session, actor: Actor, run: Run, what: What, *, at: datetime, detail: str = ""
) -> None:
    """Write down a step of a mailing, with who took it."""
    require(actor, Permission.READ_DIGEST)
    event = Event(at, what, detail, person_id=actor.person_id)
    store.note(session, actor.group, run.id, event)
    entry = Entry(
        at,
        f"digest.{what}",
        f"digest:{run.week}",
        {"slag": run.kind.text, "version": str(run.version)},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
