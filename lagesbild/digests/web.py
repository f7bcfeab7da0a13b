"""The letters: what was written, and how far each delivery has come."""

import base64
import hashlib
import re
from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import publications, reading
from lagesbild.base.errors import NotFoundError
from lagesbild.base.outbox import STATE_TEXT
from lagesbild.base.web import STATUS
from lagesbild.digests import service
from lagesbild.digests.draw.words import (
    AS_TOLD,
    COUNTED,
    HIDDEN,
    NOT_INCLUDED,
    UNPLACED,
    WHOLE,
    content_of,
    sentence,
)
from lagesbild.digests.rules import Letter, RunState
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules.agenda import Step
from lagesbild.meetings.service import viewing
from lagesbild.meetings.web.meeting import SHOWN_BY, shown
from lagesbild.meetings.web.place import Place, Refused, place_of
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor

bp = Blueprint("digests", __name__)
proposals = Blueprint("proposals", __name__)

STYLE = re.compile(r'style="([^"]*)"')


@bp.get("/utskick")
def listing() -> ResponseReturnValue:
    """Show the letters of the group, and what readers outside it get; the newest first."""
    actor = current_actor()
    runs, editions = [], []
    if actor.may(Permission.READ_DIGEST):
        with reading(actor.gate) as session:
            runs = service.runs(session, actor)
    if actor.may(Permission.READ_PUBLICATION):
        with publications(actor.gate) as session:
            editions = meetings.editions(session, actor)
    return render_template(
        "digests/list.html",
        runs=runs,
        editions=[(e, _period(actor, e.week)) for e in editions],
        RunState=RunState,
    )


@bp.get("/utskick/<week>")
def one(week: str) -> ResponseReturnValue:
    """Show a letter as it was sent, and to whom; to readers what they get of the week."""
    actor = current_actor()
    if not actor.may(Permission.READ_DIGEST):
        return readers(week)
    with reading(actor.gate) as session:
        run, letter, deliveries = service.run(session, actor, week)
    return render_template(
        "digests/one.html", run=run, letter=letter, deliveries=deliveries, states=STATE_TEXT
    )


@bp.get("/utskick/<week>/lasare")
def readers(week: str) -> ResponseReturnValue:
    """Show what readers outside the group get of a week, read by their own login."""
    actor = current_actor()
    period = _period(actor, week)
    with publications(actor.gate) as session:
        found = [e for e in meetings.editions(session, actor) if e.week == period.name]
    if not found:
        raise NotFoundError("Den veckan är inte publicerad.")
    content = content_of(found[0])
    return render_template(
        "digests/readers.html",
        edition=found[0],
        period=period,
        sentence=sentence(content),
        rows=[*content.districts, replace(content.unplaced, name=UNPLACED)],
        total=replace(content.total, name=WHOLE),
        coverage=content.coverage,
        notes=(COUNTED, HIDDEN, AS_TOLD),
        not_included=NOT_INCLUDED,
    )


def _period(actor: Actor, week: str) -> Period:
    return Period.named(week, weekday=actor.group.meeting_weekday)


@bp.get("/utskick/<week>/brev.html")
def html(week: str) -> ResponseReturnValue:
    """Return the HTML of a letter exactly as it was sent, but for the address of the picture.

    A letter carries its styles as attributes. Each of them is allowed by its hash, so that the
    page needs no `unsafe-inline`; it may run no script and load nothing from elsewhere. It
    counts as this site so that the picture can be asked for with the session.
    """
    actor = current_actor()
    with reading(actor.gate) as session:
        _, letter, _ = service.run(session, actor, week)
    return _framed(letter, url_for(".picture", week=week))


@proposals.get("/mote/<name>/brev")
def page(name: str) -> ResponseReturnValue:
    """Show the letter that would leave now, beside what is left out of it: step 8 of a meeting."""
    return _step(replace(place_of(current_actor(), name), step=Step.LETTER, district=None))


def _step(place: Place, refused: Refused | None = None) -> ResponseReturnValue:
    """Return the page of the letter in a meeting; with what was refused of it."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = viewing.view(session, actor, place.period, now=clock.now())
        left_out = viewing.left_out(session, actor, place.period, now=clock.now())
        proposed = viewing.proposed(session, actor, found.picture)
        categories = incidents.categories(session, actor)
    body = render_template(
        "digests/proposal.html",
        **shown(place, found, refused),
        left_out=left_out,
        proposed=proposed,
        categories=categories,
        names={d.id: d.name for d, _ in found.picture.districts},
        not_included=NOT_INCLUDED,
    )
    return make_response(body, STATUS[type(refused.error)] if refused else 200)


SHOWN_BY[Step.LETTER] = _step


@proposals.get("/mote/<name>/brev.html")
def letter_html(name: str) -> ResponseReturnValue:
    """Return the letter that would leave now, for the frame on its page."""
    return _framed(_proposed(name), url_for(".letter_picture", name=name))


@proposals.get("/mote/<name>/brev.png")
def letter_picture(name: str) -> ResponseReturnValue:
    """Return the picture of the letter that would leave now."""
    return _png(_proposed(name))


def _proposed(name: str) -> Letter:
    actor = current_actor()
    base_url = request.host_url.rstrip("/")
    return service.preview(actor, _period(actor, name), base_url=base_url, now=clock.now())


def _framed(letter: Letter, picture: str) -> Response:
    """Return the HTML of a letter for a frame; `picture` is the address of its picture."""
    body = re.sub(r'src="cid:[^"]*"', f'src="{picture}"', letter.html)
    body = body.replace("<head>", '<head><base target="_blank">', 1)  # links leave the frame
    styles = {_hash(s) for s in STYLE.findall(body)}
    styles |= {_hash(s) for s in re.findall(r"<style[^>]*>(.*?)</style>", body, re.DOTALL)}
    answer = Response(body, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self'; style-src 'unsafe-hashes' {' '.join(sorted(styles))};"
        " sandbox allow-same-origin allow-popups; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _hash(style: str) -> str:
    plain = style.replace("&#39;", "'").replace("&quot;", '"').replace("&amp;", "&")
    digest = base64.b64encode(hashlib.sha256(plain.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@bp.get("/utskick/<week>/brev.txt")
def text(week: str) -> ResponseReturnValue:
    """Return the text of a letter exactly as it was sent."""
    actor = current_actor()
    with reading(actor.gate) as session:
        _, letter, _ = service.run(session, actor, week)
    return Response(letter.text, mimetype="text/plain")


@bp.get("/utskick/<week>/karta.png")
def picture(week: str) -> ResponseReturnValue:
    """Return the picture of a letter."""
    actor = current_actor()
    with reading(actor.gate) as session:
        _, letter, _ = service.run(session, actor, week)
    return _png(letter)


def _png(letter: Letter) -> Response:
    if letter.picture is None:
        raise NotFoundError("Brevet gick utan bild.")
    return Response(letter.picture, mimetype="image/png")
