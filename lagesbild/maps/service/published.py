"""The published weeks on a map: frozen and reduced, by the reader login alone."""

from collections.abc import Sequence

from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Outline
from lagesbild.maps.draw import frame as frames
from lagesbild.maps.draw.frame import Frame, Tiles
from lagesbild.maps.rules.published import Area, Edition, edition_of
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Permission, require


def editions(session: Session, actor: Actor) -> list[Edition]:
    """Return every published week in its last version, the newest first."""
    require(actor, Permission.READ_PUBLICATION)
    weekday = actor.group.meeting_weekday
    return [edition_of(each, weekday=weekday) for each in meetings.editions(session, actor)]


def outlines(session: Session, actor: Actor, period: Period) -> list[Outline]:
    """Return the outlines that held at the end of a week."""
    require(actor, Permission.READ_PUBLICATION)
    return districts.outlines(session, actor, on=period.last_day)


def frame(
    actor: Actor, found: Sequence[Outline], areas: Sequence[Area], slug: str | None, tiles: Tiles
) -> Frame:
    """Return the frame of a map of areas: one of them chosen, or each in its word's colour."""
    require(actor, Permission.READ_PUBLICATION)
    known = {outline.district.slug: outline.district.id for outline in found}
    marks = tuple((known[a.slug], a.mark) for a in areas if a.mark and a.slug in known)
    return frames.frame(tuple(found), known.get(slug or ""), tiles, marks)
