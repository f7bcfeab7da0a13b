"""How a list is taken in: what a person chose for it, kept as JSON between the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.imports.words import plain
from lagesbild.exchange.rules.lists import NAMES, Column, shown


@dataclass(frozen=True)
class Lines:
    """Some lines of a list, or all of them."""

    some: frozenset[int] = frozenset()
    all: bool = False

    def __contains__(self, line: int) -> bool:
        """Whether a line is one of them."""
        return self.all or line in self.some


@dataclass(frozen=True)
class Ways:
    """What a person chose for a list.

    `words`, `columns` and `places` say what the sender's words mean: a code, a column (None =
    left out), the id of a place. `corrections` has cells by line.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Column | None] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[int, Mapping[Column, str]] = field(default_factory=dict)
    sheet: str | None = None
    confirmed: Lines = Lines()
    outside: Lines = Lines()
    good_rows: bool = False  # save the rows that are right, though others are wrong
    historical: bool = False  # old rows are no late reports
    only_here: bool = False  # a place outside the municipality is another's, not a mistake

    def with_corrections(self, told: Mapping[int, Mapping[Column, str]]) -> "Ways":
        """Return the same with corrected cells put over earlier ones."""
        lines = {line: dict(cells) for line, cells in self.corrections.items()}
        for line, cells in told.items():
            lines[line] = lines.get(line, {}) | dict(cells)
        return replace(self, corrections=lines)


def as_json(ways: Ways) -> dict[str, Any]:
    """Return what `from_json` reads."""
    return {
        "words": dict(ways.words),
        "columns": {heading: column and column.value for heading, column in ways.columns.items()},
        "places": dict(ways.places),
        "corrections": {
            str(line): {column.value: text for column, text in cells.items()}
            for line, cells in ways.corrections.items()
        },
        "sheet": ways.sheet,
        "confirmed": _lines_json(ways.confirmed),
        "outside": _lines_json(ways.outside),
        "good_rows": ways.good_rows,
        "historical": ways.historical,
        "only_here": ways.only_here,
    }


def from_json(stored: Mapping[str, Any]) -> Ways:
    """Return the ways that `as_json` wrote down."""
    return Ways(
        words=stored["words"],
        columns={h: Column(c) if c else None for h, c in stored["columns"].items()},
        places=stored["places"],
        corrections={
            int(line): {Column(column): text for column, text in cells.items()}
            for line, cells in stored["corrections"].items()
        },
        sheet=stored["sheet"],
        confirmed=_lines(stored["confirmed"]),
        outside=_lines(stored["outside"]),
        good_rows=stored["good_rows"],
        historical=stored["historical"],
        only_here=stored["only_here"],
    )


def _lines_json(lines: Lines) -> list[int] | bool:
    return True if lines.all else sorted(lines.some)


def _lines(stored: list[int] | bool) -> Lines:  # noqa: FBT001 – it is JSON
    return Lines(all=True) if stored is True else Lines(frozenset(stored or ()))


def columns_of(options: tuple[str, ...]) -> dict[str, Column | None]:
    """Return heading → column for options like `Vad=typ` or `Åtgärd=`, or raise `InvalidError`."""
    meaning = {name: column for column, name in NAMES.items()}
    found: dict[str, Column | None] = {}
    for option in options:
        heading, sign, name = (part.strip() for part in option.rpartition("="))
        if not sign or not heading:
            raise InvalidError(
                "column", 'Skriv --column som "Vad hände=typ": rubriken, likhetstecken, kolumnen.'
            )
        if name and plain(name) not in meaning:
            raise InvalidError(
                "column",
                f"Kolumnen {shown(name)} i --column finns inte. De som finns:"
                f" {', '.join(NAMES.values())}; inget efter likhetstecknet utelämnar kolumnen.",
            )
        found[heading] = meaning[plain(name)] if name else None
    return found


def pairs_of(name: str, options: tuple[str, ...]) -> dict[str, str]:
    """Return word → meaning for options like `Våld/hot=VAL01`, or raise `InvalidError`."""
    found: dict[str, str] = {}
    for option in options:
        word, sign, meaning = (part.strip() for part in option.rpartition("="))
        if not sign or not plain(word) or not meaning:
            raise InvalidError(
                name, f'Skriv --{name} som "{_EXAMPLE[name]}": listans ord, likhetstecken, svaret.'
            )
        if found.setdefault(plain(word), meaning) != meaning:
            raise InvalidError(name, f"--{name} ger ordet ”{shown(word)}” två svar. Välj ett.")
    return found


_EXAMPLE = {"map": "Våld/hot=VAL01", "place": "Torget=Huddinge torg"}
