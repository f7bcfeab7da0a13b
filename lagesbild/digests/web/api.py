"""The letters for programs: to read."""

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lagesbild.base.db import publications, reading
from lagesbild.base.errors import InvalidError
from lagesbild.base.openapi import (
    JSON,
    MOMENT,
    TEXT,
    UUID,
    WEEK,
    WHOLE,
    Answer,
    Chapter,
    Json,
    Operation,
    Parameter,
    listed,
    maybe,
    named,
    record,
)
from lagesbild.base.outbox import State
from lagesbild.digests.rules import TO_READERS, Delivery, Form, Kind, Run, RunState
from lagesbild.digests.service import programs
from lagesbild.digests.service.programs import Told
from lagesbild.digests.web.choosing import NUMBER, period_of
from lagesbild.people.rules import Permission
from lagesbild.people.web import current_actor

LETTERS = [kind.value for kind in Kind if kind.is_letter]

bp = Blueprint("digests_api", __name__)


@bp.get("/digests")
def listing() -> ResponseReturnValue:
    """Return the letters of the group; to readers those that have left."""
    actor = current_actor()
    if actor.may(Permission.READ_DIGEST):
        with reading(actor.gate) as session:
            found = programs.letters(session, actor)
    else:
        with publications(actor.gate) as session:
            found = programs.released(session, actor)
    return {"digests": [_as_json(each) for each in found]}


@bp.get("/digests/<week>")
def one(week: str) -> ResponseReturnValue:
    """Return what a letter that has left says, read by the reader login for everybody."""
    actor = current_actor()
    period, kind, version = period_of(actor, week), _kind(), _version()
    with publications(actor.gate) as session:
        return dict(programs.content(session, actor, period, kind, version))


@bp.get("/deliveries")
def deliveries() -> ResponseReturnValue:
    """Return how far the letters and notices about a week have come, address by address."""
    actor = current_actor()
    period = period_of(actor, request.args.get("week", ""))
    with reading(actor.gate) as session:
        found = programs.deliveries(session, actor, period)
    return {"deliveries": [_delivered(run, each) for run, each in found]}


def _kind() -> Kind:
    kind = request.args.get("kind", Kind.LETTER)
    if kind not in LETTERS:
        raise InvalidError("kind", "Slaget finns inte. De som finns: " + ", ".join(LETTERS))
    return Kind(kind)


def _version() -> int | None:
    version = request.args.get("version")
    if version is not None and not NUMBER.fullmatch(version):
        raise InvalidError("version", "Skriv versionens nummer, till exempel 2.")
    return None if version is None else int(version)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _as_json(told: Told) -> Json:
    return {
        "week": told.week,
        "kind": told.kind,
        "version": told.version,
        "number": told.number or None,
        "state": told.state,
        "due_at": _iso(told.due_at),
        "approved_at": _iso(told.approved_at),
        "released_at": _iso(told.released_at),
        "sha256": told.sha256.hex() if told.sha256 else None,
    }


def _delivered(run: Run, delivery: Delivery) -> Json:
    return {
        "id": str(delivery.id),
        "week": run.week,
        "kind": run.kind,
        "version": run.version,
        "recipient": delivery.recipient,
        "list": delivery.list,
        "form": delivery.form,
        "state": delivery.state,
        "attempts": delivery.attempt,
        "answer": delivery.answer,
        "at": _iso(delivery.at),
        "message_id": delivery.message_id,
        "resend_of": str(delivery.resend_of) if delivery.resend_of else None,
    }


_WHICH: Json = {"type": "string", "enum": LETTERS}
_DIGEST: Json = record(
    {
        "week": WEEK,
        "kind": _WHICH,
        "version": WHOLE,
        "number": maybe(TEXT),
        "state": {"type": "string", "enum": list(RunState)},
        "due_at": maybe(MOMENT),
        "approved_at": maybe(MOMENT),
        "released_at": maybe(MOMENT),
        "sha256": maybe({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
    }
)
_DELIVERY: Json = record(
    {
        "id": UUID,
        "week": WEEK,
        "kind": {"type": "string", "enum": list(TO_READERS)},
        "version": WHOLE,
        "recipient": TEXT,
        "list": TEXT,
        "form": {"type": "string", "enum": list(Form)},
        "state": {"type": "string", "enum": list(State)},
        "attempts": WHOLE,
        "answer": TEXT,
        "at": maybe(MOMENT),
        "message_id": TEXT,
        "resend_of": maybe(UUID),
    }
)
CHAPTER = Chapter(
    "Letters",
    {
        "listing": Operation(
            "listDigests",
            "List the letters",
            Answer("The letters.", {JSON: record({"digests": listed(named("Digest"))})}),
            "The one that is due last comes first. A version above 1 corrects a letter that has"
            " left; that of an extra letter is the number of its picture. `sha256` is there once a"
            " letter is approved, and is the same as long as nothing in it changes. Readers get"
            " those that have left, and know neither when one was due nor when it was approved.",
            refusals=(403,),
        ),
        "one": Operation(
            "readDigest",
            "Read what a letter says",
            Answer("The letter as it left the group, for machines.", {JSON: {"type": "object"}}),
            "Its own `sha256` is of subject, HTML, text and picture; that in the list is of this"
            " JSON, too. Of letters from before there was such a content it is empty.",
            (
                Parameter("week", "The ISO week of its meeting.", WEEK, "path"),
                Parameter("kind", "The week's letter, unless it says otherwise.", _WHICH),
                Parameter(
                    "version",
                    "The newest that has left, unless it says otherwise.",
                    {"type": "integer", "minimum": 1, "maximum": 9999},
                ),
            ),
            refusals=(403, 404),
        ),
        "deliveries": Operation(
            "listDeliveries",
            "List the deliveries about a week",
            Answer(
                "The letters and notices, address by address.",
                {JSON: record({"deliveries": listed(named("Delivery"))})},
            ),
            "`answer` is what the mail server said. A delivery that is `unknown` may have arrived:"
            " nothing makes it again but a person, and then as one of its own with `resend_of`.",
            (Parameter("week", "The ISO week of the meeting.", WEEK, required=True),),
            refusals=(403,),
        ),
    },
    {"Digest": _DIGEST, "Delivery": _DELIVERY},
)
