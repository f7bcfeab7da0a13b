"""What the demo's group has done in its meetings, each thing at the moment when it would have."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from uuid import UUID

from lagesbild.access import service as access
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session, new_id
from lagesbild.demo.rules import letters, work
from lagesbild.demo.service import sending
from lagesbild.demo.service.sending import Cast, Telling
from lagesbild.districts import service as districts
from lagesbild.districts.rules import slug_of
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules.assessing import Assessment, Word
from lagesbild.meetings.rules.series import meeting_start
from lagesbild.meetings.rules.sitting import PURPOSE, Coming
from lagesbild.meetings.service import fixing, sitting, viewing
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from lagesbild.problems.rules import Problem

SEEN = "Fler än vanligt. Vi ser om det håller i sig."
LINKED = 8  # incidents of a problem at most
PUBLISHED = 8  # weeks that readers find
FIXED = range(letters.LAST, sending.FIRST + 1)  # the newest is left to be met over by who tries


def live(session: Session, actor: Actor, cast: Cast, *, now: datetime) -> None:
    """Let the group collect problems, decide, act, meet, publish and write, in order of time.

    The actor's group has had a schedule for as long as there are letters.
    """
    require(actor, Permission.ADMINISTER)
    collected: dict[int, Problem] = {}  # by place in the stories
    _take_turns(
        [
            *(_follow(session, actor, n, collected, now) for n in range(len(work.STORIES))),
            *(_act(session, actor, deed, collected, now) for deed in work.DEEDS),
            sending.settle(session, actor, cast, now),
            *(sending.ask(session, actor, cast, asked, now) for asked in letters.ASKED),
            sending.name(session, actor, cast, now),
            *(_meet(session, actor, cast, n, now) for n in range(1, PUBLISHED + 1)),
        ]
    )
    _look_ahead(session, actor, now)


def _take_turns(tellings: Iterable[Telling]) -> None:
    """Let everything happen in the order of time; at the same moment in the order given."""
    first = [(next(telling, None), n, telling) for n, telling in enumerate(tellings)]
    due = [(at, n, telling) for at, n, telling in first if at is not None]
    heapify(due)
    while due:
        _, n, telling = heappop(due)
        following = next(telling, None)
        if following is not None:
            heappush(due, (following, n, telling))


def _follow(
    session: Session, actor: Actor, place: int, collected: dict[int, Problem], now: datetime
) -> Telling:
    story = work.STORIES[place]
    at = work.met(now, story.weeks[-1])
    yield at
    problem = collected[place] = _collect(session, actor, story, now, at)
    if story.closed:
        then = work.met(now, story.weeks_closed)
        yield then
        reason = Reason(story.closed)
        problems.close(session, actor, problem.id, reason, version=problem.version, now=then)


def _act(
    session: Session,
    actor: Actor,
    deed: work.Deed,
    collected: Mapping[int, Problem],
    now: datetime,
) -> Telling:
    at = work.met(now, deed.weeks_ago)
    yield at
    ids = {o.slug: o.id for o in access.organisations(session, actor)}
    draft = _deed(deed, ids[deed.owner], at, collected)
    store = actions.propose if draft.due is None else actions.decide
    made = store(session, actor, draft, now=at)
    for days, step in deed.steps:
        then = at + timedelta(days=days)
        yield then
        made = actions.move(session, actor, made.id, step, version=made.version, now=then)


def _meet(session: Session, actor: Actor, cast: Cast, weeks_back: int, now: datetime) -> Telling:
    """Meet over a closed week, fix its picture and send its letter, or only publish it."""
    period = Period.of(now, weekday=actor.group.meeting_weekday).previous(weeks_back)
    met = meeting_start(period, actor.group).astimezone(UTC)
    if met > now:
        return
    yield met
    if weeks_back in FIXED:
        _hold(session, actor, period, met)
        fixing.fix(session, actor, period, now=met)
        yield from sending.send(session, actor, cast, period, weeks_back, now)
    else:
        meetings.publish(session, actor, period, now=met)


def _hold(session: Session, actor: Actor, period: Period, met: datetime) -> None:
    sitting.open_(session, actor, period, PURPOSE, now=met)
    slugs = [o.slug for o in access.organisations(session, actor)]
    present = {slug: slug != "skola" for slug in slugs}
    sitting.attend(session, actor, period, present, now=met)
    found = viewing.view(session, actor, period, now=met)
    said = [
        Assessment(a.district.id, None, Word.WATCHED, SEEN)
        for a in found.assessed
        if a.needs_attention
    ]
    sitting.assess(session, actor, period, said, now=met)


def _look_ahead(session: Session, actor: Actor, now: datetime) -> None:
    """Note what is going on in the coming days."""
    today = now.astimezone(STOCKHOLM).date()
    for days, text in work.COMING:
        day = today + timedelta(days=days)
        sitting.expect(session, actor, Coming(new_id(), day, day, text), now=now)


def _collect(
    session: Session, actor: Actor, story: work.Story, now: datetime, at: datetime
) -> Problem:
    start, end = work.span(now, story)
    area = districts.district(session, actor, slug_of(story.district))
    wanted = Filter(district_id=area.id, category=story.category, start=start, end=end)
    rows = incidents.listing(session, actor, wanted, limit=LINKED)
    first = start.astimezone(STOCKHOLM).date()
    draft = ProblemDraft(
        new_id(),
        story.title,
        story.description,
        since=first,
        district=area.slug,
        direction=story.direction,
    )
    made = problems.add(session, actor, draft, now=at)
    for row in rows:
        problems.link(session, actor, made.id, row.reference, now=at)
    return made


def _deed(
    deed: work.Deed, owner_id: UUID, at: datetime, found: Mapping[int, Problem]
) -> ActionDraft:
    day = at.astimezone(STOCKHOLM).date()
    return ActionDraft(
        new_id(),
        deed.what,
        owner_id,
        deed.kind,
        due=None if deed.due_days is None else day + timedelta(days=deed.due_days),
        district=slug_of(deed.district),
        owner_role=deed.role,
        focus=deed.focus,
        problem="" if deed.problem is None else found[deed.problem].reference,
        category_group=deed.category_group,
    )
