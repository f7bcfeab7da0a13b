"""Districts and the municipality on a map, with the same rows in a list beside it."""

from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, reading
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Outline
from lagesbild.incidents.web import words
from lagesbild.maps import rules, service
from lagesbild.maps.draw import Tiles
from lagesbild.maps.service import Choice
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import Picture
from lagesbild.meetings.rules.sentences import coverage
from lagesbild.meetings.web.week import for_readers
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

GEOJSON = "application/geo+json"
WEEKS = 12  # to choose from

bp = Blueprint("maps", __name__)


class Label(NamedTuple):
    """A district's name on a map, and where it stands."""

    name: str
    longitude: float
    latitude: float
    number: int
    link: str


@bp.before_app_request
def allow_tiles() -> None:
    """Let pages fetch the background of maps from the tile server, if one is set."""
    parts = urlsplit(current_app.config["TILES_URL"])
    if parts.netloc:
        g.tile_host = f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


@bp.get("/omraden")
def listing() -> ResponseReturnValue:
    """Show every district with the figures of the week."""
    actor = current_actor()
    with reading(actor.gate) as session:
        choice = _choice(session, actor, None)
        whole = service.picture(session, actor, choice.period, now=clock.now())
        page = _map(session, actor, choice, whole)
    return render_template("maps/list.html", picture=whole, coverage=coverage(whole), **page)


@bp.get("/omraden/<slug>")
def district(slug: str) -> ResponseReturnValue:
    """Show a district's incidents of a week, on the map and in the list."""
    return _page(slug)


@bp.get("/karta")
def municipality() -> ResponseReturnValue:
    """Show the incidents of a week in all districts, on the map and in the list."""
    return _page(None)


@bp.get("/omraden/<slug>/handelser.geojson")
def district_incidents(slug: str) -> ResponseReturnValue:
    """Return the rows of a district's page as a FeatureCollection."""
    return _features(slug)


@bp.get("/karta/handelser.geojson")
def municipality_incidents() -> ResponseReturnValue:
    """Return the rows of the municipality's page as a FeatureCollection."""
    return _features(None)


@bp.get("/omraden/granser.geojson")
def outlines() -> ResponseReturnValue:
    """Return the outlines of all districts, for picking a place."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = districts.outlines(session, actor, on=clock.now().date())
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "geometry": orjson.Fragment(o.geojson),
            "properties": {"name": o.district.name, "slug": o.district.slug},
        }
        for o in found
    ]
    answer = _geojson(features)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _page(slug: str | None) -> ResponseReturnValue:
    actor = current_actor()
    if elsewhere := _for_readers(actor):
        return elsewhere
    with reading(actor.gate) as session:
        choice = _choice(session, actor, slug)
        layer = service.layer(session, actor, choice)
        whole = service.picture(session, actor, choice.period, now=clock.now())
        page = _map(session, actor, choice, whole)
    query = {"week": choice.period.name} | (
        {"category": choice.category} if choice.category else {}
    )
    return render_template(
        "maps/district.html",
        layer=layer,
        figures=rules.figures_of(whole, choice.district),
        coverage=coverage(whole),
        query=query,
        data=_address(choice, "_incidents", week=choice.period.name, category=choice.category),
        groups=words.GROUP,
        max_rows=service.MAX_ROWS,
        **page,
    )


def _features(slug: str | None) -> ResponseReturnValue:
    actor = current_actor()
    with reading(actor.gate) as session:
        layer = service.layer(session, actor, _choice(session, actor, slug))
    return _geojson(
        [
            rules.feature(row, link=url_for("incidents.one", name=row.reference))
            for row in layer.rows
        ]
    )


def _for_readers(actor: Actor) -> ResponseReturnValue | None:
    """Return the way to the letter whose numbers lead here, for who gets nothing else."""
    name = request.args.get("week")
    if not name:
        return None
    return for_readers(actor, Period.named(name, weekday=actor.group.meeting_weekday))


def _choice(session: Session, actor: Actor, slug: str | None) -> Choice:
    """Read what the address narrows the page to; without a week, the one the group looks at."""
    first = meetings.shown_first(session, actor, now=clock.now())  # asks for the permission
    name = request.args.get("week")
    return Choice(
        Period.named(name, weekday=actor.group.meeting_weekday) if name else first,
        districts.district(session, actor, slug) if slug else None,
        privacy.redacted(request.args.get("category", "")) or None,
    )


def _map(session: Session, actor: Actor, choice: Choice, whole: Picture) -> dict[str, object]:
    """Return what every page with a map shows of the choice."""
    period, now = choice.period, clock.now()
    found = service.outlines(session, actor, period)
    running = Period.of(now, weekday=actor.group.meeting_weekday)
    recent = [running.previous(n) for n in range(WEEKS)]
    return {
        "area": choice.district,
        "period": period,
        "is_running": period.end > now,
        "weeks": recent if period in recent else [*recent, period],
        "frame": service.frame(actor, found, choice.district, _tiles(), nonce=g.nonce),
        "labels": [_label(outline, choice, whole) for outline in found],
        "has_tiles": bool(_tiles().url),
        "schematic": districts.is_schematic(session, actor, on=period.last_day),
        "address": partial(_address, choice),
    }


def _tiles() -> Tiles:
    config = current_app.config
    return Tiles(config["TILES_URL"], config["TILES_ATTRIBUTION"])


def _address(
    choice: Choice, ending: str = "", *, week: str | None = None, category: str | None = None
) -> str:
    if choice.district is None:
        return url_for(f"maps.municipality{ending}", week=week, category=category)
    slug = choice.district.slug
    return url_for(f"maps.district{ending}", slug=slug, week=week, category=category)


def _label(outline: Outline, choice: Choice, whole: Picture) -> Label:
    known = outline.district
    return Label(
        known.name,
        outline.label_longitude,
        outline.label_latitude,
        rules.figures_of(whole, known).this,
        url_for("maps.district", slug=known.slug, week=choice.period.name),
    )


def _geojson(features: list[dict[str, object]]) -> Response:
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, mimetype=GEOJSON)
