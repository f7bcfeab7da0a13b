"""Where an incident is: moving it with a reason, and which district a place would be put in."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, ConfigDict, ValidationError

from lagesbild.base import clock, privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, inside, invalid
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District
from lagesbild.incidents import service
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.placing import Move
from lagesbild.incidents.web import stored, words
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.forms import form_values
from lagesbild.incidents.web.shapes import Placing, nothing, place_words, readable
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

bp = Blueprint("placing", __name__)


class SpotForm(Placing):
    """The form that moves an incident, as the version was that its sender read."""

    model_config = ConfigDict(extra="ignore")

    version: int = 0
    place_text: str = ""
    place_precision_m: Annotated[int | None, BeforeValidator(nothing)] = None
    district: Annotated[str | None, BeforeValidator(nothing)] = None
    outside: bool = False
    confirmed: bool = False
    reason: str = ""

    def move(self) -> Move:
        """Return the same in the words of the domain."""
        return Move(
            self.place(),
            self.place_text,
            self.place_precision_m,
            self.district,
            Reason(self.reason, confirmed=self.confirmed),
            outside=self.outside,
        )


@bp.get("/handelser/<name>/flytta")
def page(name: str) -> ResponseReturnValue:
    """Show where an incident is, to be put somewhere else."""
    actor = current_actor()
    with reading(actor.gate) as session:
        incident = service.to_edit(session, actor, name)
    return _page(actor, incident, {})


@bp.post("/handelser/<name>/flytta")
def move(name: str) -> ResponseReturnValue:
    """Put an incident somewhere else; what is refused is shown again with what was written."""
    actor = current_actor()
    values = form_values(request.form)
    with reading(actor.gate) as session:
        before = service.to_edit(session, actor, name)
    try:
        form = SpotForm.model_validate(values)
        wanted = form.move()
        with transaction(actor.gate) as session:
            service.move(session, actor, name, wanted, version=form.version, now=clock.now())
    except ValidationError as error:
        return _page(actor, before, values, invalid(error))
    except (InvalidError, ConflictError) as error:
        return _page(actor, before, values, error)
    return redirect(_back() or url_for("incidents.one", name=before.reference, saved=1), code=303)


def _page(
    actor: Actor,
    before: Incident,
    written: Mapping[str, Any],
    error: InvalidError | ConflictError | None = None,
) -> ResponseReturnValue:
    """Return the page; after somebody else's change it shows both places, and what was written."""
    now = error.current if isinstance(error, ConflictError) else before
    incident = now if isinstance(now, Incident) else before
    with reading(actor.gate) as session:
        context = choices(session, actor)
    values = stored.values(incident, {d.id: d.slug for d in context["districts"]})
    safe = {k: privacy.redacted(v) for k, v in written.items() if isinstance(v, str)}
    safe["shape"] = readable(written.get("shape"))
    page = render_template(
        "incidents/move.html",
        incident=incident,
        values={**values, **(safe | {"version": values["version"]} if written else {})},
        stored=values,
        here=place_words(incident.facts.place),
        error=error,
        wrong=getattr(error, "field", None),
        is_stale=isinstance(error, ConflictError),
        back=_back(),
        precisions=words.PLACE_PRECISION,
        **context,
    )
    if error is None:
        return page, 200
    return page, STATUS[ConflictError if isinstance(error, ConflictError) else InvalidError]


def _back() -> str:
    """Return the map that somebody came from, to go back to it; else nothing."""
    address = inside(request.args.get("tillbaka", ""))
    path = urlsplit(address).path
    maps = (url_for("maps.municipality"), f"{url_for('maps.listing')}/")
    return address if path.startswith(maps) else ""


@bp.post("/handelser/omrade")
def area() -> ResponseReturnValue:
    """Say which district a place would be put in, and whose border it lies near.

    A place is nobody's business but the sender's, and addresses are logged: so it is no GET.
    """
    actor = current_actor()
    require(actor, Permission.REPORT_INCIDENT)
    place = Placing.model_validate(form_values(request.form)).place()
    if place is None:
        raise InvalidError("place", "Platsen saknas.")
    today = clock.now().astimezone(STOCKHOLM).date()
    with reading(actor.gate) as session:
        found = districts.locate(session, actor, place, on=today)
    return {
        "district": _named(found.district),
        "near": _named(found.near),
        "outside": found.has_outlines and found.district is None,
        "broken": found.is_broken,
    }


def _named(district: District | None) -> dict[str, str] | None:
    return {"slug": district.slug, "name": district.name} if district else None
