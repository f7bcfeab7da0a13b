"""The incidents, the figures and the frame of a map page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from lagesbild.access import service as access
from lagesbild.analysis.rules.marks import Judgement
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.geo import Tile
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District, Outline
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Category, Cursor, Found, Listed, TimePrecision
from lagesbild.incidents.rules.moments import is_unsure, when_text
from lagesbild.incidents.service import bordering, tiles
from lagesbild.maps.draw import frame as frames
from lagesbild.maps.draw import trend as trends
from lagesbild.maps.draw.frame import Frame, Tiles
from lagesbild.maps.draw.trend import Trend
from lagesbild.maps.rules import Row, Rows
from lagesbild.maps.rules.view import View
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import Figures, Picture
from lagesbild.people.rules import Actor, Organisation, Permission, require


def rows(
    session: Session,
    actor: Actor,
    view: View,
    *,
    limit: int,
    after: Cursor | None = None,
    with_borders: bool = False,
) -> Rows:
    """Return what list and map say of the incidents of a view, in its order, at most `limit`.

    With borders each that is shown exactly says whose border it lies near.
    """
    require(actor, Permission.READ_WEEK)
    known = incidents.categories(session, actor)
    organisations = {o.id: o for o in access.organisations(session, actor)}
    found = incidents.listing(session, actor, view.filter(), limit=limit + 1, after=after)
    near = bordering.near_each(session, actor, found[:limit]) if with_borders else {}
    return Rows(
        tuple(
            _row(row, known[row.category], organisations, near.get(row.reference))
            for row in found[:limit]
        ),
        found[limit - 1].cursor(view.order) if len(found) > limit else None,
    )


def _row(
    row: Listed,
    category: Category,
    organisations: Mapping[UUID, Organisation],
    near: District | None,
) -> Row:
    precision = TimePrecision(row.time_precision)
    return Row(
        row.reference,
        row.category,
        category.name,
        row.summary or "",
        row.place_text,
        when_text(row.occurred_from, row.occurred_to, precision),
        organisations.get(row.organisation_id),
        row.place_precision_m or 0,
        _geometry(row),
        row.shown,
        row.number,
        is_unsure(row.occurred_from, row.occurred_to, precision),
        near=near.name if near else "",
    )


def tile(session: Session, actor: Actor, view: View, of: Tile) -> bytes:
    """Return a view's incidents in a vector tile: counted, and exactly where one stands alone."""
    require(actor, Permission.READ_WEEK)
    return tiles.tile(session, actor, view.filter(), of)


def edition(session: Session, actor: Actor, *, now: datetime) -> str:
    """Return a word that is another one when the tiles of the same view can have changed."""
    require(actor, Permission.READ_WEEK)
    return tiles.edition(session, actor, now=now)


def numbers(session: Session, actor: Actor, view: View) -> Found:
    """Return how many incidents a view holds."""
    require(actor, Permission.READ_WEEK)
    return incidents.count(session, actor, view.filter())


def _geometry(row: Listed) -> dict[str, object] | None:
    return orjson.loads(row.place) if row.place else None


def picture(session: Session, actor: Actor, period: Period, *, now: datetime) -> Picture:
    """Return the figures of every district in a week."""
    require(actor, Permission.READ_WEEK)
    return meetings.picture(session, actor, period, now=now)


def trend(actor: Actor, whole: Picture, figures: Figures, judged: Judgement) -> Trend | None:
    """Return the weeks of a district as bars, or None where nothing is known of weeks before."""
    require(actor, Permission.READ_WEEK)
    known = whole.weeks_known
    if not known:
        return None
    skipped = len(figures.history) - known
    return trends.trend(
        whole.period,
        (*figures.history[skipped:], figures.this),
        expected=judged.expected,
        limit=judged.limit,
        breaks=tuple(n - skipped for n in whole.breaks if n > skipped),
    )


def outlines(session: Session, actor: Actor, period: Period) -> list[Outline]:
    """Return the outlines that held at the end of a week."""
    require(actor, Permission.READ_NAMES)
    return districts.outlines(session, actor, on=period.last_day)


def frame(
    actor: Actor,
    found: Sequence[Outline],
    district: District | None,
    tiles: Tiles,
    judged: Mapping[UUID, Judgement],
) -> Frame:
    """Return the frame of a map over outlines: one of them chosen, or each in its mark's colour."""
    require(actor, Permission.READ_WEEK)
    marks = tuple((id_, each.mark) for id_, each in judged.items())
    return frames.frame(tuple(found), district.id if district else None, tiles, marks)
