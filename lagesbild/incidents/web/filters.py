"""What an address narrows a list to; the same words for pages and programs."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask import request

from lagesbild.access import service as access
from lagesbild.base import clock, privacy
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import Box
from lagesbild.districts import service as districts
from lagesbild.incidents import service
from lagesbild.incidents.rules import Cursor, Filter, Order, Verification
from lagesbild.incidents.service import intake
from lagesbild.incidents.web.forms import swedish_time
from lagesbild.people.rules import Actor

MAX_LIMIT = 1000
LIMIT = re.compile("[0-9]{1,4}")
DEGREES = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?(e-?[0-9]{1,2})?", re.ASCII)
SEVERITIES = tuple("012345")
REFERENCE = re.compile(r"L-[0-9]{4}-[0-9]+")
NEW = "ny"  # gone through by nobody in the group
STATUSES = (*Verification, NEW)


def limit(usual: int = 100) -> int:
    """Return how many rows are asked for."""
    text = request.args.get("limit", str(usual))
    if not LIMIT.fullmatch(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidError("limit", f"Antalet ska vara 1–{MAX_LIMIT}.")
    return int(text)


def _moment(name: str) -> datetime | None:
    try:
        return swedish_time(request.args.get(name, ""))
    except ValueError as error:
        raise InvalidError(name, str(error)) from error


def box() -> Box | None:
    """Return the box of the address, or None."""
    text = request.args.get("bbox")
    if text is None:
        return None
    sides = [side.strip() for side in text.split(",")]
    if len(sides) != 4 or not all(DEGREES.fullmatch(side) for side in sides):  # noqa: PLR2004 – sides
        raise InvalidError("bbox", "Skriv fyra tal: väst,syd,öst,nord i grader.")
    west, south, east, north = map(float, sides)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 – degrees
        raise InvalidError("bbox", "Rutan ska vara väst,syd,öst,nord i grader (WGS 84).")
    return Box(west, south, east, north)


def _status(known: Sequence[str]) -> str | None:
    text = request.args.get("status")
    if text and text not in known:
        raise InvalidError("status", "Statusen finns inte. De som finns: " + ", ".join(known))
    return text or None


def category(session: Session, actor: Actor) -> str | None:
    """Return what the codes begin with that the address asks for."""
    text = privacy.redacted(request.args.get("category", ""))
    if text and not any(code.startswith(text) for code in service.categories(session, actor)):
        raise InvalidError("category", "Typen finns inte. Välj en ur listan.")
    return text or None


def verification() -> Verification | None:
    """Return how sure the address wants it."""
    text = _status(tuple(Verification))
    return Verification(text) if text else None


def wanted(session: Session, actor: Actor) -> Filter:
    """Read the filters of the address."""
    given = {name: value for name, value in request.args.items() if value}
    start, end = _moment("from"), _moment("to")
    if "week" in given:
        period = Period.named(given["week"], weekday=actor.group.meeting_weekday)
        start, end = period.start, period.end
    if start and end and end <= start:
        raise InvalidError("to", "Sluttiden ska vara efter starttiden.")
    status = _status(STATUSES)
    privacy.guard("q", given.get("q", ""), confirmed=True)  # no text has one: nothing to find
    district, organisation = given.get("district"), given.get("organisation")
    return Filter(
        box=box(),
        district_id=districts.district(session, actor, district).id if district else None,
        start=start,
        end=end,
        category=category(session, actor),
        organisation_id=access.organisation_named(session, actor, organisation).id
        if organisation
        else None,
        verification=Verification(status) if status and status != NEW else None,
        new_since=intake.new_since(actor, now=clock.now()) if status == NEW else None,
        words=given.get("q") or None,
        order=order(),
    )


def order() -> Order:
    """Return what stands first."""
    text = request.args.get("sort") or Order.HAPPENED
    if text not in set(Order):
        raise InvalidError("sort", "Ordningen finns inte. De som finns: " + ", ".join(Order))
    return Order(text)


def cursor_text(last: Cursor) -> str:
    """Return the end of a page as it stands in an address."""
    key = last.key.isoformat() if isinstance(last.key, datetime) else last.key
    plain = f"{'' if key is None else key}|{last.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode()


def cursor(order: Order = Order.HAPPENED) -> Cursor | None:
    """Return where the page begins, or None for the first."""
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        key, _, id_ = base64.urlsafe_b64decode(text).decode().partition("|")
        return Cursor(_key(key, order), UUID(id_))
    except (ValueError, OverflowError, binascii.Error) as error:
        raise InvalidError("cursor", "Sidan finns inte. Börja om från den första.") from error


def _key(text: str, order: Order) -> datetime | int | None:
    if order is Order.HAPPENED and (moment := datetime.fromisoformat(text)).tzinfo:
        return moment.astimezone(UTC)
    if order is Order.SEVERE and text in SEVERITIES:
        return int(text)
    if order is Order.LOGGED and not text:
        return None
    raise ValueError
