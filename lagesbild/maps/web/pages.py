"""Districts and the municipality on a map, with the same rows in a list beside it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from lagesbild.analysis.rules.marks import Judgement
from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, reading
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Outline
from lagesbild.incidents.rules import Verification
from lagesbild.incidents.service import over_time
from lagesbild.incidents.web import filters, words
from lagesbild.incidents.web.choices import choices
from lagesbild.maps import rules
from lagesbild.maps.rules import layers
from lagesbild.maps.rules.view import SPANS, View
from lagesbild.maps.service import showing
from lagesbild.maps.web import beside, ground, published, sheet
from lagesbild.maps.web import view as views
from lagesbild.maps.web.data import MAX_POINTS
from lagesbild.maps.web.labels import Label, word_of
from lagesbild.meetings.rules import Picture
from lagesbild.meetings.rules.sentences import coverage
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor

WEEKS = 12  # to choose from
LISTED = 100  # rows of a page

bp = Blueprint("maps", __name__)


@bp.get("/omraden")
def listing() -> ResponseReturnValue:
    """Show every district with the figures of the week."""
    actor = current_actor()
    if not actor.may(Permission.READ_WEEK):
        return published.page(actor, None)
    with reading(actor.gate) as session:
        view = views.read(session, actor, None)
        whole = showing.picture(session, actor, view.period, now=clock.now())
        judged = {district.id: whole.judged(figures) for district, figures in whole.districts}
        first = over_time.first(session, actor, until=clock.now())
        page = _map(session, actor, view, whole, judged, first)
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
    if not actor.may(Permission.READ_WEEK):
        return published.page(actor, slug)
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        after = filters.cursor(view.order)
        listed = showing.rows(session, actor, view, limit=LISTED, after=after, with_borders=True)
        whole = showing.picture(session, actor, view.period, now=clock.now())
        found = showing.numbers(session, actor, view)
        first = over_time.first(session, actor, until=clock.now())
        chosen = choices(session, actor)
        page = _map(session, actor, view, whole, {}, first) | {
            "found": found,
            "chosen": chosen,
            **beside.shown(session, actor, view, whole, first),
            "on_paper": sheet.on_paper(session, actor, view, chosen),
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
        search=views.search(view),
        data=views.address(view, of="map_data"),
        grid=views.address(view, of="map_layers"),
        ongoing=views.address(view, of="map_ongoing"),
        why=layers.TOO_FEW if found.number - found.unplaced < layers.MIN_NUMBER else "",
        tiles=views.tiles(view) if found.rows > MAX_POINTS else "",
        **page,
    )


def _map(
    session: Session,
    actor: Actor,
    view: View,
    whole: Picture,
    judged: Mapping[UUID, Judgement],
    first: datetime | None,
) -> dict[str, object]:
    """Return what every page with a map shows of a view, with the marks that it tells.

    There are figures since `first`.
    """
    period, now = view.period, clock.now()
    found = showing.outlines(session, actor, period)
    drawn = showing.frame(actor, found, view.district, ground.tiles(), judged)
    running = Period.of(now, weekday=actor.group.meeting_weekday)
    recent = [running.previous(n) for n in range(WEEKS)]
    return {
        "view": view,
        "area": view.district,
        "period": period,
        "is_running": period.end > now,
        "weeks": recent if period in recent else [*recent, period],
        "spans": SPANS,
        "slide": beside.slider(actor, period, first),
        "statuses": {v: words.VERIFICATION[v] for v in Verification},
        "words": words,
        "frame": drawn.with_nonce(g.nonce),
        "labels": [_label(outline, view, whole, judged) for outline in found],
        "has_tiles": bool(ground.tiles().url),
        "ground": ground.choices(session, actor),
        "schematic": districts.is_schematic(session, actor, on=period.last_day),
        "address": partial(views.address, view),
    }


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
        word_of(mark),
    )
