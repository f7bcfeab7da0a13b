"""Incidents for programs: GeoJSON Features in and out (RFC 7946)."""

import hashlib
from dataclasses import asdict
from urllib.parse import urlencode
from uuid import UUID

import orjson
from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, privacy
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, storable
from lagesbild.base.openapi import PROBLEM
from lagesbild.base.web import STATUS, TITLES
from lagesbild.incidents import service
from lagesbild.incidents.rules import Incident, Request
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.web import filters
from lagesbild.incidents.web.described import GEOJSON
from lagesbild.incidents.web.features import editable, listed_feature, names, whole_feature
from lagesbild.incidents.web.forms import FeatureIn, version_of
from lagesbild.people.web import current_actor

bp = Blueprint("incidents_api", __name__)


@bp.get("/incidents")
def listing() -> ResponseReturnValue:
    """Return a page of incidents as a FeatureCollection, newest first."""
    actor = current_actor()
    limit = filters.limit()
    with reading(actor.gate) as session:
        wanted = filters.wanted(session, actor)
        after = filters.cursor(wanted.order)
        rows = service.listing(session, actor, wanted, limit=limit + 1, after=after)
    links = []
    if len(rows) > limit:
        rows = rows[:limit]
        cursor = filters.cursor_text(rows[-1].cursor(wanted.order))
        query = {name: privacy.redacted(value) for name, value in request.args.items()}
        address = f"{request.path}?{urlencode(query | {'cursor': cursor})}"
        links.append({"rel": "next", "type": GEOJSON, "href": address})
    return _geojson(
        {
            "type": "FeatureCollection",
            "features": [listed_feature(row) for row in rows],
            "numberReturned": len(rows),
            "links": links,
        }
    )


@bp.get("/categories")
def categories() -> ResponseReturnValue:
    """Return every code that an incident may have, with its usual severity and sensitivity."""
    actor = current_actor()
    with reading(actor.gate) as session:
        known = service.categories(session, actor)
    return {"categories": [asdict(category) for category in known.values()]}


@bp.post("/incidents")
def create() -> ResponseReturnValue:
    """Store a Feature as an incident. With an `Idempotency-Key`, the same again is the same."""
    actor = current_actor()
    body = request.get_data()
    draft = FeatureIn.model_validate_json(body).draft(actor)
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:  # noqa: PLR2004 – as long as anybody needs
        raise InvalidError("Idempotency-Key", "Nyckeln ska ha 1–200 tecken.")
    storable("Idempotency-Key", key or "")
    # Of the key only a hash is kept: it may be any text.
    repeat = (
        Request(hashlib.sha256(key.encode()).hexdigest(), hashlib.sha256(body).digest(), draft.id)
        if key
        else None
    )
    with transaction(actor.gate) as session:
        called = names(session, actor)  # before the number is taken: it holds up other writers
        incident = service.report(session, actor, draft, now=clock.now(), request=repeat)
    feature = whole_feature(incident, called)
    answer = _one(incident, feature)
    answer.status_code = 201
    answer.headers["Location"] = url_for("incidents_api.one", id_=incident.id)
    return answer


@bp.get("/incidents/<id_>")
def one(id_: str) -> ResponseReturnValue:
    """Return one incident by id or reference, with the parts that the reader may see."""
    actor = current_actor()
    with reading(actor.gate) as session:
        incident = service.one(session, actor, _name(id_))
        feature = whole_feature(incident, names(session, actor))
    return _one(incident, feature)


@bp.patch("/incidents/<uuid:id_>")
def change(id_: UUID) -> ResponseReturnValue:
    """Change the fields that are sent; `If-Match` names the version that was read."""
    actor = current_actor()
    sent = _object()
    properties = sent.get("properties", {})
    if not isinstance(properties, dict):
        raise InvalidError("properties", "Egenskaperna ska vara ett JSON-objekt.")
    why = _reason(sent) if "reason" in sent else None
    with transaction(actor.gate) as session:
        before = service.to_edit(session, actor, id_)
        known = whole_feature(before, names(session, actor))
        merged = {
            "type": "Feature",
            "geometry": sent.get("geometry", known["geometry"]),
            "properties": editable(known) | properties,
        }
        draft = FeatureIn.model_validate_json(_json(merged)).draft(actor, id_=id_)
        after = service.edit(session, actor, draft, version=_version(), reason=why, now=clock.now())
        feature = whole_feature(service.one(session, actor, id_), names(session, actor))
    return _one(after, feature)


@bp.post("/incidents/<uuid:id_>/withdraw")
def withdraw(id_: UUID) -> ResponseReturnValue:
    """Take an incident back, with a reason."""
    actor = current_actor()
    sent = _object()
    reason = _reason(sent)
    with transaction(actor.gate) as session:
        after = service.withdraw(
            session, actor, id_, version=_version(), reason=reason, now=clock.now()
        )
        feature = whole_feature(service.one(session, actor, id_), names(session, actor))
    return _one(after, feature)


@bp.get("/incidents/<uuid:id_>/history")
def history(id_: UUID) -> ResponseReturnValue:
    """Return what was done with an incident, newest first."""
    actor = current_actor()
    with reading(actor.gate) as session:
        incident = service.one(session, actor, id_)
        entries = service.history(session, actor, incident)
        called = names(session, actor)
    return {
        "entries": [
            {
                "at": e.at.isoformat(),
                "verb": e.verb,
                "organisation": called.organisations.get(e.organisation_id)
                if e.organisation_id
                else None,
                "changes": dict(e.changes),
            }
            for e in entries
        ]
    }


@bp.errorhandler(ConflictError)
def stale(error: ConflictError) -> ResponseReturnValue:
    """Return the refusal with the stored version beside the sentence."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES[STATUS[ConflictError]],
        "status": STATUS[ConflictError],
        "detail": str(error),
    }
    if isinstance(error.current, Incident):
        actor = current_actor()
        with reading(actor.gate) as session:
            body["current"] = whole_feature(error.current, names(session, actor))
    return Response(orjson.dumps(body), status=STATUS[ConflictError], mimetype=PROBLEM)


def _one(incident: Incident, feature: dict[str, object]) -> Response:
    answer = _geojson(feature)
    answer.set_etag(str(incident.version))
    return answer


def _geojson(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), mimetype=GEOJSON)


def _object() -> dict[str, object]:
    try:
        sent = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise InvalidError("body", "Innehållet går inte att läsa som JSON.") from error
    if not isinstance(sent, dict):
        raise InvalidError("body", "Innehållet ska vara ett JSON-objekt.")
    return sent


def _reason(sent: dict[str, object]) -> Reason:
    text = sent.get("reason", "")
    if not isinstance(text, str):
        raise InvalidError("reason", "Skälet ska vara en text.")
    return Reason(text, confirmed=sent.get("confirmed") is True)


def _json(merged: dict[str, object]) -> bytes:
    try:
        return orjson.dumps(merged)
    except orjson.JSONEncodeError as error:  # it reads four times deeper than it writes
        raise InvalidError("body", "Innehållet har för många nivåer.") from error


def _version() -> int:
    """Return the version that the sender has read."""
    tags = list(request.if_match)
    version = version_of(tags[0]) if len(tags) == 1 else None
    if version is None:
        raise InvalidError("If-Match", 'Skicka versionen som du ändrar i If-Match, som "3".')
    return version


def _name(name: str) -> UUID | str:
    try:
        return UUID(name)
    except ValueError:
        return name
