"""The list of incidents: all that a filter finds, or what nobody in the group has gone through."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, reading
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS
from lagesbild.incidents import service
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.service import bordering, inquiries, intake
from lagesbild.incidents.web import filters
from lagesbild.incidents.web.choices import choices
from lagesbild.incidents.web.words import ORDER
from lagesbild.people.rules import Actor, Permission

ROWS = 50  # on a page
WEEKS = 27  # to choose from: half a year
Refused = InvalidError | ConflictError


def every(
    actor: Actor, *, error: Refused | None = None, written: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """Show the incidents that the filters of the address find, newest first."""
    now = clock.now()
    with reading(actor.gate) as session:
        page = _page(session, actor, filters.wanted(session, actor))
        if actor.may(Permission.REVIEW_INCIDENTS):
            page["waiting"] = intake.waiting(session, actor, now=now)
            page["unanswered"] = inquiries.unanswered(session, actor)
        elif actor.may(Permission.REPORT_INCIDENT):
            page["inquiries"] = inquiries.lately(session, actor, now=now)
    return _shown("incidents/list.html", page, error, written)


def new(
    actor: Actor, *, error: Refused | None = None, written: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """Show what nobody in the group has gone through, what may be the same, and questions."""
    now = clock.now()
    since = intake.new_since(actor, now=now)
    with reading(actor.gate) as session:
        wanted = replace(filters.wanted(session, actor), new_since=since)
        page = _page(session, actor, wanted) | {
            "since": since,
            "pairs": intake.pairs(session, actor, now=now),
            "inquiries": inquiries.lately(session, actor, now=now),
            "number": service.count(session, actor, wanted).rows,
            "done": _done(session, actor),
            "joined": _joined(),
        }
    page["query"]["status"] = filters.NEW
    for shown_once in ("genomgangna", "ihop"):
        page["query"].pop(shown_once, None)
    return _shown("incidents/intake.html", page, error, written)


def _done(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what was just gone through, so that it may be undone."""
    at = moment(request.args.get("genomgangna", ""))
    number = intake.reviewed(session, actor, at=at) if at else 0
    return {"at": at.isoformat(), "number": number} if at and number else {}


def _joined() -> str:
    """Return the reference of what was just kept of two."""
    name = request.args.get("ihop", "")
    return name if filters.REFERENCE.fullmatch(name) else ""


def moment(text: str) -> datetime | None:
    """Return a moment as it stands in an address, or None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _page(session: Session, actor: Actor, wanted: Filter) -> dict[str, Any]:
    limit = filters.limit(ROWS)
    after = filters.cursor(wanted.order)
    rows = service.listing(session, actor, wanted, limit=limit + 1, after=after)
    query = {name: privacy.redacted(value) for name, value in request.args.items()}
    older = None
    if len(rows) > limit:
        rows = rows[:limit]
        cursor = filters.cursor_text(rows[-1].cursor(wanted.order))
        older = f"{url_for('incidents.listing')}?{urlencode(query | {'cursor': cursor})}"
    return {
        "rows": rows,
        "near": bordering.near_each(session, actor, rows),
        "older": older,
        "query": query,
        "weeks": _weeks(actor, request.args.get("week", "")),
        "orders": ORDER,
        "order": wanted.order,
        **choices(session, actor),
    }


def _weeks(actor: Actor, chosen: str) -> list[Period]:
    """Return the weeks to choose from, the newest first; the chosen one is always there."""
    weekday = actor.group.meeting_weekday
    running = Period.of(clock.now(), weekday=weekday)
    weeks = [running.previous(n) for n in range(WEEKS)]
    if chosen and chosen not in {week.name for week in weeks}:
        weeks.append(Period.named(chosen, weekday=weekday))
    return weeks


def _shown(
    template: str, page: dict[str, Any], error: Refused | None, written: Mapping[str, str] | None
) -> ResponseReturnValue:
    safe = {name: privacy.redacted(text) for name, text in (written or {}).items()}
    asking = {"error": error, "written": safe, "inquiry_id": new_id()}
    return render_template(template, **page, **asking), STATUS[type(error)] if error else 200
