"""Pages where problems are written and changed."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from lagesbild.base import clock, privacy
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, invalid
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.web import pages as incidents
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.forms import version_of
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor
from lagesbild.problems import service
from lagesbild.problems.rules import DIRECTION_TEXT, NUMBER, Direction, Problem
from lagesbild.problems.web.forms import ProblemForm, differences, values_of
from lagesbild.problems.web.pages import show, to

bp = Blueprint("problem_writing", __name__)


@bp.get("/problem/ny")
def new() -> ResponseReturnValue:
    """Show an empty form; the id in it makes a double click one problem."""
    actor = current_actor()
    require(actor, Permission.WRITE_PROBLEMS)
    return _form(actor, {"id": str(new_id()), "direction": Direction.UNCHANGED})


@bp.post("/problem/ny")
def create() -> ResponseReturnValue:
    """Store the form as a problem, then show it."""
    actor = current_actor()
    values = request.form.to_dict()
    try:
        form = ProblemForm.model_validate(values)
        with transaction(actor.gate) as session:
            made = service.add(session, actor, form.draft(), now=clock.now())
    except ValidationError as error:
        return _form(actor, values, invalid(error))
    except (InvalidError, ConflictError) as error:
        return _form(actor, values, error)
    return to(made.reference)


@bp.get("/problem/<name>/andra")
def edit(name: str) -> ResponseReturnValue:
    """Show the form with a problem in it."""
    actor = current_actor()
    require(actor, Permission.WRITE_PROBLEMS)
    with reading(actor.gate) as session:
        problem = service.one(session, actor, name)
    return _form(actor, values_of(problem), reference=problem.reference)


@bp.post("/problem/<name>/andra")
def change(name: str) -> ResponseReturnValue:
    """Store the changed form, unless somebody else changed the problem first."""
    actor = current_actor()
    values = request.form.to_dict()
    try:
        form = ProblemForm.model_validate(values)
        with transaction(actor.gate) as session:
            before = service.one(session, actor, name)
            draft = form.draft(before.id)
            service.edit(session, actor, draft, version=form.version, now=clock.now())
    except ValidationError as error:
        return _form(actor, values, invalid(error), reference=name)
    except InvalidError as error:
        return _form(actor, values, error, reference=name)
    except ConflictError as error:
        return _both(actor, values, error, name)
    return to(name)


def _both(
    actor: Actor, values: dict[str, str], error: ConflictError, name: str
) -> ResponseReturnValue:
    """Show what was written beside what is stored now; saving again then means the former."""
    now = error.current
    if not isinstance(now, Problem) or not now.is_open:
        return _form(actor, values, error, reference=name)
    again = values | {"version": str(now.version)}
    return _form(actor, again, error, reference=name, differs=differences(now, values))


def _form(
    actor: Actor,
    values: Mapping[str, str],
    error: InvalidError | ConflictError | None = None,
    *,
    reference: str = "",
    differs: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        context = choices(session, actor)
    page = render_template(
        "problems/form.html",
        values={key: privacy.redacted(text) for key, text in values.items()},
        error=error,
        reference=reference,
        differs=differs,
        directions=DIRECTION_TEXT,
        **context,
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/problem/<name>/riktning")
def turn(name: str) -> ResponseReturnValue:
    """Say which way a problem goes."""

    def store(session: Session, actor: Actor, problem: Problem, version: int) -> None:
        chosen = request.form.get("direction", "")
        if chosen not in set(Direction):
            raise InvalidError("direction", "Välj om problemet ökar, är oförändrat eller minskar.")
        service.change_direction(
            session, actor, problem.id, Direction(chosen), version=version, now=clock.now()
        )

    return _done(name, store)


@bp.post("/problem/<name>/stang")
def close(name: str) -> ResponseReturnValue:
    """Close a problem, with a reason."""

    def store(session: Session, actor: Actor, problem: Problem, version: int) -> None:
        now = clock.now()
        service.close(session, actor, problem.id, _reason(), version=version, now=now)

    return _done(name, store)


@bp.post("/problem/<name>/oppna")
def reopen(name: str) -> ResponseReturnValue:
    """Open a closed problem again, with a reason."""

    def store(session: Session, actor: Actor, problem: Problem, version: int) -> None:
        now = clock.now()
        service.reopen(session, actor, problem.id, _reason(), version=version, now=now)

    return _done(name, store)


@bp.post("/problem/<name>/handelser")
def link(name: str) -> ResponseReturnValue:
    """Make an incident part of a problem, by its number."""

    def store(session: Session, actor: Actor, problem: Problem, _version: int) -> None:
        reference = request.form.get("incident", "")
        service.link(session, actor, problem.id, reference, now=clock.now())

    return _done(name, store, "handelser")


@bp.post("/problem/<name>/handelser/<reference>/ta-bort")
def unlink(name: str, reference: str) -> ResponseReturnValue:
    """Take an incident out of a problem."""

    def store(session: Session, actor: Actor, problem: Problem, _version: int) -> None:
        service.unlink(session, actor, problem.id, reference, now=clock.now())

    return _done(name, store, "handelser")


@bp.post("/handelser/<name>/problem")
def link_from_incident(name: str) -> ResponseReturnValue:
    """Make an incident part of a problem, from the incident's page."""
    actor = current_actor()
    try:
        with transaction(actor.gate) as session:
            problem = _chosen(session, actor)
            service.link(session, actor, problem.id, name, now=clock.now())
    except InvalidError as error:
        return incidents.show(actor, name, error=InvalidError("problem", str(error)))
    except ConflictError as error:
        return incidents.show(actor, name, error=error)
    return redirect(url_for("incidents.one", name=name, _anchor="ledde-till"), code=303)


def _chosen(session: Session, actor: Actor) -> Problem:
    chosen = request.form.get("problem", "")
    if not NUMBER.fullmatch(chosen):
        raise InvalidError("problem", "Välj vilket problem händelsen hör till.")
    return service.one(session, actor, chosen)


def _reason() -> Reason:
    return Reason(request.form.get("reason", ""), confirmed="confirmed" in request.form)


def _done(
    name: str,
    store: Callable[[Session, Actor, Problem, int], None],
    part_of_page: str | None = None,
) -> ResponseReturnValue:
    """Store and go back to the problem, or show it again with what was written."""
    actor = current_actor()
    version = version_of(request.form.get("version", "")) or 0  # no problem has 0
    try:
        with transaction(actor.gate) as session:
            store(session, actor, service.one(session, actor, name), version)
    except (InvalidError, ConflictError) as error:
        return show(actor, name, error=error, written=request.form.to_dict())
    return to(name, part_of_page)
