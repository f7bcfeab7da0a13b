"""Areas and words of the published weeks, for who sees nothing else of the map."""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.analysis.rules.reduction import OF_THE_LETTER, number_text
from lagesbild.base.db import publications
from lagesbild.base.errors import NotFoundError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Outline
from lagesbild.maps.rules.published import Edition, chosen, weeks_of
from lagesbild.maps.service import published as service
from lagesbild.maps.web import ground
from lagesbild.maps.web.labels import Label, word_of
from lagesbild.people.rules import Actor


def page(actor: Actor, slug: str | None) -> ResponseReturnValue:
    """Show the areas of a published week, or one of them through all published weeks.

    The week is all that an address can choose: more would let readers take differences.
    """
    with publications(actor.gate) as session:
        editions = service.editions(session, actor)
        edition = chosen(editions, request.args.get("week") or None)
        if edition is None and editions:
            raise NotFoundError("Den veckan är inte publicerad.")
        if edition is None:
            return render_template("maps/published.html", edition=None, area=None)
        area = edition.area(slug) if slug else None
        if slug and area is None:
            raise NotFoundError("Det området finns inte den veckan.")
        found = service.outlines(session, actor, edition.period)
        drawn = service.frame(actor, found, edition.areas, slug, ground.tiles())
        schematic = districts.is_schematic(session, actor, on=edition.period.last_day)
    return render_template(
        "maps/published.html",
        edition=edition,
        editions=editions,
        area=area,
        history=weeks_of(editions, area.slug) if area else [],
        number_text=number_text,
        counted=OF_THE_LETTER,
        frame=drawn.with_nonce(g.nonce),
        labels=[_label(outline, edition) for outline in found],
        has_tiles=bool(ground.tiles().url),
        ground=ground.under(),
        schematic=schematic,
    )


def _label(outline: Outline, edition: Edition) -> Label:
    known = outline.district
    area = edition.area(known.slug)
    mark = area.mark if area else None
    return Label(
        known.name,
        outline.label_longitude,
        outline.label_latitude,
        number_text(area.number) if area else "",
        url_for("maps.district", slug=known.slug, week=edition.period.name),
        mark or "",
        word_of(mark),
    )
