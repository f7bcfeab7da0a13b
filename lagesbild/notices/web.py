"""What one wants to be told of, and what has been sent."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import reading, transaction
from lagesbild.base.outbox import STATE_TEXT
from lagesbild.notices import service
from lagesbild.notices.rules import KIND_HINT, KIND_TEXT, Kind, kinds_of
from lagesbild.people.web import current_actor

bp = Blueprint("notices", __name__)


@bp.get("/aviseringar")
def page() -> ResponseReturnValue:
    """Show what the signed-in person is told of in the group."""
    actor = current_actor()
    with reading(actor.gate) as session:
        off = service.switched_off(session, actor)
    return render_template(
        "notices/page.html",
        kinds=kinds_of(actor.role),
        off=off,
        texts=KIND_TEXT,
        hints=KIND_HINT,
        is_done=request.args.get("klart") == "ja",
    )


@bp.post("/aviseringar")
def choose() -> ResponseReturnValue:
    """Store what the signed-in person wants to be told of."""
    actor = current_actor()
    on = {kind for kind in Kind if kind in request.form.getlist("kind")}
    with transaction(actor.gate) as session:
        service.choose(session, actor, on, now=clock.now())
    return redirect(url_for(".page", klart="ja"), code=303)


@bp.get("/aviseringar/skickade")
def sent() -> ResponseReturnValue:
    """Show which notices have left, and how far each has come."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = service.sent(session, actor)
    return render_template("notices/sent.html", sent=found, texts=KIND_TEXT, states=STATE_TEXT)
