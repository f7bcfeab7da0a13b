"""Answers that a browser may keep for itself, and asks for again before it uses them."""

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request

from lagesbild.base import clock
from lagesbild.base.db import Session
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import showing
from lagesbild.people.rules import Actor


def kept(
    session: Session, actor: Actor, view: View, mimetype: str, made: Callable[[], bytes]
) -> Response:
    """Return what is made of a view's incidents; nothing is made where the browser has it still.

    The tag is another one when anything the actor may see can have changed.
    """
    answer = Response(mimetype=mimetype)
    edition = f"{showing.edition(session, actor, now=clock.now())} {view.query()}"
    tag = blake2b(edition.encode(), digest_size=16).hexdigest()
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    if not request.if_none_match.contains_weak(tag):
        answer.set_data(made())
    answer.make_conditional(request)
    return answer
