"""The page and the addresses that give incidents as files, to persons and to programs."""

import os
from collections.abc import Iterator, Sequence
from typing import IO, Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.access import service as access
from lagesbild.base import clock, privacy
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.base.openapi import Answer, Chapter, Json, Operation, Parameter, named
from lagesbild.base.web import STATUS, input_time
from lagesbild.districts import service as districts
from lagesbild.exchange.rules.exports import systems
from lagesbild.exchange.rules.exports.records import (
    MAX_ROWS,
    MIMETYPES,
    SECRECY,
    Form,
    Spoken,
    grouped,
)
from lagesbild.exchange.rules.exports.systems import System
from lagesbild.exchange.rules.rows.grids import NAMES
from lagesbild.exchange.service import exports as service
from lagesbild.exchange.service.exports import Wanted
from lagesbild.incidents.rules import Filter, Found
from lagesbild.incidents.web import filters, words
from lagesbild.incidents.web.described import FILTERS
from lagesbild.incidents.web.features import listed_feature
from lagesbild.people.rules import Permission, require
from lagesbild.people.web import current_actor

SPOKEN = Spoken(words.GROUP, words.TIME_PRECISION, words.VERIFICATION)
FORMS = ", ".join(Form)
CHUNK = 64 * 1024

bp = Blueprint("exports", __name__)
api = Blueprint("exports_api", __name__)


@bp.get("/uttag")
def page() -> ResponseReturnValue:
    """Show what the filter of the address finds, and the forms that it can be had in."""
    actor = current_actor()
    require(actor, Permission.READ_INCIDENTS)
    found, told, error = Found(0, 0), "", None
    query = {name: privacy.redacted(value) for name, value in request.args.items()}
    with reading(actor.gate) as session:
        try:
            wanted = filters.wanted(session, actor)
            systems.system(query.get("crs", ""))
            found, told = service.described(session, actor, wanted, SPOKEN)
            query |= _times(wanted)
        except InvalidError as refused:
            error = refused
        choices: dict[str, Any] = {
            "system_choices": _systems(service.systems(session, actor, now=clock.now())),
            "districts": [(d.slug, d.name) for d in districts.districts(session, actor)],
            "organisations": [(o.slug, o.name) for o in access.organisations(session, actor)],
        }
    shown = render_template(
        "exchange/exports.html",
        query=query,
        rows=found.rows,
        number=found.number,
        told=told,
        error=error,
        most=MAX_ROWS,
        grouped=grouped,
        secrecy=SECRECY,
        words=words,
        categories=_categories(query.get("category", "")),
        **choices,
    )
    return shown, STATUS[InvalidError] if error else 200


def _times(wanted: Filter) -> dict[str, str]:
    """Return the times as the fields take them; a week has none of its own."""
    if request.args.get("week"):
        return {"from": "", "to": ""}
    return {"from": input_time(wanted.start), "to": input_time(wanted.end)}


def _systems(known: Sequence[System]) -> list[tuple[str, str]]:
    """Return the coordinate systems to choose from, and one that an address may name beside."""
    units = ("grader", "meter", "lokal zon")
    said = [(str(s.code), f"{s.name} ({unit})") for s, unit in zip(known, units, strict=False)]
    given = request.args.get("crs", "")
    named = [(str(c), f"{NAMES[c]} (meter)") for c in systems.CODES if given == str(c)]
    return said + [each for each in named if each[0] not in dict(said)]


def _categories(wanted: str) -> dict[str, str]:
    """Return the groups of types, and the single type that an address may name."""
    return ({wanted: wanted} if wanted else {}) | words.GROUP


@bp.get(f"/uttag.<any({FORMS}):form>")
@api.get(f"/incidents.<any({FORMS}):form>")
def download(form: str) -> ResponseReturnValue:
    """Return what the filter of the address finds as a file, and write it down first."""
    actor = current_actor()
    now = clock.now()
    with reading(actor.gate) as session:
        found = filters.wanted(session, actor)
        system = systems.system(request.args.get("crs", ""))
        wanted = Wanted(found, Form(form), SPOKEN, listed_feature, system)
        made = service.export(session, actor, wanted, now=now)
    with transaction(actor.gate) as session:
        service.record(session, actor, made, now=now)
    return _sent(made)


def _sent(made: service.Made) -> Response:
    """Return the whole file, never a part of it: each answer is in the log."""
    answer = Response(_chunks(made.file), mimetype=MIMETYPES[made.form])
    answer.call_on_close(made.file.close)  # also when nobody reads it
    answer.content_length = os.fstat(made.file.fileno()).st_size  # so that a cut file is noticed
    answer.headers.set("Content-Disposition", "attachment", filename=made.name)
    return answer


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


CRS = Parameter(
    "crs",
    "The EPSG code of the coordinates: WGS 84 (the default), SWEREF 99 TM or one of its zones."
    " GeoJSON is always WGS 84.",
    {"type": "string", "enum": [str(code) for code in systems.CODES]},
)
_BYTES: Json = {"type": "string", "format": "binary"}
_CONTENT = {mimetype: _BYTES for form, mimetype in MIMETYPES.items() if form is not Form.GEOJSON}
CHAPTER = Chapter(
    "Incidents",
    {
        "download": Operation(
            "exportIncidents",
            "Get incidents as a file",
            Answer(
                "The whole file.",
                _CONTENT | {MIMETYPES[Form.GEOJSON]: named("IncidentList")},
                {"Content-Disposition": "The name of the file."},
            ),
            "What the list shows, without pages. Each file that leaves is in the log.",
            (*FILTERS, CRS),
            refusals=(403, 404),
        )
    },
)
