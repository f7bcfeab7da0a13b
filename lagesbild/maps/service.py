"""What a map and the list beside it show: permission, then incidents, figures and the frame."""

from datetime import datetime
from typing import NamedTuple

import orjson

from lagesbild.access import service as access
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District, Outline
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Listed, TimePrecision
from lagesbild.incidents.rules.moments import when_text
from lagesbild.maps import draw
from lagesbild.maps.draw import Frame, Tiles
from lagesbild.maps.rules import Layer, Row
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import Picture
from lagesbild.people.rules import Actor, Permission, require

MAX_ROWS = 1000


class Choice(NamedTuple):
    """What a page is narrowed to: a week, a district or all, a category or all."""

    period: Period
    district: District | None
    category: str | None  # a code, or the three letters of a group


def layer(session: Session, actor: Actor, choice: Choice) -> Layer:
    """Return the incidents that list and map show, newest first, at most `MAX_ROWS`."""
    require(actor, Permission.READ_WEEK)
    known = incidents.categories(session, actor)
    if choice.category and not any(code.startswith(choice.category) for code in known):
        raise InvalidError("category", "Typen finns inte. Välj en ur listan.")
    organisations = {o.id: o for o in access.organisations(session, actor)}
    found = incidents.listing(session, actor, _filter(choice), limit=MAX_ROWS + 1)
    counted = incidents.count(session, actor, _filter(choice, counted_only=True))
    rows = tuple(
        Row(
            row.reference,
            row.category,
            known[row.category].name,
            row.summary or "",
            row.place_text,
            when_text(row.occurred_from, row.occurred_to, TimePrecision(row.time_precision)),
            organisations.get(row.organisation_id),
            row.place_precision_m or 0,
            _geometry(row),
            row.shown,
            row.number,
        )
        for row in found[:MAX_ROWS]
    )
    if len(found) > MAX_ROWS:
        return Layer(rows, 0, is_cut=True)
    return Layer(rows, sum(row.number for row in rows) - counted.number, is_cut=False)


def _filter(choice: Choice, *, counted_only: bool = False) -> Filter:
    return Filter(
        district_id=choice.district.id if choice.district else None,
        start=choice.period.start,
        end=choice.period.end,
        category=choice.category,
        counted_only=counted_only,
    )


def _geometry(row: Listed) -> dict[str, object] | None:
    return orjson.loads(row.place) if row.place else None


def picture(session: Session, actor: Actor, period: Period, *, now: datetime) -> Picture:
    """Return the figures of every district in a week."""
    require(actor, Permission.READ_WEEK)
    return meetings.picture(session, actor, period, now=now)


def outlines(session: Session, actor: Actor, period: Period) -> list[Outline]:
    """Return the outlines that held at the end of a week."""
    require(actor, Permission.READ_NAMES)
    return districts.outlines(session, actor, on=period.last_day)


def frame(
    actor: Actor, found: list[Outline], district: District | None, tiles: Tiles, *, nonce: str
) -> Frame:
    """Return the frame of a map over outlines, for one request."""
    require(actor, Permission.READ_WEEK)
    chosen = district.id if district else None
    return draw.frame(tuple(found), chosen, tiles).with_nonce(nonce)
