"""The page of what a week's letter may name because the authorities have published it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.access import service as access
from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.digests.rules.known import Proposal, State
from lagesbild.digests.service import known as service
from lagesbild.digests.web.choosing import period_of
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

bp = Blueprint("digest_known", __name__)

Store = Callable[[Session, Actor, Period], None]
DONE = ("foreslagen", "godkand", "tillbakatagen")


@bp.get("/utskick/<week>/kanda")
def page(week: str) -> ResponseReturnValue:
    """Show what was proposed for a week's letter, and what has become of it."""
    actor = current_actor()
    return _page(actor, period_of(actor, week))


def _page(
    actor: Actor, period: Period, error: InvalidError | ConflictError | None = None
) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        found = service.listing(session, actor, period)
        organisations = access.organisations(session, actor)
    own = next((o.slug for o in organisations if o.id == actor.organisation_id), "")
    sent = {name: privacy.redacted(text) for name, text in request.form.items()} if error else {}
    page = render_template(
        "digests/known.html",
        period=period,
        events=found,
        organisations=[(o.slug, o.name) for o in organisations],
        State=State,
        values={"id": str(new_id()), "owner": own} | sent,
        error=error,
        done=done if (done := request.args.get("klart", "")) in DONE and not error else "",
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/utskick/<week>/kanda")
def propose(week: str) -> ResponseReturnValue:
    """Propose an event; the id in the form makes a double click one."""

    def store(session: Session, actor: Actor, period: Period) -> None:
        proposal = Proposal(
            request.form.get("id", type=UUID) or new_id(),
            request.form.get("text", ""),
            request.form.get("link", ""),
            request.form.get("owner", ""),
            confirmed="confirmed" in request.form,
        )
        service.propose(session, actor, period, proposal, now=clock.now())

    return _stored(week, store, "foreslagen")


@bp.post("/utskick/<week>/kanda/<uuid:id_>/godkann")
def approve(week: str, id_: UUID) -> ResponseReturnValue:
    """Say for the owner that it may be named."""

    def store(session: Session, actor: Actor, _period: Period) -> None:
        service.approve(session, actor, id_, now=clock.now())

    return _stored(week, store, "godkand")


@bp.post("/utskick/<week>/kanda/<uuid:id_>/ta-tillbaka")
def withdraw(week: str, id_: UUID) -> ResponseReturnValue:
    """Take an event back."""

    def store(session: Session, actor: Actor, _period: Period) -> None:
        service.withdraw(session, actor, id_, now=clock.now())

    return _stored(week, store, "tillbakatagen")


def _stored(week: str, store: Store, done: str) -> ResponseReturnValue:
    """Store and go back to the page, or show it again with what was written."""
    actor = current_actor()
    period = period_of(actor, week)
    try:
        with transaction(actor.gate) as session:
            store(session, actor, period)
    except (InvalidError, ConflictError) as error:
        return _page(actor, period, error)
    return redirect(url_for(".page", week=period.name, klart=done), code=303)
