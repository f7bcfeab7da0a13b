"""Somebody who keeps every letter and works out how many of a type there can have been, and where.

It knows what a letter says of types: exact numbers of a week, means of the twelve weeks before
that are shown, and that what is named stands out. It is told which districts' numbers are small.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from lagesbild.analysis.rules.cells import (
    GROUP_SCREEN,
    LEAST_EXPECTED,
    LETTER_SCREEN,
    is_unusual,
)
from lagesbild.analysis.rules.marks import BASELINE
from tests.attacker import MOST

REST = "of other types"
ALL = "of all types"
FEW, UNDER_ONE = 4, 5 / 12  # how many in twelve weeks, and a week, are told as 0 in any case

Unknown = tuple[int, str, str]  # a week, a district, and a type, the rest, or all of them
Sum = tuple[Unknown, ...]


@dataclass(frozen=True)
class Rule:
    """That a sum with signs lies between two numbers."""

    terms: Mapping[Unknown, int]
    least: float
    most: float


@dataclass
class Attacker:
    """What is known so far: numbers of districts, shown or hidden, and rules between numbers."""

    types: tuple[str, ...]
    shown: dict[tuple[int, str], int | None] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    named: dict[tuple[str, str], dict[int, tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def table(self, week: int, cells: Mapping[str, int | None], total: int | None) -> None:
        """Take in the numbers of a week's districts."""
        for district, number in cells.items():
            self.shown[week, district] = number
            parts = {(week, district, name): 1 for name in (*self.types, REST)}
            self.rules.append(Rule(parts | {(week, district, ALL): -1}, 0, 0))
        if total is not None:
            self.rules.append(Rule({(week, d, ALL): 1 for d in cells}, total, total))

    def read(self, week: int, cells: Iterable[Mapping[str, Any]]) -> None:
        """Take in which types a week's first letter names; what it repeats must be known before."""
        for cell in cells:
            key, number = (cell["slug"], cell["code"]), cell["number"]
            self.rules.append(Rule({(week, *key): 1}, number, number))
            usual = cell["expected"] or UNDER_ONE
            assert cell["proposed"] == is_unusual(number, usual, screen=LETTER_SCREEN)
            before = self.named[key]
            if lately := [before[w] for w in range(week - BASELINE, week) if w in before]:
                mean = int(sum(n for n, _ in lately) / BASELINE + 0.5)
                assert cell["expected"] == max(lately[-1][1], mean), "news"
                assert _stands_out(number, usual), "news"
            else:
                self._is_usual(week, key, number, cell["expected"])
        for cell in cells:
            self.named[cell["slug"], cell["code"]][week] = (cell["number"], cell["expected"])

    def _is_usual(self, week: int, key: tuple[str, str], number: int, expected: int) -> None:
        weeks = range(week - BASELINE, week)
        seen = [w for w in weeks if self.shown[w, key[0]] is not None]
        least = math.ceil(len(seen) * (expected - 0.5)) if expected else 0
        most = max(math.ceil(len(seen) * (expected + 0.5)) - 1, 0 if expected else FEW)
        self.rules.append(Rule({(w, *key): 1 for w in seen}, least, most))
        usual = (n for n in range(MOST) if _stands_out(number, max(n / BASELINE, LEAST_EXPECTED)))
        self.rules.append(Rule({(w, *key): 1 for w in weeks}, 0, max(usual)))

    def found(
        self, limits: Mapping[tuple[int, str], tuple[int, int]]
    ) -> Iterator[tuple[Sum, int, int]]:
        """Return between which numbers each lies; `limits` are those of the hidden districts.

        Only where something was named: elsewhere nothing is said of types.
        """
        names = dict.fromkeys(name for rule in self.rules for name in rule.terms)
        places = {name: i for i, name in enumerate(names)}
        table = np.zeros((len(self.rules), len(names)))
        for line, rule in zip(table, self.rules, strict=True):
            for name, sign in rule.terms.items():
                line[places[name]] = sign
        rules = LinearConstraint(table, [r.least for r in self.rules], [r.most for r in self.rules])
        box = [self._box(name, limits) for name in names]
        for terms in self._of_interest(names):
            goal = np.zeros(len(names))
            goal[[places[name] for name in terms]] = 1
            yield terms, round(_least(goal, box, rules)), round(-_least(-goal, box, rules))

    def _of_interest(self, names: Iterable[Unknown]) -> Iterator[Sum]:
        """Return each number alone, and what is left beside all that is named together."""
        spoken_of = {district for district, _ in self.named}
        yield from ((name,) for name in names if name[1] in spoken_of)
        for district in spoken_of:
            said = {(w, d, k) for (d, k), weeks in self.named.items() for w in weeks}
            for week in {w for w, d, _ in said if d == district}:
                parts = [(week, district, name) for name in (*self.types, REST)]
                yield tuple(name for name in parts if name not in said)
        for rule in self.rules:
            weeks = {(w, d) for w, d, _ in rule.terms}
            if len(weeks) > 1 and len({d for _, d in weeks}) == 1:
                yield tuple(rule.terms)
                named = {k for _, _, k in rule.terms}
                yield tuple((*w, k) for w in weeks for k in (*self.types, REST) if k not in named)

    def _box(
        self, name: Unknown, limits: Mapping[tuple[int, str], tuple[int, int]]
    ) -> tuple[int, int]:
        number = self.shown[name[:2]]
        if name[2] != ALL:
            return 0, MOST if number is None else number
        return limits[name[:2]] if number is None else (number, number)


def _stands_out(number: int, expected: float) -> bool:
    return is_unusual(number, expected, screen=GROUP_SCREEN)


def _least(
    goal: npt.NDArray[np.float64], box: list[tuple[int, int]], rules: LinearConstraint
) -> float:
    low, high = zip(*box, strict=True)
    done = milp(goal, constraints=rules, bounds=Bounds(low, high), integrality=np.ones(len(box)))
    assert done.success, done.message
    return float(done.fun)
