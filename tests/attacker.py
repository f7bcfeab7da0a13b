"""Somebody who keeps every letter and works out what the hidden numbers can be.

It knows nothing of how the numbers are reduced, only what letters are: sums of rows, means of four
weeks, the week before and the year before, parts of the districts. It is told which of the hidden
numbers are small.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from lagesbild.analysis.rules.marks import HISTORY, Mark, judge
from lagesbild.base.clock import Period

LAST, MEAN, YEAR = 1, range(1, 5), 52  # how many weeks before its own a column speaks of
MOST = 1000  # no week of any town has more

FIRST = Period(date(2026, 1, 1))  # the week that has the number 0

Unknown = tuple[int, str, int]  # a week, a row, and how often the week has been told until then


def period_of(week: int) -> Period:
    """Return the period that has a number."""
    return FIRST.previous(-week)


def week_of(day: str) -> int:
    """Return the number of the week that begins on a day."""
    return (date.fromisoformat(day) - FIRST.first_day).days // 7


@dataclass(frozen=True)
class Equation:
    """That some numbers together lie between two numbers."""

    unknown: tuple[Unknown, ...]
    least: int
    most: int


@dataclass
class Attacker:
    """What is known so far: numbers that were shown or hidden, and equations between them.

    One that is `trusting` takes what stays hidden in a correction for unchanged.
    """

    trusting: bool = False
    shown: dict[Unknown, int] = field(default_factory=dict)
    hidden: dict[Unknown, None] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    times: dict[int, int] = field(default_factory=lambda: defaultdict(lambda: 1))
    same: dict[Unknown, Unknown] = field(default_factory=dict)
    totals: dict[int, int | None] = field(default_factory=dict)

    def read(self, week: int, content: Mapping[str, Any], *, again: bool = False) -> None:
        """Take in a letter; `again` is one about a week of which numbers are known."""
        lines = {line["slug"]: line for line in content["districts"]} | {"": content["unplaced"]}
        total = content["total"]
        if again:
            self._begin_again(week, {row: line["this"] for row, line in lines.items()})
        for day, table in content["weeks"].items():
            self._table(week_of(day), table["cells"], table["total"])
        for back, column in ((0, "this"), (LAST, "last"), (YEAR, "year")):
            cells = {row: line[column] for row, line in lines.items()}
            self._table(week - back, cells, total[column])
        for row, line in lines.items():
            self._mean([self.name(week - back, row) for back in MEAN], line["mean"])
        self._mean([self.name(week - back, row) for back in MEAN for row in lines], total["mean"])
        if content.get("uncertain") and not again:  # one that is told again is repeated
            districts = tuple(self.name(week, row) for row in lines if row)
            self.equations.append(Equation(districts, content["uncertain"], MOST * len(districts)))

    def judged(self, week: int, row: str | None) -> tuple[Mark, int | None]:
        """Return how a row, or the total, has to be marked, for all that was shown."""
        weeks = [w for w in range(week - HISTORY, week) if w in self.totals]
        while weeks and self.totals[weeks[0]] == 0:
            weeks.pop(0)
        this = self._known(week, row)
        if this is None or not weeks:
            return Mark.FEW, None
        found = judge(this, [self._known(w, row) for w in range(weeks[0], week)])
        if found.expected is None or found.mark is Mark.NORMAL:
            return found.mark, None
        return found.mark, int(found.expected + 0.5)

    def _known(self, week: int, row: str | None) -> int | None:
        return self.totals.get(week) if row is None else self.shown.get(self.name(week, row))

    def name(self, week: int, row: str) -> Unknown:
        """Return what a row of a week is called now."""
        name = (week, row, self.times[week])
        return self.same.get(name, name)

    def _begin_again(self, week: int, cells: Mapping[str, int | None]) -> None:
        before = {row: self.name(week, row) for row in cells}
        self.times[week] += 1
        for row, number in cells.items():
            if self.trusting and number is None and before[row] in self.hidden:
                self.same[self.name(week, row)] = before[row]

    def _table(self, week: int, cells: Mapping[str, int | None], total: int | None) -> None:
        for row, number in cells.items():
            name = self.name(week, row)
            if number is None:
                self.hidden[name] = None
                assert name not in self.shown, "hidden after it was shown"
            else:
                assert self.shown.setdefault(name, number) == number, "told in two ways"
                assert name not in self.hidden, "shown after it was hidden"
        self.totals[week] = total
        if total is not None:
            names = tuple(self.name(week, row) for row in cells)
            self.equations.append(Equation(names, total, total))

    def _mean(self, names: Iterable[Unknown], mean: int | None) -> None:
        if mean is not None:  # a half is rounded up
            self.equations.append(Equation(tuple(names), 4 * mean - 2, 4 * mean + 1))

    def _solved(self, equation: Equation) -> Equation:
        known = sum(self.shown.get(name, 0) for name in equation.unknown)
        unknown = tuple(name for name in equation.unknown if name not in self.shown)
        return Equation(unknown, equation.least - known, equation.most - known)

    def found(
        self, limits: Mapping[Unknown, tuple[int, int]]
    ) -> Iterator[tuple[Unknown, int, int]]:
        """Return between which numbers each hidden one lies, from all letters together."""
        solved = [e for e in map(self._solved, dict.fromkeys(self.equations)) if e.unknown]
        unknown = dict.fromkeys([*self.hidden, *(name for e in solved for name in e.unknown)])
        for names, equations in _apart(unknown, solved):
            places = {name: i for i, name in enumerate(names)}
            table = np.zeros((len(equations), len(names)))
            for line, equation in zip(table, equations, strict=True):
                for name in equation.unknown:
                    line[places[name]] += 1  # one may stand in it twice
            rules = LinearConstraint(
                table, [e.least for e in equations], [e.most for e in equations]
            )
            box = [limits.get(name, (0, MOST)) for name in names]
            for name, place in places.items():
                yield name, _extreme(place, 1, box, rules), _extreme(place, -1, box, rules)


def _extreme(place: int, sign: int, box: list[tuple[int, int]], rules: LinearConstraint) -> int:
    if not rules.A.shape[0]:
        return box[place][0 if sign == 1 else 1]
    goal = np.zeros(len(box))
    goal[place] = sign
    low, high = zip(*box, strict=True)
    done = milp(goal, constraints=rules, bounds=Bounds(low, high), integrality=np.ones(len(box)))
    assert done.success, done.message
    return int(done.x[place] + 0.5)


def _apart(
    names: Iterable[Unknown], equations: Iterable[Equation]
) -> list[tuple[list[Unknown], list[Equation]]]:
    """Return the unknown numbers in sets that have no equation in common, with their equations."""
    group = {name: [name] for name in names}
    rows = list(equations)
    for equation in rows:
        first = group[equation.unknown[0]]
        for name in equation.unknown[1:]:
            if group[name] is not first:
                other = group[name]
                first += other
                group |= dict.fromkeys(other, first)
    sets = {id(members): members for members in group.values()}
    by_set = defaultdict(list)
    for equation in rows:
        by_set[id(group[equation.unknown[0]])].append(equation)
    return [(members, by_set[key]) for key, members in sets.items()]
