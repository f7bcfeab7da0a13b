"""What a person answered about a list: words, columns, places, corrected cells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lagesbild.exchange.rules.imports.ways import Lines, Ways
from lagesbild.exchange.rules.imports.words import plain
from lagesbild.exchange.rules.lists import Column

_CELL = re.compile(r"rad-([0-9]{1,6})-([a-z_ ]+)")
_INSIST = re.compile(r"(bekrafta|utanfor)-([0-9]{1,6})")
LONGEST = 3_000  # signs of a corrected cell
SHEET = "ark"


@dataclass(frozen=True)
class Answers:
    """A form's answers by kind. `cells` has what every shown cell says now."""

    words: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Column | None] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[int, Mapping[Column, str]] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()
    outside: frozenset[int] = frozenset()
    sheet: str | None = None

    def put_over(self, ways: Ways) -> Ways:
        """Return the ways of a list with the answers added."""
        corrected = ways.with_corrections(self.cells)
        return replace(
            corrected,
            words={**ways.words, **self.words},
            columns={**ways.columns, **self.columns},
            places={**ways.places, **self.places},
            confirmed=Lines(ways.confirmed.some | self.confirmed, ways.confirmed.all),
            outside=Lines(ways.outside.some | self.outside, ways.outside.all),
            sheet=self.sheet or ways.sheet,
        )


def answers(form: Mapping[str, str]) -> Answers:
    """Read a form. Names are `ord:Våld/hot`, `kolumn:Rubrik`, `plats:Torget`, `rad-7-date`."""
    cells: dict[int, dict[Column, str]] = {}
    insisted: dict[str, set[int]] = {"bekrafta": set(), "utanfor": set()}
    columns = set(Column)
    for name, value in form.items():
        if (match := _CELL.fullmatch(name)) and match[2] in columns:
            cells.setdefault(int(match[1]), {})[Column(match[2])] = value[:LONGEST].strip()
        elif match := _INSIST.fullmatch(name):
            insisted[match[1]].add(int(match[2]))
    return Answers(
        words={plain(word): code for word, code in _named(form, "ord:") if code},
        columns={
            heading: Column(value) if value in columns else None
            for heading, value in _named(form, "kolumn:")
        },
        places={plain(word): id_ for word, id_ in _named(form, "plats:") if id_},
        cells=cells,
        confirmed=frozenset(insisted["bekrafta"]),
        outside=frozenset(insisted["utanfor"]),
        sheet=form.get(SHEET) or None,
    )


def _named(form: Mapping[str, str], start: str) -> list[tuple[str, str]]:
    return [
        (name.removeprefix(start), value) for name, value in form.items() if name.startswith(start)
    ]
