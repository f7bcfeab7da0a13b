"""What stands on the map of a sheet: incidents taken together, and signs of what goes on."""

from collections.abc import Callable, Sequence
from uuid import UUID

from lagesbild.base.db import Session
from lagesbild.incidents.rules import UNCERTAIN_M
from lagesbild.incidents.rules.crowds import Crowd, Pane
from lagesbild.incidents.service import crowds as counting
from lagesbild.maps.draw import sheet as drawing
from lagesbild.maps.draw.sheet_areas import position_in_metres
from lagesbild.maps.draw.sheet_layout import Layout
from lagesbild.maps.rules import sheet as rules
from lagesbild.maps.rules.ongoing import Ongoing
from lagesbild.maps.rules.sheet import Sign, Spot
from lagesbild.maps.rules.view import View
from lagesbild.people.rules import Actor, Kind, Permission, require


def spots(
    session: Session, actor: Actor, view: View, page: Layout, kind_of: Callable[[UUID], Kind]
) -> list[Spot]:
    """Return the incidents of a view that lie in the frame, those that are close taken together.

    `kind_of` says what an organisation is.
    """
    require(actor, Permission.READ_WEEK)
    near, ground = drawing.near_m(page), page.ground
    pane = Pane(ground.west, ground.south, ground.east, ground.north, near)
    found = counting.crowds(session, actor, view.filter(), pane)
    return [_spot(crowd, rows, kind_of) for crowd, rows in rules.gathered(found, near)]


def signs(actor: Actor, found: Sequence[Ongoing], page: Layout) -> list[Sign]:
    """Return the signs of what goes on that stand in the frame; the words have the others."""
    require(actor, Permission.READ_WEEK)
    placed = []
    for each in found:
        if each.spot.at is None:
            continue
        east, north = position_in_metres(each.spot.at)
        if page.ground.holds(east, north):
            placed.append(Sign(east, north, (each.kind,), has_stem=each.spot.incidents > 0))
    return rules.signs_apart(placed, drawing.near_m(page))


def _spot(crowd: Crowd, rows: int, kind_of: Callable[[UUID], Kind]) -> Spot:
    is_alone = rows == 1
    reach = crowd.precision_m or 0
    return Spot(
        crowd.east,
        crowd.north,
        rows,
        crowd.category[:3],
        kind_of(crowd.organisation_id),
        reach if is_alone and reach >= UNCERTAIN_M and not crowd.shape else 0,
        crowd.shape if is_alone else None,
        unsure_time=is_alone and crowd.unsure_time,
    )
