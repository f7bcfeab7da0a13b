"""A group that has sent letters: one that has not reached everybody, its correction, an extra."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg

from lagesbild.base import db
from lagesbild.base.clock import Period
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Kind
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.service import drafting
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, system
from tests import letters
from tests.web.thursday import Refusing, leave

AGO = datetime(2026, 1, 1, tzinfo=UTC)


def long_ago(group: Group, settings: Settings) -> Group:
    """Return a group as if it had sent its letters for months."""
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("UPDATE groups SET schedule_since = %s WHERE id = %s", (AGO, group.id))
    return replace(group, schedule_since=AGO)


def word(actor: Actor, week: str, text: str, kind: Kind = Kind.LETTER) -> None:
    """Write a text in every part of a week's newest letter."""
    run = letters.run(actor, week, kind).run
    with db.transaction(actor.gate) as session:
        found = drafting.drafted(session, actor, run)
        said = replace(found.latest, short=text, attention=text, coming=text, answers=text)
        said = replace(said, changed=text if run.version > 1 else "")
        at = run.made_at + timedelta(minutes=1)
        drafting.edit(session, actor, run.id, Edit(said, found.version), now=at)


def furnish(
    group: Group, police: Actor, weeks: tuple[Period, Period], text: str, *, now: datetime
) -> None:
    """Let the letter of a fixed week leave late, and the next week have an extra picture."""
    actor, approver = system(group), replace(police, group=group)
    before, after = weeks
    with db.transaction(actor.gate) as session:
        drafting.draft(session, actor, before, now=now)
    word(actor, before.name, text)
    letters.approve(approver, letters.run(actor, before.name).run.id, now=now)
    leave(group, Refusing({"lasare@as.example"}), now)
    with db.transaction(actor.gate) as session:
        drafting.correct(session, actor, before.name, now=now)
    word(actor, before.name, text)
    with db.transaction(actor.gate) as session:
        made = fixing.fix_extra(session, actor, after, now=now).head
        drafting.draft_extra(session, actor, after, made.number, fixed_at=made.fixed_at, now=now)
