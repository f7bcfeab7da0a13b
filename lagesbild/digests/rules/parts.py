"""What a fixed picture says that may stand in a letter: problems, actions, what is coming."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, Field, TypeAdapter

from lagesbild.actions.rules import CLOSED, RESULT_TEXT, STATE_TEXT, Result, State
from lagesbild.base.clock import STOCKHOLM, Period, day_text
from lagesbild.digests.rules import plain
from lagesbild.meetings.rules import contents
from lagesbild.meetings.rules.snapshot import Change

MOST_NAMED = 3  # actions against what stands out in a district
_GONE = {STATE_TEXT[state] for state in CLOSED}
_PLANNED = RESULT_TEXT[Result.AS_PLANNED]


class Problem(BaseModel):
    """A problem as a picture holds it."""

    number: str
    title: str
    where: str = ""
    direction: str = ""
    since: date
    closed: str | None = None


class Action(BaseModel):
    """An action as a picture holds it."""

    number: str
    what: str
    where: str = ""
    owner: str = ""
    due: date | None = None
    state: str = ""
    late: bool = False
    decided_today: bool = False
    outcome: str = ""


class Coming(BaseModel):
    """Something that is expected."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    text: str


class _Changed(BaseModel):
    key: str
    change: Change


class _District(BaseModel):
    slug: str
    sentence: str = ""


class _Meeting(BaseModel):
    starts_at: datetime


@dataclass(frozen=True)
class Work:
    """What the group works with, as items of a letter by their field, and how many there are."""

    items: Mapping[str, Sequence[str]]
    counts: tuple[int, int, int, int]
    new_by_district: Mapping[str, Sequence[str]]

    def against(self, district: str) -> str:
        """Return which new actions a district has: `Åtgärd 2026-118 och 2026-119.`."""
        numbers = list(self.new_by_district.get(district, ()))
        if len(numbers) > MOST_NAMED:
            numbers[MOST_NAMED - 1 :] = [f"{len(numbers) - MOST_NAMED + 1} till"]
        joined = " och ".join(filter(None, [", ".join(numbers[:-1]), *numbers[-1:]]))
        return f"Åtgärd {joined}." if joined else ""


@dataclass(frozen=True)
class Parts:
    """The parts of a fixed picture, without what stays in the group."""

    problems: Sequence[Problem]
    actions: Sequence[Action]
    coming: Sequence[Coming]
    sentences: Mapping[str, str]  # what the group said, by district
    new: Collection[str]  # the numbers of what is followed for the first time
    inward: Collection[str]
    first_day: date
    today: date
    has_actions: bool

    def work(self, districts: Sequence[str]) -> Work:
        """Return what is told of the problems and actions; of a place only its district."""
        new = [a for a in self.actions if a.state not in _GONE and self._is_new(a)]
        late = [a for a in self.actions if a.late and a not in new]
        gone = [a for a in self.actions if a.state in _GONE]
        done = [a for a in gone if a.state == STATE_TEXT[State.DONE]]
        still = len(self.actions) - len(gone)
        by_district: dict[str, list[str]] = {}
        for action in new:
            by_district.setdefault(district_of(action.where, districts), []).append(action.number)
        items = {
            "problems": [self._problem(p, districts) for p in self.problems],
            "new": [_new(a, districts) for a in new],
            "late": [self._late(a, districts) for a in late],
            "done": [_done(a, districts) for a in gone],
            "coming": [_coming(each) for each in self.coming],
        }
        return Work(items, (still, len(new), len(late), len(done)), by_district)

    def _is_new(self, action: Action) -> bool:
        return action.decided_today or action.number in self.new

    def _problem(self, problem: Problem, districts: Sequence[str]) -> str:
        place = district_of(problem.where, districts)
        title = f"{problem.number} {_whole(problem.title, place)}"
        if problem.closed is not None:
            return f"{title}: avslutat."
        began = problem.since >= self.first_day
        if problem.number in self.new or began:
            return f"{title}: ny."
        return f"{title} (sedan {_week(problem.since, self.today)}): {problem.direction}."

    def _late(self, action: Action, districts: Sequence[str]) -> str:
        days = (self.today - action.due).days if action.due else 0
        late = f"{days} dag{'' if days == 1 else 'ar'} sen" if days > 0 else "sen"
        owner = ", ".join(filter(None, (plain.clean(action.owner), late)))
        return f"{action.number} {_whole(action.what, _place(action, districts))}. {owner}."


def parts_of(parts: Mapping[str, object], inward: Collection[str], period: Period) -> Parts:
    """Return what a fixed picture of a week says; a part that was removed says nothing."""
    problems = _PROBLEMS.validate_python(parts.get(contents.PROBLEMS) or [])
    actions = _ACTIONS.validate_python(parts.get(contents.ACTIONS) or [])
    changes = _CHANGES.validate_python(parts.get(contents.CHANGES) or [])
    said = [_District.model_validate(p) for name, p in parts.items() if _is_of(name) and p]
    return Parts(
        sorted(
            (p for p in problems if p.number not in inward),
            key=lambda p: _number(p.number),
            reverse=True,
        ),
        sorted((a for a in actions if a.number not in inward), key=lambda a: _number(a.number)),
        _COMING.validate_python(parts.get(contents.COMING) or []),
        {each.slug: each.sentence for each in said},
        {each.key.partition(":")[2] for each in changes if each.change is Change.NEW},
        frozenset(inward),
        period.first_day,
        _day_of_meeting(parts) or period.meeting_day,
        contents.ACTIONS in parts,
    )


def _is_of(name: str) -> bool:
    return name.startswith(contents.DISTRICT)


def _day_of_meeting(parts: Mapping[str, object]) -> date | None:
    found = parts.get(contents.MEETING)
    if not found:
        return None
    return _Meeting.model_validate(found).starts_at.astimezone(STOCKHOLM).date()


def _number(reference: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", reference))


def district_of(where: str, districts: Sequence[str]) -> str:
    """Return the district of a place in words: the rest may be an address."""
    fit = [name for name in districts if where == name or where.endswith(f", {name}")]
    return max(fit, key=len, default="")


def _place(action: Action, districts: Sequence[str]) -> str:
    return district_of(action.where, districts)


def _whole(what: str, place: str) -> str:
    """Return what something is about, with its district where that is not said already."""
    said = plain.clean(what).rstrip(".")
    return said if not place or place.casefold() in said.casefold() else f"{said}, {place}"


def _new(action: Action, districts: Sequence[str]) -> str:
    due = day_text(action.due) if action.due else ""
    owner = ", ".join(filter(None, (plain.clean(action.owner), due)))
    what = f"{action.number} {_whole(action.what, _place(action, districts))}."
    return f"{what} {owner}." if owner else what


def _done(action: Action, districts: Sequence[str]) -> str:
    """Return how an action went. Why one was stopped was written for the group."""
    what = f"{action.number} {_whole(action.what, _place(action, districts))}"
    if action.state != STATE_TEXT[State.DONE]:
        return f"{what}: {action.state}."
    outcome = plain.clean(action.outcome)
    planned = f"{_PLANNED[:1].upper()}{_PLANNED[1:]}. "
    return f"{what}. {outcome.removeprefix(planned) or 'Klar.'}"


def _coming(each: Coming) -> str:
    last = f" – {day_text(each.last)}" if each.last != each.first else ""
    return f"{plain.clean(each.text).rstrip('.')} {day_text(each.first)}{last}."


def _week(day: date, seen: date) -> str:
    year, week, _ = day.isocalendar()
    return f"v. {week}" if seen.isocalendar().year == year else f"v. {week} {year}"


_PROBLEMS = TypeAdapter(list[Problem])
_ACTIONS = TypeAdapter(list[Action])
_COMING = TypeAdapter(list[Coming])
_CHANGES = TypeAdapter(list[_Changed])
