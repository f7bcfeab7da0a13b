"""What the page of a meeting shows of a week, and of one district in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules import Window
from lagesbild.analysis.rules.cells import MOST, Cell, CellCount, standing_out
from lagesbild.analysis.rules.marks import BASELINE, Judgement
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.districts.rules import District
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Category, Filter, Listed
from lagesbild.incidents.store import read
from lagesbild.meetings.rules import Figures, Picture, assessing, letters
from lagesbild.meetings.rules.assessing import Assessed
from lagesbild.meetings.rules.sentences import by_deviation
from lagesbild.meetings.rules.series import Meeting
from lagesbild.meetings.service import series
from lagesbild.meetings.service.composing import figures
from lagesbild.meetings.service.sitting import Written, pulse, written
from lagesbild.meetings.service.week import windows_of
from lagesbild.people.rules import Actor, Permission, require

HIDDEN_WHEN_SHARED = frozenset("CD")
MOST_ROWS = 500


@dataclass(frozen=True)
class View:
    """A week as the group sees it while it meets, the largest deviation first."""

    period: Period
    meeting: Meeting
    picture: Picture
    rows: list[tuple[District, Figures, Judgement]]
    written: Written
    assessed: list[Assessed]
    pulse: str = ""  # how everything stood when this was read, or a little before

    @property
    def starts_at(self) -> datetime:
        """When the group meets, or would have met."""
        return self.meeting.starts_at

    def row(self, slug: str | None) -> int:
        """Return which row a district has; the first where there is none of that name."""
        return next((i for i, row in enumerate(self.rows) if row[0].slug == slug), 0)


@dataclass(frozen=True)
class Closer:
    """One district looked at: what stands out, what happened, and how much the screen hides."""

    cells: list[Cell]
    happened: list[Listed]
    hidden: int
    is_cut: bool


def view(session: Session, actor: Actor, period: Period, *, now: datetime) -> View:
    """Return what every step of a meeting shows."""
    require(actor, Permission.READ_WEEK)
    before = pulse(session, actor, now=now)
    picture = figures(session, actor, period, known_at=now)
    rows = by_deviation(picture)
    notes = written(session, actor, period)
    return View(
        period,
        series.meeting(session, actor, period),
        picture,
        rows,
        notes,
        assessing.assessed(rows, notes.said),
        before,
    )


def closer(
    session: Session, actor: Actor, found: View, district: District, *, shared: bool
) -> Closer:
    """Return what stands out in a district and what happened there.

    `shared` leaves out types C and D: the screen may be seen by whoever passes.
    """
    require(actor, Permission.READ_WEEK)
    period = found.period
    known = incidents.categories(session, actor)
    wanted = Filter(district_id=district.id, start=period.start, end=period.end)
    rows = incidents.listing(session, actor, wanted, limit=MOST_ROWS + 1)
    cells = [
        cell
        for cell in stand_outs(session, actor, found.picture)
        if cell.district_id == district.id and not (shared and _is_hidden(cell.category, known))
    ]
    seen = [row for row in rows if not (shared and _is_hidden(row.category, known))]
    return Closer(cells[:MOST], seen[:MOST_ROWS], len(rows) - len(seen), len(rows) > MOST_ROWS)


def stand_outs(session: Session, actor: Actor, picture: Picture) -> list[Cell]:
    """Return which kinds of events stand out in which districts, the greatest excess first."""
    require(actor, Permission.READ_WEEK)
    return standing_out(_counts(session, actor, picture, None), weeks=picture.weeks_known)


def counts_outside(session: Session, actor: Actor, picture: Picture) -> list[CellCount]:
    """Return how many of each kind in each district may be counted outside the group.

    They are of a picture's week and of those that it is compared with.
    """
    require(actor, Permission.READ_WEEK)
    return _counts(session, actor, picture, read.open_codes(session))


def _counts(
    session: Session, actor: Actor, picture: Picture, open_codes: Sequence[str] | None
) -> list[CellCount]:
    periods = [picture.period.previous(n) for n in range(BASELINE + 1)]
    return analysis.cells(
        session,
        actor.group.municipality_id,
        windows_of(session, actor, periods, known_at=picture.known_at),
        known_at=picture.known_at,
        open_codes=open_codes,
    )


def left_out(
    session: Session, actor: Actor, period: Period, *, now: datetime
) -> list[tuple[str, int]]:
    """Return why incidents of a week are not counted in the letter, with how many for each."""
    require(actor, Permission.READ_WEEK)
    kept = analysis.kept_inside(
        session,
        actor.group.municipality_id,
        Window(period.start, period.end, now),
        open_codes=read.open_codes(session),
        known_at=now,
    )
    return letters.left_out(kept, incidents.categories(session, actor))


def _is_hidden(code: str, known: dict[str, Category]) -> bool:
    return known[code].sensitivity in HIDDEN_WHEN_SHARED
