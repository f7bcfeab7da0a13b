"""The page of the form in which an incident is logged or changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, reading
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import STATUS, input_time, inside
from lagesbild.incidents import service
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.moments import When, span, when_text
from lagesbild.incidents.rules.nearness import AlikeError
from lagesbild.incidents.web import words
from lagesbild.incidents.web.choices import choices, tiles
from lagesbild.incidents.web.filters import REFERENCE
from lagesbild.incidents.web.shapes import readable
from lagesbild.people.rules import Actor, Permission


def back() -> str:
    """Return where in a meeting somebody was who came here to log, else nothing."""
    address = inside(request.args.get("tillbaka", ""))
    return address if address.startswith(f"{url_for('meetings.series')}/") else ""


def form_page(
    actor: Actor,
    values: dict[str, Any],
    error: InvalidError | ConflictError | None = None,
    differs: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    """Show the form with what was written, less any personal number."""
    now = clock.now()
    with reading(actor.gate) as session:
        context = choices(session, actor)
        usual = service.usual(session, actor, now=now)
        quiet = None if values.get("version") else _quiet_week(session, actor, now)
    page = render_template(
        "incidents/form.html",
        values=_safe(values, now),
        error=error,
        differs=differs,
        wrong=getattr(error, "field", None),
        stale=isinstance(error, ConflictError),
        alike=error.current if isinstance(error, AlikeError) else (),
        saved=saved if REFERENCE.fullmatch(saved := request.args.get("saved", "")) else None,
        usual=usual,
        quiet=quiet,
        leave=back(),
        whens=_whens(actor, now),
        groups=tiles(context["category_groups"]),
        precisions=words.PLACE_PRECISION,
        own=context["organisation_of"].get(actor.organisation_id),
        spoken=[
            (o.slug, f"muntligt från {o.name}")
            for o in context["organisations"]
            if o.id != actor.organisation_id
        ],
        **context,
    )
    status = STATUS[ConflictError if isinstance(error, ConflictError) else InvalidError]
    return page, status if error else 200


def _safe(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what was written, less any personal number; a quick time counts from now again."""
    safe = {k: privacy.redacted(v) if isinstance(v, str) else v for k, v in values.items()}
    safe["shape"] = readable(
        values.get("shape", "")
    )  # its numbers are degrees, whatever they are like
    safe["tags"] = ", ".join(privacy.redacted(t) for t in values.get("tags", []))
    if safe.get("when", When.BETWEEN) != When.BETWEEN:
        safe |= {"occurred_from": input_time(now), "occurred_to": "", "time_precision": ""}
    safe.setdefault("opened_at", now.isoformat(timespec="seconds"))
    return safe


def _whens(actor: Actor, now: datetime) -> list[tuple[When, str, str]]:
    """Return the choices of time, each with what it means to somebody who makes it now."""
    said = []
    for when in When:
        text = ""
        if when is not When.BETWEEN:
            start, end, precision = span(when, now)
            week = Period.of(start, weekday=actor.group.meeting_weekday).week
            happened = when_text(start, end, precision, seen=now)
            text = f"{happened}. Räknas till v.\N{NO-BREAK SPACE}{week}."
        said.append((when, words.WHEN[when], text))
    return said


def _quiet_week(session: Session, actor: Actor, now: datetime) -> Period | None:
    """Return the running week while the actor's organisation has reported nothing in it."""
    if not actor.may(Permission.REPORT_NOTHING):
        return None
    period = Period.of(now, weekday=actor.group.meeting_weekday)
    own = Filter(start=period.start, end=period.end, organisation_id=actor.organisation_id)
    return None if service.count(session, actor, own).rows else period
