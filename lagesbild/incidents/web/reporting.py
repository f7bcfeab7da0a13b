"""Pages where incidents are logged and changed."""

import hashlib
import re
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from lagesbild.base import clock, privacy
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, input_time, invalid
from lagesbild.districts import service as districts
from lagesbild.incidents import service
from lagesbild.incidents.rules import Draft, Incident, Request, Source
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.forms import IncidentForm, form_values, position
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

REFERENCE = re.compile(r"L-[0-9]{4}-[0-9]+")

bp = Blueprint("reporting", __name__)


@bp.get("/handelser/ny")
def new() -> ResponseReturnValue:
    """Show the form with what the address says; the id in it makes a double click one incident."""
    require(current_actor(), Permission.REPORT_INCIDENT)
    values = {
        "id": str(new_id()),
        "occurred_from": request.args.get("tid") or input_time(clock.now()),
        "district": request.args.get("district", ""),
        "category": request.args.get("typ", ""),
        "time_precision": request.args.get("precision", ""),
        "source_ref": request.args.get("referens", ""),
    }
    return _form(current_actor(), values)


@bp.post("/handelser/ny")
def create() -> ResponseReturnValue:
    """Store the form as an incident, then show it."""
    actor = current_actor()
    values = form_values(request.form)
    try:
        form = IncidentForm.model_validate(values)
        draft = form.draft(actor, form.id, form.place(), Source.FORM)
        with transaction(actor.gate) as session:
            repeat = Request(f"form:{form.id}", _content(), form.id)
            incident = service.report(session, actor, draft, now=clock.now(), request=repeat)
    except ValidationError as error:
        return _form(actor, values, invalid(error))
    except InvalidError as error:
        return _form(actor, values, error)
    again = request.form.get("again")
    if again:
        return redirect(url_for(".new", saved=incident.reference), code=303)
    return redirect(url_for("incidents.one", name=incident.reference, saved=1), code=303)


def _content() -> bytes:
    """Return what the form says, as a hash; the same form twice says the same."""
    said = sorted((k, v) for k, v in request.form.items() if k not in ("csrf_token", "again"))
    return hashlib.sha256(repr(said).encode()).digest()


@bp.get("/handelser/<name>/andra")
def edit(name: str) -> ResponseReturnValue:
    """Show the form with an incident in it."""
    actor = current_actor()
    with reading(actor.gate) as session:
        incident = service.to_edit(session, actor, name)
        slugs = {d.id: d.slug for d in districts.districts(session, actor)}
    return _form(actor, _values(incident, slugs))


@bp.post("/handelser/<name>/andra")
def change(name: str) -> ResponseReturnValue:
    """Store the changed form, unless somebody else changed the incident first."""
    actor = current_actor()
    values = form_values(request.form) | {"reference": name}
    try:
        form = IncidentForm.model_validate(values)
        with transaction(actor.gate) as session:
            before = service.one(session, actor, name)
            draft = _changed(actor, form, before)
            service.edit(session, actor, draft, version=form.version, now=clock.now())
    except ValidationError as error:
        return _form(actor, values, invalid(error))
    except (InvalidError, ConflictError) as error:
        return _form(actor, values, error)
    return redirect(url_for("incidents.one", name=name, saved=1), code=303)


def _changed(actor: Actor, form: IncidentForm, before: Incident) -> Draft:
    """Return the form as a draft; a line or area that the form cannot show stays as it was."""
    place = form.place()
    if before.facts.place and position(before.facts.place) is None:
        place = before.facts.place
    return form.draft(actor, before.id, place, before.source)


def _form(
    actor: Actor, values: dict[str, Any], error: InvalidError | ConflictError | None = None
) -> ResponseReturnValue:
    """Show the form with what was written, less any personal number."""
    safe = {k: privacy.redacted(v) if isinstance(v, str) else v for k, v in values.items()}
    safe["tags"] = ", ".join(privacy.redacted(t) for t in values.get("tags", []))
    with reading(actor.gate) as session:
        context = choices(session, actor)
    page = render_template(
        "incidents/form.html",
        values=safe,
        error=error,
        wrong=getattr(error, "field", None),
        stale=isinstance(error, ConflictError),
        saved=saved if REFERENCE.fullmatch(saved := request.args.get("saved", "")) else None,
        **context,
    )
    return page, STATUS[type(error)] if error else 200


def _values(incident: Incident, slugs: dict[UUID, str]) -> dict[str, Any]:
    """Return an incident as the form shows it."""
    facts = incident.facts
    own = next((p for p in incident.parts if p.organisation_id == incident.organisation_id), None)
    at = position(facts.place)
    chosen = slugs.get(facts.district_id, "") if facts.district_id else ""
    values: dict[str, Any] = {
        "id": str(incident.id),
        "version": str(incident.version),
        "reference": incident.reference,
        "occurred_from": input_time(facts.occurred_from),
        "occurred_to": input_time(facts.occurred_to),
        "reported_at": input_time(facts.reported_at),
        "longitude": f"{at[0]:.6f}" if at else "",
        "latitude": f"{at[1]:.6f}" if at else "",
        "district": chosen if facts.district_chosen else "",
        "tags": list(facts.tags),
        "source_ref": incident.source_ref or "",
    }
    same = (
        "category", "time_precision", "place_precision_m", "place_kind", "place_text",
        "verification", "known_by", "severity", "severity_reason", "crime_code",
    )  # fmt: skip
    values |= {name: getattr(facts, name) for name in same}
    if own:
        said = ("summary", "details", "visibility", "secrecy_basis", "reporter_role")
        values |= {name: getattr(own, name) for name in said}
    return {k: "" if v is None else v if isinstance(v, list) else str(v) for k, v in values.items()}
