"""Pages where incidents are logged and changed."""

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from lagesbild.access import service as access
from lagesbild.base import clock, privacy
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import input_time, invalid
from lagesbild.districts import service as districts
from lagesbild.incidents import service
from lagesbild.incidents.rules import Draft, Incident, Request, Source
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.moments import When
from lagesbild.incidents.service import inquiries
from lagesbild.incidents.web import stored, words
from lagesbild.incidents.web.form_page import back, form_page
from lagesbild.incidents.web.forms import IncidentForm, form_values, position, timed
from lagesbild.incidents.web.pages import show
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

JSON = "application/json"
LOOKED_AT = 10_000  # signs of a text; the form takes 8,000

bp = Blueprint("reporting", __name__)


@bp.get("/handelser/ny")
def new() -> ResponseReturnValue:
    """Show the form with what the address says; the id in it makes a double click one incident."""
    actor = current_actor()
    require(actor, Permission.REPORT_INCIDENT)
    given = request.args.get
    values = {
        "id": str(new_id()),
        "when": given("nar") or (When.BETWEEN if given("tid") else When.NOW),
        "occurred_from": given("tid") or input_time(clock.now()),
        "occurred_to": given("till", ""),
        "district": given("district", ""),
        "category": given("typ", ""),
        "time_precision": given("precision", ""),
        "visibility": given("synlig", ""),
        "known_by": given("kand", ""),
        "spoken_by": given("muntligt", ""),
        "source_ref": given("referens", ""),
        "inquiry": str(given("fraga", type=UUID) or ""),
    }
    return form_page(actor, values)


@bp.post("/handelser/ny")
def create() -> ResponseReturnValue:
    """Store the form as an incident, then show it; what is like it is shown before."""
    actor = current_actor()
    if same := request.form.get("same"):  # what was written becomes the own part there
        return show(actor, same, written=request.form.to_dict() | {"part": "1"})
    values = timed(form_values(request.form), clock.now())
    try:
        form, draft = _read(actor, values)
        repeat = Request(f"form:{form.id}", _content(), form.id)
        with transaction(actor.gate) as session:
            draft = _whose(session, actor, draft, form.spoken_by)
            report = service.report if form.distinct else service.report_unlike
            incident = report(session, actor, draft, now=clock.now(), request=repeat)
            _answer(session, actor, form, incident)
    except (InvalidError, ConflictError) as error:
        is_kept = getattr(error, "field", "") == "Idempotency-Key"
        return _kept_already(actor, values) if is_kept else form_page(actor, values, error)
    return _saved(incident, form)


def _read(actor: Actor, values: dict[str, Any]) -> tuple[IncidentForm, Draft]:
    """Return the form and what it says, or raise `InvalidError` for the first wrong field."""
    group, code = values.get("group", ""), values.get("category", "")
    if group in words.GROUP and not code.startswith(group):
        raise InvalidError("category", f"Välj också vilken sort inom {words.GROUP[group].lower()}.")
    if not code:
        raise InvalidError("category", "Välj vad som har hänt.")
    try:
        form = IncidentForm.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from error
    return form, form.draft(actor, form.id, form.place(), Source.FORM)


def _whose(session: Session, actor: Actor, draft: Draft, spoken_by: str) -> Draft:
    """Return a draft as the part of the organisation that has said it aloud."""
    if not spoken_by:
        return draft
    known = access.organisations(session, actor)
    owner = next((o.id for o in known if o.slug == spoken_by), None)
    if owner is None:
        raise InvalidError("spoken_by", "Välj en organisation ur listan.")
    if owner == actor.organisation_id:
        return draft
    part = replace(draft.part, organisation_id=owner)
    return replace(draft, part=part, entered_by=actor.organisation_id, source=Source.SPOKEN)


def _answer(session: Session, actor: Actor, form: IncidentForm, incident: Incident) -> None:
    """Let what was logged be the answer to the question that led to the form."""
    if form.inquiry is not None:
        inquiries.answer_by_logging(
            session, actor, form.inquiry, incident.reference, now=clock.now()
        )


def _saved(incident: Incident, form: IncidentForm) -> ResponseReturnValue:
    """Go to the stored incident, or to the next one with what is usual kept from this."""
    if request.form.get("again"):
        when = request.form.get("when", "")
        kept = {"nar": when, "synlig": form.visibility, "kand": form.known_by}
        kept |= {"muntligt": form.spoken_by}
        if when == When.BETWEEN:
            kept |= {"tid": request.form.get("occurred_from"), "precision": form.time_precision}
            kept |= {"till": request.form.get("occurred_to")}
        kept |= {"tillbaka": back()}
        said = {key: value for key, value in kept.items() if value}
        address = f"{url_for('.new')}?{urlencode(said | {'saved': incident.reference})}"
    elif meeting := back():
        address = f"{meeting}{'&' if '?' in meeting else '?'}loggad={incident.reference}"
    else:
        address = url_for("incidents.one", name=incident.reference, saved=1)
    if request.accept_mimetypes.best == JSON:
        return {"next": address, "reference": incident.reference}, 201
    return redirect(address, code=303)


def _kept_already(actor: Actor, values: dict[str, Any]) -> ResponseReturnValue:
    """Say that the form was stored before it was changed and sent again."""
    with reading(actor.gate) as session:
        first = service.one(session, actor, UUID(values["id"]))
    said = "Händelsen är redan sparad, med det du skrev först. Öppna den för att ändra."
    return form_page(actor, values | {"reference": first.reference}, ConflictError(said))


def _content() -> bytes:
    """Return what the form says, as a hash; the same form twice says the same."""
    aside = ("csrf_token", "again", "distinct", "group")
    said = sorted((k, v) for k, v in request.form.items() if k not in aside)
    return hashlib.sha256(repr(said).encode()).digest()


@bp.post("/handelser/granska")
def look() -> ResponseReturnValue:
    """Say what the identity guard would say of a text, while it is being written."""
    require(current_actor(), Permission.REPORT_INCIDENT)
    found = privacy.scan(request.form.get("text", "")[:LOOKED_AT])
    stops = any(finding.level == privacy.Level.BLOCK for finding in found)
    level = privacy.Level.BLOCK if stops else privacy.Level.WARN
    sentences = dict.fromkeys(f.sentence for f in found if f.level == level)
    return {"stops": stops, "sentence": " ".join(sentences)}


@bp.get("/handelser/<name>/andra")
def edit(name: str) -> ResponseReturnValue:
    """Show the form with an incident in it."""
    actor = current_actor()
    with reading(actor.gate) as session:
        incident = service.to_edit(session, actor, name)
        slugs = _slugs(session, actor)
    values = stored.values(incident, slugs) | {"was": incident.facts.place or ""}
    is_others = incident.organisation_id != actor.organisation_id
    return form_page(actor, values | {"others": "1"} if is_others else values)


@bp.post("/handelser/<name>/andra")
def change(name: str) -> ResponseReturnValue:
    """Store the changed form, unless somebody else changed the incident first."""
    actor = current_actor()
    values = timed(form_values(request.form), clock.now()) | {"reference": name}
    try:
        form, draft = _read(actor, values)
        with transaction(actor.gate) as session:
            before = service.to_edit(session, actor, name)
            changed = _as_before(draft, before, form)
            why = Reason(request.form.get("reason", ""), confirmed=form.confirmed)
            service.edit(session, actor, changed, version=form.version, reason=why, now=clock.now())
    except InvalidError as error:
        return form_page(actor, values, error)
    except ConflictError as error:
        return _both(actor, values, error)
    return redirect(url_for("incidents.one", name=name, saved=1), code=303)


def _both(actor: Actor, values: dict[str, Any], error: ConflictError) -> ResponseReturnValue:
    """Show what was written beside what is stored now; saving again then means the former."""
    if not isinstance(error.current, Incident) or error.current.withdrawn_at:
        return form_page(actor, values, error)
    with reading(actor.gate) as session:
        now = stored.values(error.current, _slugs(session, actor))
        differs = stored.differences(now, values, service.categories(session, actor))
    return form_page(actor, values | {"version": now["version"]}, error, differs=differs)


def _slugs(session: Session, actor: Actor) -> dict[UUID, str]:
    return {d.id: d.slug for d in districts.districts(session, actor)}


def _as_before(draft: Draft, before: Incident, form: IncidentForm) -> Draft:
    """Return a draft of a stored incident; a line or area that was not shown in the form stays."""
    facts = draft.facts
    if form.shape is None and before.facts.place and position(before.facts.place) is None:
        facts = replace(facts, place=before.facts.place)
    return replace(draft, id=before.id, facts=facts, source=before.source)
