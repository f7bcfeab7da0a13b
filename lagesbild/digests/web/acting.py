"""What somebody does with a letter: approves it, takes that back, sends, corrects, strikes it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, mail
from lagesbild.base.db import Session, new_id, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError
from lagesbild.digests.rules import Kind
from lagesbild.digests.service import approving, delivering, drafting, looking, testing
from lagesbild.digests.web import letter
from lagesbild.digests.web.choosing import address_of, period_of, sent_id
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

bp = Blueprint("digest_acting", __name__)

Store = Callable[[Session, Actor, datetime], None]


@bp.post("/utskick/<week>/godkann")
def approve(week: str) -> ResponseReturnValue:
    """Approve a letter as it was seen: `seen` stands for all of it."""
    actor = current_actor()
    require(actor, Permission.APPROVE_DIGEST)
    week = period_of(actor, week).name
    base_url = current_app.config["BASE_URL"]
    seen = request.form.get("seen", "")
    try:
        approving.approve(actor, sent_id(), seen, base_url=base_url, now=clock.now())
    except (ConflictError, InvalidError, NotAllowedError) as error:
        return letter.page(actor, week, error)
    return _back(week, "godkant")


@bp.post("/utskick/<week>/ta-tillbaka")
def take_back(week: str) -> ResponseReturnValue:
    """Take the approval of a letter back, while it has not left."""

    def store(session: Session, actor: Actor, now: datetime) -> None:
        approving.take_back(session, actor, sent_id(), now=now)

    return _stored(week, store, "tillbaka")


@bp.post("/utskick/<week>/test")
def test(week: str) -> ResponseReturnValue:
    """Send a letter as it stands to whoever asks; the id in the form makes a double click one."""
    actor = current_actor()
    require(actor, Permission.EDIT_DIGEST)
    week = period_of(actor, week).name
    id_ = request.form.get("id", type=UUID) or new_id()
    base_url = current_app.config["BASE_URL"]
    testing.test_letter(actor, sent_id(), id_, base_url=base_url, domain=_domain(), now=clock.now())
    return _back(week, "test")


@bp.post("/utskick/<week>/skicka")
def send(week: str) -> ResponseReturnValue:
    """Send a letter that is held."""

    def store(session: Session, actor: Actor, now: datetime) -> None:
        delivering.send(session, actor, sent_id(), domain=_domain(), now=now)

    return _stored(week, store, "skickas")


@bp.post("/utskick/<week>/skicka-igen")
def resend(week: str) -> ResponseReturnValue:
    """Send a letter once more to an address that it did not reach."""

    def store(session: Session, actor: Actor, now: datetime) -> None:
        failed = request.form.get("leverans", type=UUID)
        if failed is None:
            raise InvalidError("leverans", "Ladda om sidan och försök igen.")
        delivering.resend(session, actor, failed, domain=_domain(), now=now)

    return _stored(week, store, "igen")


@bp.post("/utskick/<week>/ratta")
def correct(week: str) -> ResponseReturnValue:
    """Begin a correction of a letter that has left."""
    made: dict[str, Any] = {}

    def store(session: Session, actor: Actor, now: datetime) -> None:
        name = period_of(actor, week).name
        drafting.correct(session, actor, name, now=now)
        run = looking.newest(session, actor, name)
        made.update(address_of(Kind.LETTER, run.version))

    return _stored(week, store, "rattelse", made)


@bp.post("/utskick/<week>/stryk")
def drop(week: str) -> ResponseReturnValue:
    """Strike a correction or an extra letter that is not going to be sent."""

    def store(session: Session, actor: Actor, now: datetime) -> None:
        drafting.drop(session, actor, sent_id(), now=now)

    return _stored(week, store, "struket")


def _domain() -> str:
    return mail.domain(current_app.config["MAIL_FROM"])


def _stored(
    week: str, store: Store, done: str, elsewhere: dict[str, Any] | None = None
) -> ResponseReturnValue:
    """Store and go back to the page of the letter, or show there why not."""
    actor = current_actor()
    require(actor, Permission.EDIT_DIGEST)
    week = period_of(actor, week).name
    try:
        with transaction(actor.gate) as session:
            store(session, actor, clock.now())
    except (ConflictError, InvalidError) as error:
        return letter.page(actor, week, error)
    return _back(week, done, elsewhere)


def _back(week: str, done: str, elsewhere: dict[str, Any] | None = None) -> ResponseReturnValue:
    """Return to the same letter, whichever of the week it was."""
    which = elsewhere or {
        name: said for name in ("version", "extra", "besked") if (said := request.args.get(name))
    }
    return redirect(url_for("digests.one", week=week, klart=done, **which), code=303)
