"""The minutes of a meeting and the basis for it, on a page and on paper."""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.base.web import STATUS
from lagesbild.meetings.draw import minutes as paper
from lagesbild.meetings.rules.contents import DISTRICT, NOTE
from lagesbild.meetings.rules.minutes import Minutes, of_fixed
from lagesbild.meetings.rules.snapshot import Fixed, Fixing, broken
from lagesbild.meetings.service import composing, fixing
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

bp = Blueprint("minutes", __name__)

NAMES = {
    "picture": "läget",
    "meeting": "mötet",
    "attendance": "närvaro",
    "actions": "åtgärder",
    "problems": "pågående problem",
    "coming": "kommande vecka",
    "followed": "det som följs",
    "changes": "sedan förra bilden",
    "basis": "underlagets versioner",
    "correction": "rättelse",
}


@bp.get("/mote/<name>/protokoll")
def page(name: str) -> ResponseReturnValue:
    """Show the minutes of a week: the ordinary picture, or the one asked for by number."""
    return _page(name)


@bp.get("/mote/<name>/protokoll.pdf")
def pdf(name: str) -> ResponseReturnValue:
    """Return the minutes as PDF."""
    actor = current_actor()
    minutes, _ = _fixed(actor, name)
    return _paper(minutes, f"protokoll-{minutes.period.name}")


@bp.get("/mote/<name>/protokoll.txt")
def text(name: str) -> ResponseReturnValue:
    """Return the minutes as text."""
    minutes, _ = _fixed(current_actor(), name)
    return Response(paper.text(minutes), mimetype="text/plain")


@bp.get("/mote/<name>/underlag")
def basis(name: str) -> ResponseReturnValue:
    """Show what is known before a meeting."""
    return render_template(
        "meetings/minutes.html", minutes=_basis(current_actor(), name), others=[], error=None
    )


@bp.get("/mote/<name>/underlag.pdf")
def basis_pdf(name: str) -> ResponseReturnValue:
    """Return what is known before a meeting as PDF, for the day when the network is down."""
    minutes = _basis(current_actor(), name)
    return _paper(minutes, f"underlag-{minutes.period.name}")


@bp.post("/mote/<name>/protokoll/ta-bort")
def erase(name: str) -> ResponseReturnValue:
    """Remove a part of a fixed picture because the law says so."""
    actor = current_actor()
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    number = _number() or 0
    part, reason = request.form.get("part", ""), request.form.get("reason", "")
    try:
        with transaction(actor.gate) as session:
            fixing.erase(session, actor, number, part, reason, now=clock.now())
    except InvalidError as error:
        return make_response(_page(name, error), STATUS[type(error)])
    return redirect(url_for(".page", name=period.name, nr=number, borttagen="ja"), code=303)


def _page(name: str, error: InvalidError | None = None) -> ResponseReturnValue:
    minutes, others = _fixed(current_actor(), name)
    return render_template(
        "meetings/minutes.html",
        minutes=minutes,
        others=others,
        names=_names(minutes),
        error=error,
        is_removed=request.args.get("borttagen") == "ja",
    )


def _names(minutes: Minutes) -> Mapping[str, str]:
    """Return what the parts are called."""
    known = dict(NAMES)
    for part in minutes.fixed.parts if minutes.fixed else ():
        if part.name.startswith(NOTE):
            known[part.name] = f"anteckningen vid steg {part.name.removeprefix(NOTE)}"
        elif part.name.startswith(DISTRICT):
            said = part.content
            name = said.get("name", "") if isinstance(said, dict) else part.name
            known[part.name] = f"bedömningen av {name}"
    return known


def _fixed(actor: Actor, name: str) -> tuple[Minutes, list[Fixed]]:
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    with reading(actor.gate) as session:
        found = fixing.fixed(session, actor, period)
    number = _number()
    wanted = [
        f
        for f in found
        if f.head.number == number or (number is None and f.head.kind is not Fixing.CORRECTION)
    ]
    if not wanted:
        raise NotFoundError(
            f"Bilden för v. {period.week} är inte fastställd, så det finns inget protokoll än."
        )
    chosen = wanted[-1]
    return of_fixed(chosen, actor.group.name, period, broken(chosen)), found


def _basis(actor: Actor, name: str) -> Minutes:
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    with reading(actor.gate) as session:
        return composing.basis_for(session, actor, period, now=clock.now())


def _paper(minutes: Minutes, name: str) -> Response:
    answer = Response(paper.pdf(minutes), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _number() -> int | None:
    number = request.values.get("nr", "")
    return int(number) if number.isdecimal() and len(number) < 10 else None  # noqa: PLR2004 – an int4


for _name, _filter in paper.FILTERS.items():
    bp.add_app_template_filter(_filter, _name)  # pages and paper say the same
