"""How many live in districts, out of a table: a row for each district, or several to add up."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import District, slug_of
from lagesbild.exchange.rules.outlines.layers import field_of, listed
from lagesbild.exchange.rules.outlines.tables import Table

DISTRICT_COLUMNS = ("nyckel", "key", "kod", "kommundel", "område", "namn", "name")
NUMBER_COLUMNS = ("invånare", "antal invånare", "folkmängd", "befolkning", "inhabitants", "antal")
SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} "  # between thousands
_WHOLE = re.compile(r"[0-9]{1,8}")


@dataclass(frozen=True)
class Wanted:
    """What the person at the machine asked for; columns not chosen have their usual names."""

    counted_on: date
    source: str
    district: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class Counted:
    """How many live in each district of a table, and the districts that it does not have."""

    numbers: tuple[tuple[District, int], ...]
    missing: tuple[District, ...]


def counted(table: Table, wanted: Wanted, districts: Sequence[District]) -> Counted:
    """Return how many live in districts, or raise `InvalidError` for the first thing wrong."""
    by_district = _column(table, "district", wanted.district, DISTRICT_COLUMNS)
    by_number = _column(table, "number", wanted.number, NUMBER_COLUMNS)
    known = {slug_of(d.name): d for d in districts} | {d.key: d for d in districts}
    found: dict[District, int] = {}
    for row in table.rows:
        name = row[by_district]
        district = known.get(name) or known.get(slug_of(name))
        if district is None:
            raise InvalidError(
                by_district,
                f"”{name}” i kolumnen {by_district} är inget område i kommunens indelning. Ta bort"
                f" raden eller rätta namnet. Områdena: {_names(districts)}.",
            )
        found[district] = found.get(district, 0) + _number(row[by_number], name, by_number)
    if not found:
        raise InvalidError("file", "Tabellen har inga rader.")
    missing = tuple(d for d in districts if d not in found)
    return Counted(tuple((d, found[d]) for d in districts if d in found), missing)


def lines(found: Counted, wanted: Wanted, *, dry_run: bool) -> list[str]:
    """Return what is told of a table."""
    told = [f"{district.name}: {number} invånare" for district, number in found.numbers]
    if found.missing:
        told.append(f"Inte i tabellen: {_names(found.missing)}.")
    day, kept = wanted.counted_on.isoformat(), "Provkörning: inget är sparat."
    return [*told, kept if dry_run else f"Sparat som invånare den {day}, källa {wanted.source}."]


def _column(table: Table, field: str, asked: str | None, usual: Sequence[str]) -> str:
    found = field_of(table.columns, asked, usual)
    if found is not None:
        return found
    what = "områdets namn eller nyckel" if field == "district" else "antalet invånare"
    raise InvalidError(
        field,
        f"Tabellen har ingen kolumn med {what}. Välj en med --{field}. De som finns:"
        f" {listed(table.columns)}.",
    )


def _number(text: str, name: str, column: str) -> int:
    digits = "".join(sign for sign in text if sign not in SPACES)
    if not _WHOLE.fullmatch(digits):
        raise InvalidError(
            column, f"Antalet för ”{name}” i kolumnen {column} är inte ett helt tal: ”{text[:20]}”."
        )
    return int(digits)


def _names(districts: Iterable[District]) -> str:
    return ", ".join(d.name for d in districts) or "inga"
