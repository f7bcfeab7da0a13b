"""Pages for a list: bring it, see each row's fate, correct, save or undo."""

from dataclasses import replace
from threading import Thread
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import Session, reading, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.base.web import STATUS
from lagesbild.exchange.rules.imports.answers import answers
from lagesbild.exchange.rules.imports.reports import State
from lagesbild.exchange.rules.imports.stages import (
    AT_WORK,
    STAGE_TEXT,
    Import,
    Stage,
    Which,
    headings_from,
)
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.imports.wrong_rows import csv_of
from lagesbild.exchange.rules.lists import NAMES
from lagesbild.exchange.rules.lists.surveys import MAX_ROWS
from lagesbild.exchange.service import imports as service
from lagesbild.exchange.service import working
from lagesbild.incidents import service as incidents
from lagesbild.incidents.web import words
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

bp = Blueprint("imports", __name__)

MAX_UPLOAD = 21 * 1024 * 1024  # a file of 20 MB in a form
PATIENCE_SECONDS = 3  # a usual list is through by then; a longer one shows how far it has come
SHOWN = 25  # rows on a page that may be corrected
LISTED = 200
MAX_POINTS = 5_000
LAST_LINE = 2**31 - 1  # of a PostgreSQL integer


def allow_upload() -> None:
    """Let the page that takes a file take a large one; all others stay small."""
    if request.endpoint == "imports.bring":
        request.max_content_length = MAX_UPLOAD


@bp.get("/inlasning")
def page() -> ResponseReturnValue:
    """Show where a list is dropped, and the latest ones."""
    return _page(current_actor())


@bp.post("/inlasning")
def bring() -> ResponseReturnValue:
    """Take a file, check it, and show what becomes of its rows."""
    actor = current_actor()
    require(actor, Permission.IMPORT_LIST)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(actor, InvalidError("file", "Välj en fil först."))
    ways = Ways(historical="historical" in request.form, only_here="only_here" in request.form)
    try:
        with transaction(actor.gate) as session:
            found = service.bring(session, actor, file.filename, file.read(), ways, now=clock.now())
            ready = not service.layout(session, actor, found).missing
            ready = ready and service.begin(session, actor, found, to=Stage.CHECKING)
    except InvalidError as error:
        return _page(actor, error)
    if ready:
        _work(actor, found.id)
    return redirect(url_for(".one", id_=found.id), code=303)


def _page(actor: Actor, error: InvalidError | None = None) -> ResponseReturnValue:
    require(actor, Permission.IMPORT_LIST)
    with reading(actor.gate) as session:
        latest = service.latest(session, actor)
    shown = render_template(
        "exchange/imports.html", latest=latest, stage_text=STAGE_TEXT, error=error, State=State
    )
    return shown, STATUS[InvalidError] if error else 200


@bp.get("/inlasning/<uuid:id_>")
def one(id_: UUID) -> ResponseReturnValue:
    """Show a list at whatever stage it is."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = service.one(session, actor, id_)
        at_work = service.is_at_work(session, actor, found)
        context = _context(session, actor, found)
    return render_template(
        "exchange/import.html",
        found=found,
        at_work=at_work,
        stopped=found.stage in AT_WORK and not at_work,
        State=State,
        Stage=Stage,
        **context,
    )


def _context(session: Session, actor: Actor, found: Import) -> dict[str, Any]:
    """Return what the page shows of the rows, or of the columns while those are asked about."""
    if not found.outcome or "kolumner" in request.args:
        layout = service.layout(session, actor, found) if found.has_content else None
        return {"layout": layout, "names": NAMES, "outcome": None}
    asked = request.args.get("visa", "")
    only = State(asked) if asked in set(State) else None
    which = Which(LISTED + 1, only, after=_line("efter"))
    wrong = Which(SHOWN + 1, State.WRONG, mending=True, after=_line("rad"))
    listed = service.rows(session, actor, found.id, which)
    mending = service.rows(session, actor, found.id, wrong)
    categories = incidents.categories(session, actor)
    in_groups: dict[str, list[object]] = {}
    for category in categories.values():
        in_groups.setdefault(category.group, []).append(category)
    return {
        "outcome": found.outcome,
        "headings": headings_from(found.told),
        "wrong": mending[:SHOWN],
        "more_wrong": mending[SHOWN - 1].fate.line if len(mending) > SHOWN else None,
        "listed": listed[:LISTED],
        "more_after": listed[LISTED - 1].fate.line if len(listed) > LISTED else None,
        "only": only or "",
        "max_points": MAX_POINTS,
        "categories": categories,
        "category_groups": in_groups,
        "words": words,
    }


def _line(name: str) -> int:
    """Return a line from the address, the first when it says nothing that can be one."""
    return min(max(request.args.get(name, 0, type=int), 0), LAST_LINE)


@bp.post("/inlasning/<uuid:id_>/kontrollera")
def check(id_: UUID) -> ResponseReturnValue:
    """Take the answers and corrections, and judge every row again."""
    actor = current_actor()
    with transaction(actor.gate) as session:
        found = service.one(session, actor, id_)
        ready = service.answer(session, actor, found, answers(request.form.to_dict(flat=True)))
    if ready:
        _work(actor, id_)
    return redirect(url_for(".one", id_=id_), code=303)


@bp.post("/inlasning/<uuid:id_>/spara")
def save(id_: UUID) -> ResponseReturnValue:
    """Store the rows that are right; a second click finds it done.

    Answers and corrections that came with the click are checked first, and nothing is saved.
    """
    actor = current_actor()
    told = answers(request.form.to_dict(flat=True))
    with transaction(actor.gate) as session:
        found = service.one(session, actor, id_)
        if service.brings_news(session, actor, found, told):
            ready = service.answer(session, actor, found, told)
        else:
            ways = replace(found.ways, good_rows="good_rows" in request.form)
            ready = service.begin(session, actor, found, to=Stage.SAVING, ways=ways)
    if ready:
        _work(actor, id_)
    return redirect(url_for(".one", id_=id_), code=303)


@bp.post("/inlasning/<uuid:id_>/bort")
def remove(id_: UUID) -> ResponseReturnValue:
    """Forget a list that was never saved."""
    actor = current_actor()
    with transaction(actor.gate) as session:
        service.remove(session, actor, id_)
    return redirect(url_for(".page"), code=303)


@bp.post("/inlasning/<uuid:id_>/angra")
def undo(id_: UUID) -> ResponseReturnValue:
    """Take back everything that the list became."""
    actor = current_actor()
    with transaction(actor.gate) as session:
        service.undo(session, actor, id_, now=clock.now())
    return redirect(url_for(".one", id_=id_), code=303)


@bp.get("/inlasning/<uuid:id_>/fel.csv")
def wrong_rows(id_: UUID) -> ResponseReturnValue:
    """Give back the rows that are wrong, with the reason beside each, to correct elsewhere."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = service.one(session, actor, id_)
        rows = service.rows(session, actor, id_, Which(MAX_ROWS, State.WRONG))
    answer = Response(csv_of(rows, headings_from(found.told)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename="rader-med-fel.csv")
    return answer


@bp.get("/inlasning/<uuid:id_>/rader.geojson")
def points(id_: UUID) -> ResponseReturnValue:
    """Return the rows that have a place as a FeatureCollection, for the map beside the list."""
    actor = current_actor()
    with reading(actor.gate) as session:
        service.one(session, actor, id_)
        rows = service.rows(session, actor, id_, Which(MAX_POINTS, placed=True))
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [row.said.longitude, row.said.latitude],
            },
            "properties": {"line": row.fate.line, "state": row.fate.state, "text": row.fate.text},
        }
        for row in rows
        if row.said
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, mimetype="application/geo+json")


def _work(actor: Actor, id_: UUID) -> None:
    """Let a thread check or save, and wait a little: a usual list is done when the page comes.

    Should the process die, the transaction dies with it, and the page says that it stopped.
    """
    thread = Thread(target=working.work, args=(actor, id_), kwargs={"clock": clock.now})
    thread.daemon = True
    thread.start()
    thread.join(current_app.config.get("PATIENCE_SECONDS", PATIENCE_SECONDS))
