"""Fixed pictures for programs: every part with its digest, so that it can be checked elsewhere."""

from flask.typing import ResponseReturnValue

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import reading
from lagesbild.base.openapi import (
    JSON,
    MOMENT,
    TEXT,
    WEEK,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    listed,
    maybe,
    record,
)
from lagesbild.meetings.rules.snapshot import Fixed, Fixing, broken
from lagesbild.meetings.service import fixing
from lagesbild.meetings.web.week import api
from lagesbild.people.web import current_actor


@api.get("/meetings/<name>/pictures")
def pictures(name: str) -> ResponseReturnValue:
    """Return all that is fixed of a week."""
    actor = current_actor()
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    with reading(actor.gate) as session:
        found = fixing.fixed(session, actor, period)
    return {"pictures": [_told(picture) for picture in found]}


def _told(fixed: Fixed) -> dict[str, object]:
    head = fixed.head
    return {
        "number": head.number,
        "kind": head.kind,
        "week": head.week,
        "fixed_at": head.fixed_at.astimezone(STOCKHOLM).isoformat(),
        "known_at": head.known_at.astimezone(STOCKHOLM).isoformat(),
        "corrects": head.corrects,
        "sha256": fixed.sha256.hex(),
        "broken": broken(fixed),
        "parts": [
            {
                "name": part.name,
                "digest": part.digest.hex(),
                "salt": part.salt.hex() if part.salt else None,
                "text": part.text,
                "removed_reason": part.removed_reason,
            }
            for part in fixed.parts
        ],
    }


_PART = {
    "name": TEXT,
    "digest": TEXT,
    "salt": maybe(TEXT),
    "text": maybe(TEXT),
    "removed_reason": TEXT,
}
_PICTURE = {
    "number": WHOLE,
    "kind": {"type": "string", "enum": list(Fixing)},
    "week": WEEK,
    "fixed_at": MOMENT,
    "known_at": MOMENT,
    "corrects": maybe(WHOLE),
    "sha256": TEXT,
    "broken": listed(TEXT),
    "parts": listed(record(_PART)),
}
OPERATIONS = {
    "pictures": Operation(
        "listPictures",
        "Read all that is fixed of a week",
        Answer("The first fixed first.", {JSON: record({"pictures": listed(record(_PICTURE))})}),
        "A picture is numbered and never changes. `text` is JSON; its `digest` is SHA-256 of the"
        " salt's bytes and the text. A part that was removed by law has neither text nor salt."
        " `broken` names parts that are not what was fixed, and is empty when all is well.",
        (Parameter("name", "Such as 2026-W47.", WEEK, "path"),),
        refusals=(403,),
    )
}
