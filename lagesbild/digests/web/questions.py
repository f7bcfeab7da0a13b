"""Questions to the group: the page of those who ask, and that of those who answer."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.digests.rules.questions import Answer, Asking, Question
from lagesbild.digests.service import questions as service
from lagesbild.incidents.web.forms import version_of
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import current_actor

bp = Blueprint("digest_questions", __name__)

Store = Callable[[Session, Actor], None]
WEEKS = 8  # that can be chosen
NEW = "ny"  # which form of the page was sent; else the id of a question
DONE = ("fraga", "svar", "stangd")


@bp.get("/utskick/fragor")
def page() -> ResponseReturnValue:
    """Show the questions to the group; to who asks the own ones, with what was answered."""
    return _page(current_actor())


def _page(
    actor: Actor, error: InvalidError | ConflictError | None = None, wrong: str = ""
) -> ResponseReturnValue:
    now = clock.now()
    asks = actor.may(Permission.ASK_GROUP)
    with reading(actor.gate) as session:
        listing = service.own if asks else service.listing
        found = listing(session, actor)
        meets_at = service.agenda_at(session, actor, now=now)
    sent = {name: privacy.redacted(text) for name, text in request.form.items()} if error else {}
    weeks = _weeks(actor)
    asked = request.args.get("vecka", "")
    chosen = asked if asked in dict(weeks) else weeks[0][0]
    page = render_template(
        "digests/questions_own.html" if asks else "digests/questions.html",
        questions=found,
        open=[q for q in found if q.is_open],
        settled=[q for q in found if not q.is_open],
        meets_at=meets_at,
        weeks=weeks,
        values={"id": str(new_id()), "week": chosen} | (sent if wrong == NEW else {}),
        sent=sent,
        error=error,
        wrong=wrong,
        stored=_changed(error),
        done=done if (done := request.args.get("klart", "")) in DONE and not error else "",
    )
    return page, STATUS[type(error)] if error else 200


def _changed(error: InvalidError | ConflictError | None) -> Question | None:
    """Return what somebody else has made of a question in the meantime."""
    current = error.current if isinstance(error, ConflictError) else None
    return current if isinstance(current, Question) else None


def _weeks(actor: Actor) -> list[tuple[str, str]]:
    """Return the weeks that a letter may have been about lately, the newest first."""
    running = Period.of(clock.now(), weekday=actor.group.meeting_weekday)
    closed = [running.previous(n) for n in range(1, WEEKS + 1)]
    return [(p.name, f"v. {p.week}") for p in closed]


@bp.post("/utskick/fragor")
def ask() -> ResponseReturnValue:
    """Ask the group, or note what somebody has asked it by mail."""
    actor = current_actor()

    def store(session: Session, actor: Actor) -> None:
        asking = Asking(
            request.form.get("id", type=UUID) or new_id(),
            request.form.get("week", ""),
            request.form.get("text", ""),
            confirmed="confirmed" in request.form,
        )
        put = service.ask if actor.may(Permission.ASK_GROUP) else service.add
        put(session, actor, asking, now=clock.now())

    return _stored(actor, store, NEW, "fraga")


@bp.post("/utskick/fragor/<uuid:id_>/svar")
def answer(id_: UUID) -> ResponseReturnValue:
    """Answer a question."""

    def store(session: Session, actor: Actor) -> None:
        said = Answer(
            request.form.get("answer", ""), _version(), confirmed="confirmed" in request.form
        )
        service.answer(session, actor, id_, said, now=clock.now())

    return _stored(current_actor(), store, str(id_), "svar")


@bp.post("/utskick/fragor/<uuid:id_>/stang")
def close(id_: UUID) -> ResponseReturnValue:
    """Close a question without an answer in the letter."""

    def store(session: Session, actor: Actor) -> None:
        service.close(session, actor, id_, version=_version(), now=clock.now())

    return _stored(current_actor(), store, str(id_), "stangd")


def _version() -> int:
    return version_of(request.form.get("version", "")) or 0  # no question has 0


def _stored(actor: Actor, store: Store, wrong: str, done: str) -> ResponseReturnValue:
    """Store and go back to the page, or show it again with what was written."""
    try:
        with transaction(actor.gate) as session:
            store(session, actor)
    except (InvalidError, ConflictError) as error:
        return _page(actor, error, wrong)
    return redirect(url_for(".page", klart=done), code=303)
