"""Pages where organisations add to an incident, remark on it, and look closer."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lagesbild.base import clock
from lagesbild.base.db import Session, new_id, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.web import invalid
from lagesbild.incidents import service
from lagesbild.incidents.rules import Part, Verification, Visibility
from lagesbild.incidents.service import Purpose
from lagesbild.incidents.web.forms import version_of
from lagesbild.incidents.web.pages import lost, redacted, show
from lagesbild.incidents.web.shapes import nothing
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

bp = Blueprint("sharing", __name__)


class PartForm(BaseModel):
    """What another organisation than the owner says."""

    model_config = ConfigDict(extra="ignore")

    summary: str = ""
    details: str = ""
    visibility: Visibility = Visibility.GROUP
    secrecy_basis: Annotated[str | None, BeforeValidator(nothing)] = None
    reporter_role: str = ""
    verification: Annotated[Verification | None, BeforeValidator(nothing)] = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    confirmed: bool = False

    def part(self, organisation_id: UUID) -> Part:
        """Return the same in the words of the domain."""
        return Part(
            organisation_id,
            self.summary.strip(),
            self.details.strip(),
            self.visibility,
            self.secrecy_basis,
            self.reporter_role.strip(),
            self.verification,
            self.version,
        )


@bp.post("/handelser/<name>/uppgift")
def say(name: str) -> ResponseReturnValue:
    """Store what the own organisation says beside the owner."""

    def store(session: Session, actor: Actor) -> None:
        if actor.organisation_id is None:
            raise NotAllowedError("Inloggningen hör inte till en organisation.")
        form = PartForm.model_validate(request.form.to_dict())
        part = form.part(actor.organisation_id)
        service.say(session, actor, name, part, confirmed=form.confirmed, now=clock.now())

    return _done(name, store, "uppgifter")


@bp.post("/handelser/<name>/uppgift/ta-tillbaka")
def take_back(name: str) -> ResponseReturnValue:
    """Take back what the own organisation has said beside the owner."""

    def store(session: Session, actor: Actor) -> None:
        version = version_of(request.form.get("version", "")) or 0
        service.take_back(session, actor, name, version=version, now=clock.now())

    return _done(name, store, "uppgifter")


@bp.post("/handelser/<name>/kommentar")
def comment(name: str) -> ResponseReturnValue:
    """Store a remark; the id in the form makes a double click one remark."""

    def store(session: Session, actor: Actor) -> None:
        service.comment(
            session,
            actor,
            name,
            id_=request.form.get("id", type=UUID) or new_id(),
            text=request.form.get("comment", ""),
            confirmed="confirmed" in request.form,
            now=clock.now(),
        )

    return _done(name, store, "kommentarer")


@bp.post("/handelser/<name>/kommentar/<uuid:id_>/ta-tillbaka")
def take_back_comment(name: str, id_: UUID) -> ResponseReturnValue:
    """Take back a remark of the own organisation."""

    def store(session: Session, actor: Actor) -> None:
        service.take_back_comment(session, actor, name, id_=id_, now=clock.now())

    return _done(name, store, "kommentarer")


@bp.post("/handelser/<name>/exakt")
def exact(name: str) -> ResponseReturnValue:
    """Show an incident with its exact place. Every look is written down, so it is not a GET."""
    actor = current_actor()
    purpose = request.form.get("purpose", "")
    if purpose not in set(Purpose):
        return show(actor, name, error=InvalidError("purpose", "Välj varför platsen behövs."))
    with transaction(actor.gate) as session:
        seen = service.exact(session, actor, name, Purpose(purpose), now=clock.now())
    return show(actor, name, revealed=seen)


def _done(
    name: str, store: Callable[[Session, Actor], None], part_of_page: str
) -> ResponseReturnValue:
    """Store and go back to the incident, or show it again with what was written."""
    actor = current_actor()
    try:
        with transaction(actor.gate) as session:
            store(session, actor)
    except ValidationError as error:
        return show(actor, name, error=invalid(error), written=request.form.to_dict())
    except (InvalidError, ConflictError) as error:
        return show(actor, name, error=error, written=request.form.to_dict())
    except NotFoundError as error:
        sentence = f"{error} Det du skrev är inte sparat."
        text = lost(redacted(request.form.to_dict()))
        return render_template("incidents/gone.html", sentence=sentence, lost=text), 404
    return redirect(url_for("incidents.one", name=name, _anchor=part_of_page), code=303)
