"""Districts and the municipality on a map, with the same rows in a list beside it."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.analysis.rules.marks import Judgement, Mark
from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, reading
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Outline
from lagesbild.incidents.rules import Verification
from lagesbild.incidents.web import filters, words
from lagesbild.incidents.web.choices import choices
from lagesbild.maps import rules
from lagesbild.maps.draw.frame import Tiles
from lagesbild.maps.rules.view import SPANS, View
from lagesbild.maps.service import showing
from lagesbild.maps.web import view as views
from lagesbild.maps.web.data import MAX_POINTS
from lagesbild.meetings.rules import Picture
from lagesbild.meetings.rules.sentences import TEXT, coverage
from lagesbild.meetings.web.week import for_readers
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

WEEKS = 12  # to choose from
LISTED = 200  # rows of a page

bp = Blueprint("maps", __name__)


class Label(NamedTuple):
    """A district's name on a map, and where it stands."""

    name: str
    longitude: float
    latitude: float
    number: int
    link: str
    mark: str  # empty where the page tells none
    word: str  # of the mark; empty where nobody can tell


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
        view = views.read(session, actor, None)
        whole = showing.picture(session, actor, view.period, now=clock.now())
        judged = {district.id: whole.judged(figures) for district, figures in whole.districts}
        page = _map(session, actor, view, whole, judged)
    return render_template(
        "maps/list.html", picture=whole, judged=judged, coverage=coverage(whole), **page
    )


@bp.get("/omraden/<slug>")
def district(slug: str) -> ResponseReturnValue:
    """Show a district's incidents of a week, on the map and in the list."""
    return _page(slug)


@bp.get("/karta")
def municipality() -> ResponseReturnValue:
    """Show the incidents of a week in all districts, on the map and in the list."""
    return _page(None)


def _page(slug: str | None) -> ResponseReturnValue:
    actor = current_actor()
    if elsewhere := _for_readers(actor):
        return elsewhere
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        after = filters.cursor(view.order)
        listed = showing.rows(session, actor, view, limit=LISTED, after=after)
        whole = showing.picture(session, actor, view.period, now=clock.now())
        page = _map(session, actor, view, whole, {}) | {
            "found": showing.numbers(session, actor, view),
            "chosen": choices(session, actor),
        }
    figures = rules.figures_of(whole, view.district)
    judged = whole.judged(figures)
    return render_template(
        "maps/district.html",
        rows=listed.rows,
        older=filters.cursor_text(listed.after) if listed.after else None,
        picture=whole,
        figures=figures,
        judged=judged,
        trend=showing.trend(actor, whole, figures, judged),
        coverage=coverage(whole),
        is_first=after is None,
        most=MAX_POINTS,
        search=views.search(view),
        data=views.address(view, of="map_data"),
        **page,
    )


def _for_readers(actor: Actor) -> ResponseReturnValue | None:
    """Return the way to the letter whose numbers lead here, for who gets nothing else."""
    name = request.args.get("week")
    if not name:
        return None
    return for_readers(actor, Period.named(name, weekday=actor.group.meeting_weekday))


def _map(
    session: Session, actor: Actor, view: View, whole: Picture, judged: Mapping[UUID, Judgement]
) -> dict[str, object]:
    """Return what every page with a map shows of a view, with the marks that it tells."""
    period, now = view.period, clock.now()
    found = showing.outlines(session, actor, period)
    drawn = showing.frame(actor, found, view.district, _tiles(), judged)
    running = Period.of(now, weekday=actor.group.meeting_weekday)
    recent = [running.previous(n) for n in range(WEEKS)]
    return {
        "view": view,
        "area": view.district,
        "period": period,
        "is_running": period.end > now,
        "weeks": recent if period in recent else [*recent, period],
        "spans": SPANS,
        "statuses": {v: words.VERIFICATION[v] for v in Verification},
        "words": words,
        "frame": drawn.with_nonce(g.nonce),
        "labels": [_label(outline, view, whole, judged) for outline in found],
        "has_tiles": bool(_tiles().url),
        "schematic": districts.is_schematic(session, actor, on=period.last_day),
        "address": partial(views.address, view),
    }


def _tiles() -> Tiles:
    config = current_app.config
    return Tiles(config["TILES_URL"], config["TILES_ATTRIBUTION"])


def _label(outline: Outline, view: View, whole: Picture, judged: Mapping[UUID, Judgement]) -> Label:
    known = outline.district
    mark = judged[known.id].mark if known.id in judged else None
    return Label(
        known.name,
        outline.label_longitude,
        outline.label_latitude,
        rules.figures_of(whole, known).this,
        url_for("maps.district", slug=known.slug, week=view.period.name),
        mark or "",
        TEXT[mark] if mark and mark not in {Mark.FEW, Mark.OPEN} else "",
    )
