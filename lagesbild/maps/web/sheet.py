"""A map page on paper: the sheet of a view as PDF, and as a picture."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import Session, reading, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import version_on
from lagesbild.incidents.web import words
from lagesbild.maps.draw import sheet_files
from lagesbild.maps.rules import sheet as texts
from lagesbild.maps.rules.sheet import Paper
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import sheet as service
from lagesbild.maps.service.sheet import Made, Wanted
from lagesbild.maps.web import view as views
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

PDF, PNG = "pdf", "png"
MIMETYPES = {PDF: "application/pdf", PNG: "image/png"}

bp = Blueprint("map_sheet", __name__)


@bp.get("/omraden/<slug>/blad.<any(pdf, png):form>")
def district(slug: str, form: str) -> ResponseReturnValue:
    """Return the sheet of a district's page."""
    return _sheet(slug, form)


@bp.get("/karta/blad.<any(pdf, png):form>")
def municipality(form: str) -> ResponseReturnValue:
    """Return the sheet of the municipality's page."""
    return _sheet(None, form)


def on_paper(
    session: Session, actor: Actor, view: View, chosen: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Return what a page says of its map on paper alone: which incidents, whence, how exactly.

    `chosen` are the page's choices (`incidents.web.choices`).
    """
    narrowed = service.narrowed(actor, view, chosen["categories"], words.GROUP, words.VERIFICATION)
    period = texts.when_text(view, now=clock.now())
    version = version_on(districts.versions(session, actor), view.period.last_day)
    notes = service.notes(actor, version, (), chosen["organisation_of"])
    return (("Period", period), ("Urval", narrowed or "alla händelser"), *notes)


def _sheet(slug: str | None, form: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        record = request.args.get("diarienr", "").strip()
        wanted = Wanted(view, _paper(form), record, words.GROUP, words.VERIFICATION)
        made = service.sheet(session, actor, wanted, now=now)
    file = _file(made, form)
    with transaction(actor.gate) as session:
        service.record(session, actor, made, form, now=now)
    name = f"karta-{slug or actor.group.slug}-{view.period.name}.{form}"
    answer = Response(file, mimetype=MIMETYPES[form])
    answer.headers.set("Content-Disposition", "inline", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _file(made: Made, form: str) -> bytes:
    if form == PNG:
        return sheet_files.png(made.sheet)
    return sheet_files.pdf(made.sheet, made.words)


def _paper(form: str) -> Paper:
    given = request.args.get("format") or Paper.A4
    if given not in set(Paper):
        raise InvalidError("format", "Pappret är a4 eller a3.")
    return Paper(given) if form == PDF else Paper.A4
