"""Putting a letter together, as it would leave at a moment. Nothing is stored.

Its figures are read by the reader login, so that a mistake here cannot let out what readers may
not have; its words are those that somebody approves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, publications, reading
from lagesbild.base.errors import NotFoundError
from lagesbild.digests.draw import letter as draw
from lagesbild.digests.draw.archive import as_json
from lagesbild.digests.draw.words import Basis, Covered, Head
from lagesbild.digests.rules import Form, Kind, Letter, Run, fingerprint, is_late
from lagesbild.digests.rules.checks import Check, checks
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.schedule import Schedule
from lagesbild.digests.rules.told import content_of
from lagesbild.digests.service import calendar, known
from lagesbild.digests.service.drafting import NO_LETTER, Draft, drafted, published
from lagesbild.digests.store import runs as store
from lagesbild.digests.store import schedule
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import MEAN_OF
from lagesbild.meetings.rules.publication import Publication
from lagesbild.meetings.rules.snapshot import Fixing
from lagesbild.meetings.service import fixing
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Organisation, Permission, require
from lagesbild.people.rules import Kind as Sort

SAID = {Sort.MUNICIPALITY: "kommun", Sort.POLICE: "polis", Sort.FIRE: "brandförsvar"}
SECRET = frozenset("CD")
_NONE = {"this": None, "last": None, "mean": None, "year": None}
NO_FIGURES = {"districts": [], "unplaced": _NONE, "total": _NONE, "coverage": []}


@dataclass(frozen=True)
class Composed:
    """A letter as it would leave, in each of its forms, and what the checks say of it."""

    draft: Draft
    settled: Schedule
    number: int
    letters: Mapping[Form, Letter]
    checks: Sequence[Check]
    publication_id: UUID | None

    @property
    def seen(self) -> str:
        """What stands for all that somebody has seen when they approve."""
        return fingerprint(self.letters[Form.FULL]).hex()

    @property
    def is_stopped(self) -> bool:
        """Whether a check says that it must not leave."""
        return any(check.stops for check in self.checks)

    @property
    def is_clean(self) -> bool:
        """Whether no check has a remark."""
        return all(check.is_well for check in self.checks)


@dataclass(frozen=True)
class _Inside:
    """What the group's side knows of a letter."""

    draft: Draft
    settled: Schedule
    number: int
    fixed_at: datetime | None
    organisations: Sequence[str]
    known: Sequence[KnownEvent]
    last: str | None
    next_day: date | None
    secret: Sequence[str]


def composed(actor: Actor, run_id: UUID, *, base_url: str, now: datetime) -> Composed:
    """Return a letter as it would leave now."""
    require(actor, Permission.READ_DIGEST)
    with reading(actor.gate) as session:
        inside = _inside(session, actor, run_id)
    with publications(actor.gate) as session:
        basis = _basis(session, actor, inside, (base_url, now))
    return _drawn(inside, basis)


def supposed(
    session: Session, actor: Actor, run_id: UUID, *, base_url: str, now: datetime
) -> Composed:
    """Return a letter of which nothing is committed: all of it read by the session that made it."""
    require(actor, Permission.READ_DIGEST)
    inside = _inside(session, actor, run_id)
    return _drawn(inside, _basis(session, actor, inside, (base_url, now)))


def _drawn(inside: _Inside, basis: Basis) -> Composed:
    letters = {form: draw.compose(basis, form) for form in Form}
    full = letters[Form.FULL]
    letters[Form.FULL] = replace(full, content=as_json(basis, full))
    found = checks(basis, full, inside.secret)
    is_letter = inside.draft.run.kind is Kind.LETTER
    return Composed(
        inside.draft,
        inside.settled,
        inside.number,
        letters,
        found,
        basis.publication.id if is_letter else None,
    )


def _inside(session: Session, actor: Actor, run_id: UUID) -> _Inside:
    group = actor.group
    run = store.one(session, group, run_id)
    if run is None or not run.kind.is_letter:
        raise NotFoundError(NO_LETTER)
    period = Period.named(run.week, weekday=group.meeting_weekday)
    categories = incidents.categories(session, actor)
    return _Inside(
        drafted(session, actor, run),
        schedule.schedule(session, group),
        _number(session, actor, run),
        _fixed_at(session, actor, run, period),
        [_said(each) for each in people.organisations(session, group)],
        known.approved(session, actor, run.week),
        store.last_sent(session, group, before=run.week),
        calendar.next_day(session, actor, period),
        [said for c in categories.values() if c.sensitivity in SECRET for said in (c.name, c.code)],
    )


def _number(session: Session, actor: Actor, run: Run) -> int:
    """Return the number that a letter has or would get; a correction has that of the first."""
    if run.number is not None:
        return run.number
    if run.kind is Kind.LETTER and run.version > 1:
        first = store.of_version(session, actor.group, run.week, Kind.LETTER, 1)
        if first is not None and first.number is not None:
            return first.number
    return store.next_number(session, actor.group, run.week[:4])


def _fixed_at(session: Session, actor: Actor, run: Run, period: Period) -> datetime | None:
    if run.kind is Kind.EXTRA:
        return run.due_at
    heads = [each.head for each in fixing.fixed(session, actor, period)]
    return next((head.fixed_at for head in heads if head.kind is Fixing.ORDINARY), None)


def _said(organisation: Organisation) -> str:
    return SAID.get(organisation.kind, organisation.name)


def _basis(session: Session, actor: Actor, inside: _Inside, at: tuple[str, datetime]) -> Basis:
    """Return what a letter is made from, by the reader login; `at`: the site, and the moment."""
    base_url, now = at
    run, settled = inside.draft.run, inside.settled
    period = Period.named(run.week, weekday=actor.group.meeting_weekday)
    publication = _publication(session, actor, run, period)
    is_letter = run.kind is Kind.LETTER  # an extra one is about what has just happened
    return Basis(
        actor.group,
        period,
        publication,
        districts.outlines(session, actor, on=period.last_day),
        districts.is_schematic(session, actor, on=period.last_day),
        run.due_at,
        is_late(run.due_at, now) and run.is_timed,
        base_url,
        next_day=inside.next_day,
        wording=inside.draft.latest,
        known=inside.known,
        head=Head(
            number=f"{run.week[:4]}:{inside.number}",
            version=run.version,
            role=settled.role,
            organisations=inside.organisations,
            fixed_at=inside.fixed_at,
            contact=settled.contact,
            record=settled.record,
            kind=run.kind,
        ),
        covers=_covered(session, actor, inside.last, period) if is_letter else (),
        recent=_recent(session, actor, publication, period),
    )


def _covered(session: Session, actor: Actor, last: str | None, period: Period) -> list[Covered]:
    """Return the weeks between the last letter that has left and this one."""
    if last is None:
        return []
    since = Period.named(last, weekday=actor.group.meeting_weekday)
    return [Covered(*each) for each in meetings.totals_between(session, actor, since, period)]


def _recent(
    session: Session, actor: Actor, publication: Publication, period: Period
) -> list[int | None]:
    """Return the told totals of a week and the three before, the newest first."""
    before = meetings.totals_between(session, actor, period.previous(MEAN_OF), period)
    return [content_of(publication.content).total.this, *(n for _, n in reversed(before))]


def _publication(session: Session, actor: Actor, run: Run, period: Period) -> Publication:
    """Return the newest publication of a week; an extra letter has no figures."""
    if run.kind is Kind.EXTRA:
        return Publication(run.id, run.week, run.made_at, NO_FIGURES, 1, run.made_at)
    return published(session, actor, period)
