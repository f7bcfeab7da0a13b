"""What maps fetch: packed, kept by the browser alone, and asked for again before it is used."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, g, request

from lagesbild.base import clock
from lagesbild.base.db import Session
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import showing
from lagesbild.people.rules import Actor

GEOJSON = "application/geo+json"
HOUR, DAY = 3600, 24 * 3600  # seconds
ASK_FIRST, NEVER = "private, no-cache", "no-store"


def lasting(seconds: int) -> str:
    """Return the `Cache-Control` of what a browser asks for again only after a time."""
    return f"private, max-age={seconds}"


def geojson(body: bytes, keep: str = ASK_FIRST) -> Response:
    """Return GeoJSON under a tag of its own. `keep` is its `Cache-Control`."""
    return _answer(body, GEOJSON, keep)


def kept(
    session: Session, actor: Actor, view: View, mimetype: str, made: Callable[[], bytes]
) -> Response:
    """Return what is made of a view's incidents; nothing is made where the browser has it still.

    The tag is another one when anything the actor may see can have changed.
    """
    edition = f"{showing.edition(session, actor, now=clock.now())} {view.query()}"
    tag = blake2b(edition.encode(), digest_size=16).hexdigest()
    body = b"" if request.if_none_match.contains_weak(tag) else made()
    return _answer(body, mimetype, ASK_FIRST, tag)


def _answer(body: bytes, mimetype: str, keep: str, tag: str = "") -> Response:
    g.packed = True  # no token in it, and a third of the size
    answer = Response(body, mimetype=mimetype, headers={"Cache-Control": keep})
    if tag:
        answer.set_etag(tag, weak=True)  # the same packed or not
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer
