"""Pages where actions are written and changed."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from lagesbild.access import service as access
from lagesbild.actions import service
from lagesbild.actions.rules import Action, State
from lagesbild.actions.web.forms import ActionForm, MoveForm, differences, values_of
from lagesbild.actions.web.pages import show, today, words
from lagesbild.base import clock, privacy
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, invalid
from lagesbild.incidents.web import words as incident_words
from lagesbild.incidents.web.choices import choices
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor
from lagesbild.problems import service as problems

bp = Blueprint("action_writing", __name__)


@bp.get("/atgarder/ny")
def new() -> ResponseReturnValue:
    """Show the form with what the address says; the id makes a double click one action."""
    actor = current_actor()
    require(actor, Permission.WRITE_ACTIONS)
    given = request.args.get
    values = {
        "id": str(new_id()),
        "decided_on": today().isoformat(),
        "decided_by": actor.group.name,
        "problem": given("problem", ""),
        "incident": given("handelse", ""),
        "district": given("district", ""),
        "category_group": given("grupp", ""),
    }
    return _form(actor, values)


@bp.post("/atgarder/ny")
def create() -> ResponseReturnValue:
    """Store the form as an action, decided or only proposed, then show it."""
    actor = current_actor()
    values = request.form.to_dict()
    store = service.propose if values.get("state") == State.PROPOSED else service.decide
    try:
        form = ActionForm.model_validate(values)
        with transaction(actor.gate) as session:
            draft = form.draft(access.organisations(session, actor))
            made = store(session, actor, draft, now=clock.now())
    except ValidationError as error:
        return _form(actor, values, invalid(error))
    except (InvalidError, ConflictError) as error:
        return _form(actor, values, error)
    return _to(made.reference)


@bp.get("/atgarder/<name>/andra")
def edit(name: str) -> ResponseReturnValue:
    """Show the form with an action in it."""
    actor = current_actor()
    require(actor, Permission.WRITE_ACTIONS)
    with reading(actor.gate) as session:
        action = service.one(session, actor, name)
    return _form(actor, values_of(action), stored=action)


@bp.post("/atgarder/<name>/andra")
def change(name: str) -> ResponseReturnValue:
    """Store the changed form, unless somebody else changed the action first."""
    actor = current_actor()
    require(actor, Permission.WRITE_ACTIONS)
    values = request.form.to_dict()
    with reading(actor.gate) as session:
        before = service.one(session, actor, name)
    try:
        form = ActionForm.model_validate(values)
        with transaction(actor.gate) as session:
            draft = form.draft(access.organisations(session, actor), before.id)
            service.edit(session, actor, draft, version=form.version, now=clock.now())
    except ValidationError as error:
        return _form(actor, values, invalid(error), stored=before)
    except InvalidError as error:
        return _form(actor, values, error, stored=before)
    except ConflictError as error:
        return _both(actor, values, error, before)
    return _to(before.reference)


def _both(
    actor: Actor, values: dict[str, str], error: ConflictError, before: Action
) -> ResponseReturnValue:
    """Show what was written beside what is stored now; saving again then means the former."""
    now = error.current
    if not isinstance(now, Action) or not now.is_open:
        return _form(actor, values, error, stored=before)
    again = values | {"version": str(now.version)}
    differs = differences(now, values, incident_words.GROUP)
    return _form(actor, again, error, stored=now, differs=differs)


def _form(
    actor: Actor,
    values: Mapping[str, str],
    error: InvalidError | ConflictError | None = None,
    *,
    stored: Action | None = None,
    differs: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        context = choices(session, actor)
        known = [
            p
            for p in problems.all_of(session, actor)
            if p.is_open or (stored is not None and p.id == stored.problem_id)
        ]
        focuses = service.focuses(session, actor)
    page = render_template(
        "actions/form.html",
        values={key: privacy.redacted(text) for key, text in values.items()},
        error=error,
        stored=stored,
        differs=differs,
        problems=[(p.reference, f"{p.reference} {p.title}") for p in known],
        focuses=focuses,
        **context,
        **words(),
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/atgarder/<name>/lage")
def move(name: str) -> ResponseReturnValue:
    """Take an action to its next state."""

    def store(session: Session, actor: Actor, action: Action, form: MoveForm) -> None:
        if form.state is None:
            raise InvalidError("state", "Välj vilket läge åtgärden har nu.")
        step = form.step(form.state)
        service.move(session, actor, action.id, step, version=form.version, now=clock.now())

    return _done(name, store)


@bp.post("/atgarder/<name>/anteckning")
def note(name: str) -> ResponseReturnValue:
    """Write how an action goes."""

    def store(session: Session, actor: Actor, action: Action, form: MoveForm) -> None:
        said = form.step(action.state)
        service.note(session, actor, action.id, said, version=form.version, now=clock.now())

    return _done(name, store)


@bp.post("/atgarder/<name>/handelser")
def link(name: str) -> ResponseReturnValue:
    """Note that an incident has led to an action, by its number."""

    def store(session: Session, actor: Actor, action: Action, _form: MoveForm) -> None:
        reference = request.form.get("incident", "")
        service.link(session, actor, action.id, reference, now=clock.now())

    return _done(name, store, "handelser")


@bp.post("/atgarder/<name>/handelser/<reference>/ta-bort")
def unlink(name: str, reference: str) -> ResponseReturnValue:
    """Take an incident away from an action."""

    def store(session: Session, actor: Actor, action: Action, _form: MoveForm) -> None:
        service.unlink(session, actor, action.id, reference, now=clock.now())

    return _done(name, store, "handelser")


def _to(name: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("actions.one", name=name, _anchor=anchor), code=303)


def _done(
    name: str,
    store: Callable[[Session, Actor, Action, MoveForm], None],
    part_of_page: str | None = None,
) -> ResponseReturnValue:
    """Store and go back to the action, or show it again with what was written."""
    actor = current_actor()
    written = request.form.to_dict()
    try:
        form = MoveForm.model_validate(written)
        with transaction(actor.gate) as session:
            store(session, actor, service.one(session, actor, name), form)
    except ValidationError as error:
        return show(actor, name, error=invalid(error), written=written)
    except (InvalidError, ConflictError) as error:
        return show(actor, name, error=error, written=written)
    return _to(name, part_of_page)
