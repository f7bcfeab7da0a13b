"""Where an incident is put instead, why, and who is told where it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from lagesbild.audit.rules import Entry
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import Category, Facts, GeoJson, Incident, Shown
from lagesbild.incidents.rules.audiences import shown_in_group
from lagesbild.incidents.rules.checks import MAX_SUMMARY, Reason, check_text
from lagesbild.people.rules import Actor

FROM, TO, WHY = "från plats", "till plats", "skäl"  # what the log says of a moved place
WHY_MOVED = "Skriv varför platsen flyttas."


@dataclass(frozen=True)
class Move:
    """A new place. `district` is a slug chosen by hand, None: after the place."""

    place: GeoJson | None
    place_text: str
    place_precision_m: int | None
    district: str | None
    reason: Reason
    outside: bool = False

    def of(self, facts: Facts) -> Facts:
        """Return facts with this place, and no district yet."""
        return replace(
            facts,
            place=self.place,
            place_text=self.place_text.strip(),
            place_precision_m=self.place_precision_m,
            district_id=None,
            version_id=None,
            district_chosen=False,
        )


def is_moved(before: GeoJson | None, after: GeoJson | None) -> bool:
    """Whether a known place was changed; a place for what had none is news, not a move."""
    return before is not None and not _same(before, after)


def is_there(before: Facts, after: Facts) -> bool:
    """Whether an incident stands already where somebody wants to put it."""
    names = ("place_text", "place_precision_m", "district_id", "district_chosen")
    alike = all(getattr(before, name) == getattr(after, name) for name in names)
    return alike and _same(before.place, after.place)


def check_why(reason: Reason) -> str:
    """Return why a place is moved, or raise `InvalidError`."""
    text = _read(reason)
    if not text:
        raise InvalidError("reason", WHY_MOVED)
    return text


def why_moved(before: Facts, after: Facts, reason: Reason | None) -> str:
    """Return why a change moves the place, empty where it does not; None is a program's silence.

    Raises `InvalidError` for an empty reason of a moved place, and for a text that may not be.
    """
    if reason is None:
        return ""
    if is_moved(before.place, after.place):
        return check_why(reason)
    _read(reason)  # it is not kept, but it came in
    return ""


def told_of_move(before: Facts, after: Facts, reason: str) -> dict[str, str]:
    """Return what the log says of a moved place: old and new as GeoJSON, and why."""
    told = {WHY: reason} if reason else {}
    if not is_moved(before.place, after.place):
        return told
    return {FROM: before.place or "", TO: after.place or ""} | told


def told_to(actor: Actor, incident: Incident, category: Category, entry: Entry) -> Entry:
    """Return a line of the history as an actor may read it: old places as exact as the new one."""
    is_own = actor.organisation_id == incident.organisation_id
    is_shown = shown_in_group(category.sensitivity) is Shown.EXACT
    if is_own or (is_shown and incident.withdrawn_at is None):
        return entry
    return replace(entry, changes=_without_places(entry.changes))


def _without_places(changes: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in changes.items() if name not in (FROM, TO, WHY)}


def _read(reason: Reason) -> str:
    return check_text("reason", reason.text, MAX_SUMMARY, confirmed=reason.confirmed)


def _same(one: GeoJson | None, other: GeoJson | None) -> bool:
    if one is None or other is None:
        return one is other
    first, second = orjson.loads(one), orjson.loads(other)
    return bool(first["type"] == second["type"] and first["coordinates"] == second["coordinates"])
