"""How the address of a map page is read and written."""

from typing import Any

from flask import request, url_for

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.base.web import input_time
from lagesbild.districts import service as districts
from lagesbild.incidents.web import filters
from lagesbild.maps.rules import layers
from lagesbild.maps.rules.view import SPANS, View
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor


def read(session: Session, actor: Actor, slug: str | None) -> View:
    """Read what the address narrows the page to; without a week, the one the group looks at."""
    given = request.args
    organisation = given.get("organisation")
    return View(
        _period(session, actor, given.get("week")),
        _weeks(given.get("weeks") or "1"),
        districts.district(session, actor, slug) if slug else None,
        filters.category(session, actor),
        access.organisation_named(session, actor, organisation) if organisation else None,
        filters.verification(),
        filters.box(),
        filters.order(),
        layers.layers(given.get("lager", "")),
    )


def _period(session: Session, actor: Actor, week: str | None) -> Period:
    if week:
        return Period.named(week, weekday=actor.group.meeting_weekday)
    return meetings.shown_first(session, actor, now=clock.now())


def search(view: View) -> dict[str, str]:
    """Return the query of the list of all incidents, and of files, that finds the same."""
    query = view.query() | ({"district": view.district.slug} if view.district else {})
    query.pop("lager", "")
    if query.pop("weeks", ""):
        del query["week"]
        query |= {"from": input_time(view.start), "to": input_time(view.period.end)}
    return query


def _weeks(text: str) -> int:
    if text not in {str(weeks) for weeks in SPANS}:
        raise InvalidError("weeks", "Antalet veckor är 1, 4 eller 52.")
    return int(text)


def address(view: View, *, of: str = "maps", **changes: str | None) -> str:
    """Return the address of a view's page, or of what it fetches, with some things changed.

    `of` names the blueprint. None or nothing takes a thing away.
    """
    if of != "maps":
        changes = {"lager": None, **changes}  # what is fetched does not depend on it
    query: dict[str, Any] = {k: v for k, v in (view.query() | changes).items() if v}
    if view.district is None:
        return url_for(f"{of}.municipality", **query)
    return url_for(f"{of}.district", slug=view.district.slug, **query)


def tiles(view: View) -> str:
    """Return the address of a view's vector tiles, with {z}, {x} and {y} in it."""
    return address(view, of="map_tiles", z="0", x="0", y="0").replace("/0/0/0", "/{z}/{x}/{y}", 1)
