"""What a person answered about a list: words, columns, places, corrected cells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from lagesbild.base import privacy
from lagesbild.exchange.rules.imports.reports import Outcome
from lagesbild.exchange.rules.imports.ways import Lines, Ways
from lagesbild.exchange.rules.imports.words import plain
from lagesbild.exchange.rules.lists import Column
from lagesbild.incidents.rules import Category

_CELL = re.compile(r"rad-([0-9]{1,6})-([a-z_ ]+)")
_INSIST = re.compile(r"(bekrafta|utanfor)-([0-9]{1,6})")
LONGEST = 3_000  # signs of a corrected cell
SHEET = "ark"
ALL_CONFIRMED = "bekrafta-alla"

Cells = Mapping[int, Mapping[Column, str]]  # by line


@dataclass(frozen=True)
class Answers:
    """A form's answers by kind. `cells` has what every shown cell says now."""

    words: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Column | None] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()
    outside: frozenset[int] = frozenset()
    sheet: str | None = None
    all_confirmed: bool = False

    def about(self, outcome: Outcome | None, known: Mapping[str, Category]) -> "Answers":
        """Return the answers to what was asked: nothing else is kept."""
        asked = {plain(u.word) for u in outcome.unclear} if outcome else set()
        asked |= {plain(meant.word) for meant in outcome.meant} if outcome else set()
        near = {(plain(u.word), n.id) for u in outcome.unplaced for n in u.near} if outcome else ()
        return replace(
            self,
            words={w: code for w, code in self.words.items() if w in asked and code in known},
            places={w: id_ for w, id_ in self.places.items() if (w, id_) in near},
        )

    def put_over(self, ways: Ways) -> Ways:
        """Return the ways of a list with the answers added."""
        corrected = ways.with_corrections(self.cells)
        return replace(
            corrected,
            words={**ways.words, **self.words},
            columns={**ways.columns, **self.columns},
            places={**ways.places, **self.places},
            confirmed=Lines(
                ways.confirmed.some | self.confirmed, ways.confirmed.all or self.all_confirmed
            ),
            outside=Lines(ways.outside.some | self.outside, ways.outside.all),
            sheet=self.sheet or ways.sheet,
        )


def answers(form: Mapping[str, str]) -> Answers:
    """Read a form. Names are `ord:Våld/hot`, `kolumn:Rubrik`, `plats:Torget`, `rad-7-date`.

    What points at a person is not taken: names of fields are remembered, cells are kept a while.
    """
    told = {_stored(name): _stored(value) for name, value in form.items()}
    cells: dict[int, dict[Column, str]] = {}
    insisted: dict[str, set[int]] = {"bekrafta": set(), "utanfor": set()}
    columns = set(Column)
    for name, value in told.items():
        if (match := _CELL.fullmatch(name)) and match[2] in columns:
            text = privacy.redacted(value[:LONGEST].strip())
            cells.setdefault(int(match[1]), {})[Column(match[2])] = text
        elif match := _INSIST.fullmatch(name):
            insisted[match[1]].add(int(match[2]))
    return Answers(
        words={plain(word): code for word, code in _named(told, "ord:") if code},
        columns={
            heading: Column(value) if value in columns else None
            for heading, value in _named(told, "kolumn:")
        },
        places={plain(word): id_ for word, id_ in _named(told, "plats:") if _is_id(id_)},
        cells=cells,
        confirmed=frozenset(insisted["bekrafta"]),
        outside=frozenset(insisted["utanfor"]),
        sheet=privacy.redacted(told.get(SHEET, "")) or None,
        all_confirmed=ALL_CONFIRMED in told,
    )


def _stored(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL takes none


def _named(told: Mapping[str, str], start: str) -> list[tuple[str, str]]:
    found = [(n.removeprefix(start), value) for n, value in told.items() if n.startswith(start)]
    return [(name, value) for name, value in found if not privacy.scan(name)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
