"""What the pages of the letters tell beside the letters themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session
from lagesbild.base.errors import NotAllowedError
from lagesbild.digests.rules import TO_READERS, Run
from lagesbild.digests.rules.mailing import Envelope
from lagesbild.digests.rules.recipients import Addressed, addressed
from lagesbild.digests.rules.saying import Said, counted, said_of
from lagesbild.digests.rules.schedule import Author, Schedule, approvers, check_approver
from lagesbild.digests.service import calendar, looking, settling
from lagesbild.digests.service.calendar import Due
from lagesbild.digests.service.drafting import Draft, drafted
from lagesbild.digests.service.looking import Whole
from lagesbild.digests.store import runs as store
from lagesbild.digests.store import schedule
from lagesbild.digests.store.reached import reached
from lagesbild.meetings.rules.snapshot import Fixing
from lagesbild.meetings.service import fixing
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, Role, require


class Row(NamedTuple):
    """A mailing in the list of them, and how far it has come."""

    run: Run
    said: Said


@dataclass(frozen=True)
class Around:
    """What stands around a letter on its page.

    `addressed` is where it would go; `able` are the organisations that may approve it.
    """

    whole: Whole
    draft: Draft
    said: Said
    others: Sequence[Row]  # all of the week's, this one among them
    settled: Schedule
    envelope: Envelope
    addressed: Sequence[Addressed]
    organisations: Mapping[UUID, str]
    able: Sequence[str]
    people: Mapping[UUID, str]


class Lacking(NamedTuple):
    """A week without a letter: its meeting, and when its letter would go."""

    due: Due
    is_fixed: bool


def listing(session: Session, actor: Actor, *, now: datetime) -> list[Row]:
    """Return what the group sends to readers, what is due last first."""
    require(actor, Permission.READ_DIGEST)
    known = reached(session, actor.group)
    return [
        Row(run, said_of(run, known.get(run.id, {}), now)) for run in looking.runs(session, actor)
    ]


def around(session: Session, actor: Actor, run_id: UUID, *, sender: str, now: datetime) -> Around:
    """Return what stands around a letter; `sender` is the installation's own address."""
    require(actor, Permission.READ_DIGEST)
    group = actor.group
    whole = looking.run(session, actor, run_id)
    run, draft = whole.run, drafted(session, actor, whole.run)
    known = reached(session, group)
    settled = schedule.schedule(session, group)
    places = people.members(session, group)
    copies = [place.mail for place in places if place.role is Role.COORDINATOR]
    return Around(
        whole,
        draft,
        said_of(run, counted(whole.deliveries), now),
        [
            Row(each, said_of(each, known.get(each.id, {}), now))
            for each in store.of_week(session, group, run.week)
            if each.kind in TO_READERS
        ],
        settled,
        Envelope(sender, settled.sender, settled.reply_to or next(iter(copies), "")),
        addressed(
            schedule.recipients(session, group),
            schedule.forms(session, group),
            copies,
            on=max(run.due_at, now).astimezone(STOCKHOLM).date(),
        ),
        {each.id: each.name for each in people.organisations(session, group)},
        _able(session, actor, settled, draft.author),
        {place.person_id: place.name for place in places},
    )


def _able(session: Session, actor: Actor, settled: Schedule, author: Author) -> list[str]:
    """Return the organisations somebody of which may approve what an author has written."""
    signers = settling.signers(session, actor)
    named, found = approvers(signers), dict[str, None]()
    for place in (signer.place for signer in signers):
        asking = replace(
            actor,
            role=place.role,
            organisation_id=place.organisation_id,
            person_id=place.person_id,
        )
        try:
            check_approver(asking, settled.rule, author, named, clean=True)
        except NotAllowedError:
            continue
        found[place.organisation] = None
    return list(found)


def lacking(session: Session, actor: Actor, period: Period) -> Lacking:
    """Return why a week has no letter: what has to be done before there is one."""
    require(actor, Permission.READ_DIGEST)
    [due] = calendar.dues(session, actor, [period])
    found = fixing.fixed(session, actor, period)
    return Lacking(due, any(each.head.kind is Fixing.ORDINARY for each in found))
