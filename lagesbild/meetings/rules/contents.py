"""What a fixed picture says, part by part, as plain JSON values.

Everything that is printed of it, minutes and all, is made from these values and nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from lagesbild.actions.rules import STATE_TEXT, Action
from lagesbild.actions.rules.lists import beneath
from lagesbild.base.clock import Period
from lagesbild.meetings.rules import Figures, Picture, as_json, snapshot
from lagesbild.meetings.rules.assessing import UNSAID, Assessed
from lagesbild.meetings.rules.sentences import TEXT, sentence
from lagesbild.meetings.rules.sitting import Coming, Note
from lagesbild.people.rules import Group, Organisation
from lagesbild.problems.rules import DIRECTION_TEXT, Problem

PICTURE, MEETING, ATTENDANCE, COMING = "picture", "meeting", "attendance", "coming"
PROBLEMS, ACTIONS = "problems", "actions"
FOLLOWED, CHANGES, BASIS, CORRECTION = "followed", "changes", "basis", "correction"
DISTRICT = "district:"
NOTE = "note:"
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Basis:
    """What the figures rest on: the day of the outlines, and the newest version of each type."""

    outlines_from: date | None
    categories: Mapping[str, int]


@dataclass(frozen=True)
class Met:
    """When and where a meeting was held, and who was there; None: nobody has asked."""

    starts_at: datetime
    place: str
    opened_at: datetime | None
    purpose: str
    present: Sequence[tuple[Organisation, bool | None]]


def picture(whole: Picture) -> dict[str, object]:
    """Return the figures of a week with the computed words."""
    return as_json(whole) | {
        "judged": {d.slug: _judged(whole, figures) for d, figures in whole.districts},
        "total_judged": _judged(whole, whole.total),
        "sentence": sentence(whole),
    }


def _judged(whole: Picture, figures: Figures) -> dict[str, object]:
    judged = whole.judged(figures)
    return {
        "mark": judged.mark,
        "words": TEXT[judged.mark],
        "expected": None if judged.expected is None else round(judged.expected, 2),
        "limit": judged.limit,
    }


def district(found: Assessed, names: Mapping[UUID, str]) -> dict[str, object]:
    """Return what is said of a district; `names` are those of the organisations, by id."""
    common = found.common
    return {
        "slug": found.district.slug,
        "name": found.district.name,
        "computed": TEXT[found.judged.mark],
        "word": common.word.text if common else UNSAID,
        "sentence": common.sentence if common else "",
        "prefilled": found.is_prefilled,
        "others": [
            {
                "organisation": names.get(other.organisation_id or NOBODY, "–"),
                "word": other.word.text,
                "sentence": other.sentence,
            }
            for other in found.others
        ],
    }


def meeting(met: Met, group: Group, period: Period) -> dict[str, object]:
    """Return when and where it was."""
    return {
        "group": group.name,
        "municipality": group.municipality,
        "week": period.name,
        "starts_at": met.starts_at.isoformat(),
        "place": met.place,
        "opened_at": met.opened_at.isoformat() if met.opened_at else None,
        "purpose": met.purpose,
    }


def attendance(met: Met) -> list[dict[str, object]]:
    """Return who was there; an absence is told like a presence."""
    return [{"organisation": o.name, "slug": o.slug, "present": here} for o, here in met.present]


def coming(expected: Iterable[Coming]) -> list[dict[str, object]]:
    """Return what is going to happen."""
    return [
        {
            "from": each.first_day.isoformat(),
            "to": each.last_day.isoformat(),
            "text": each.text,
        }
        for each in expected
    ]


def notes(written: Iterable[Note]) -> dict[str, object]:
    """Return what was noted, a part for each step, so that one can be removed alone."""
    return {
        f"{NOTE}{int(note.step)}": {"step": note.step.text, "text": note.text}
        for note in written
        if note.text
    }


def basis(of: Basis) -> dict[str, object]:
    """Return what the figures rest on."""
    return {
        "outlines_from": of.outlines_from.isoformat() if of.outlines_from else None,
        "categories": dict(of.categories),
    }


def problems(found: Iterable[Problem]) -> list[dict[str, object]]:
    """Return the problems that went on at some time in the week."""
    return [
        {
            "number": each.reference,
            "title": each.title,
            "where": each.where,
            "direction": DIRECTION_TEXT[each.direction],
            "since": each.since.isoformat(),
            "incidents": each.incidents,
            "closed": None if each.is_open else each.closed_reason,
        }
        for each in found
    ]


def actions(found: Iterable[Action], today: date) -> list[dict[str, object]]:
    """Return the actions that were open, or were ended, since the last meeting."""
    return [
        {
            "number": each.reference,
            "what": each.what,
            "where": each.where,
            "owner": each.by,
            "organisation": each.owner.name,
            "due": each.due.isoformat() if each.due else None,
            "state": STATE_TEXT[each.state],
            "late": each.is_late(today),
            "decided_today": each.decided_on == today,
            "outcome": "" if each.is_open else beneath(each),
        }
        for each in found
    ]


def followed(
    assessed: Iterable[Assessed], problems: Iterable[Problem], actions: Iterable[Action]
) -> dict[str, str]:
    """Return what the group follows by key, and how it is called."""
    districts = {
        f"{DISTRICT}{each.district.slug}": each.district.name
        for each in assessed
        if each.needs_attention
    }
    going_on = {f"problem:{p.reference}": f"{p.reference} {p.title}" for p in problems if p.is_open}
    left = {f"action:{a.reference}": f"{a.reference} {a.what}" for a in actions if a.is_open}
    return districts | going_on | left


def changes(followed: Mapping[str, str], before: Iterable[object]) -> list[dict[str, str]]:
    """Return how what is followed stands against the last picture; `before` is the latest first."""
    earlier = [_NAMES.validate_python(each) for each in before if each is not None]
    names = {key: name for each in (*reversed(earlier), followed) for key, name in each.items()}
    return [
        {"key": key, "name": names[key], "change": change, "words": change.text}
        for key, change in snapshot.changes(followed, earlier).items()
    ]


def correction(before: object, whole: Picture) -> list[dict[str, object]]:
    """Return which figures a correction changes: those of the picture before, and those now."""
    now = as_json(whole)
    was, is_ = (dict(_numbers(each)) for each in (before or {}, now))
    return [
        {"name": name, "was": was.get(name), "is": number}
        for name, number in is_.items()
        if was.get(name) != number
    ]


def _numbers(picture: object) -> Iterator[tuple[str, int]]:
    """Return the number of this week of each row of a stored or a new picture."""
    found = _FIGURES.validate_python(picture)
    yield from ((row.name, row.this_week) for row in found.districts)
    for name, row in (("Utan känt område", found.without_district), ("Hela kommunen", found.total)):
        if row is not None:
            yield name, row.this_week


def words(part: object) -> frozenset[str]:
    """Return what people have written in a part: a note, or what is said of a district."""
    if not isinstance(part, dict):
        return frozenset()
    others = [words(each) for each in part.get("others", [])]
    own = {part.get("text", ""), part.get("sentence", "")} - {""}
    return frozenset(own).union(*others)


class _Row(BaseModel):
    name: str = ""
    this_week: int


class _Stored(BaseModel):
    districts: list[_Row] = []
    without_district: _Row | None = None
    total: _Row | None = None


_FIGURES = TypeAdapter(_Stored)
_NAMES = TypeAdapter(dict[str, str])
