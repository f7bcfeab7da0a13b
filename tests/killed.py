"""A clock that is killed in the middle: python -m tests.killed "after claim" 2026-11-19T14:00Z.

Without a step it ticks ten minutes in a row, once it is told to go.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.base import db, mail
from lagesbild.base.mail.smtp import SmtpLine
from lagesbild.base.settings import Settings
from lagesbild.digests.service import approving, composing, delivering, planning, telling
from lagesbild.digests.store import letters, outbox

APPROVER = "polis@as.example"
# Where it stops: of what, by which name, and whether before it is done or after.
STEPS: dict[str, tuple[Any, str, bool]] = {
    "before draft": (planning, "plan", True),
    "in draft": (letters, "put_wording", True),
    "after draft": (planning, "plan", False),
    "in approval": (letters, "put_letters", False),
    "after approval": (approving, "approve", False),
    "before release": (delivering, "release", True),
    "in release": (outbox, "put_deliveries", False),
    "after release": (delivering, "release", False),
    "in telling": (telling, "_put", False),
    "after telling": (telling, "tell", False),
    "after claim": (mail, "hand_over", True),
    "during SMTP": (SmtpLine, "_deliver", True),
    "after DATA": (delivering, "settle", True),
    "after settle": (delivering, "send_next", False),
}


def stopping(step: str, stop: Callable[[], None]) -> tuple[Any, str, Callable[..., Any]]:
    """Return of what to put something else in its place, by which name, and what."""
    of, name, is_before = STEPS[step]
    done = getattr(of, name)

    def stopped(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 – those of anything
        if is_before:
            stop()
            return done(*arguments, **options)
        result = done(*arguments, **options)
        stop()
        return result

    return of, name, stopped


def kill() -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(step: str, moment: str) -> None:
    """Do what leads to a step, and stop there."""
    settings, now = Settings(), datetime.fromisoformat(moment)
    db.connect(settings.database_url, settings.reader_url)
    if not step:
        print("ready", flush=True)  # noqa: T201 – who started it waits for that
        sys.stdin.readline()
        for minute in range(10):
            jobs.tick(settings, now + timedelta(minutes=minute))
        return
    setattr(*stopping(step, kill))
    if step.endswith("approval"):
        actor = access.actor_named(access.group_named("as"), APPROVER)
        id_ = os.environ["LETTER"]
        found = composing.composed(actor, UUID(id_), base_url="http://x", now=now)
        approving.approve(actor, UUID(id_), found.seen, base_url="http://x", now=now)
    jobs.tick(settings, now)


if __name__ == "__main__":
    main(*sys.argv[1:])
