"""What is said about an import, row by row, in Swedish."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lagesbild.exchange.rules import slivers
from lagesbild.exchange.rules.layers import Wanted
from lagesbild.exchange.rules.lists import shown
from lagesbild.exchange.rules.outlines import Checked
from lagesbild.incidents.rules import Category

MANY = 200  # a longer list shows only the rows that need somebody's eyes, unless asked

_UNSAFE = frozenset('"$`!\\')  # signs that mean something to a shell between double quotes


class State(StrEnum):
    """What becomes of a row."""

    SAVED = "sparas"
    KNOWN = "finns redan"
    WRONG = "fel"


@dataclass(frozen=True)
class Fate:
    """What becomes of one row, and why. `column` is the heading in the file."""

    line: int
    state: State
    column: str = ""
    text: str = ""
    confirmable: bool = False  # only warned about: a person may insist


@dataclass(frozen=True)
class Unclear:
    """A word of the list that is not one code: unknown, or one of several."""

    word: str
    rows: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What an import did, or why it did nothing. `ignored` are headings that are not read."""

    fates: tuple[Fate, ...]
    unclear: tuple[Unclear, ...]
    ignored: tuple[str, ...]
    good_rows: bool

    def number(self, state: State) -> int:
        """Return how many rows have a fate."""
        return sum(fate.state is state for fate in self.fates)

    @property
    def refused(self) -> bool:
        """Whether nothing is saved: a row is wrong, and nobody asked for the others."""
        wrong = self.number(State.WRONG)
        return wrong > 0 and (not self.good_rows or wrong == len(self.fates))


def list_lines(outcome: Outcome, known: Mapping[str, Category], *, all_rows: bool) -> list[str]:
    """Return the report of a list: each row, then each word that must be mapped first."""
    lines = []
    if outcome.ignored:
        lines.append(f"Kolumner som inte läses in: {', '.join(outcome.ignored)}.")
    short = len(outcome.fates) > MANY and not all_rows
    told = [f for f in outcome.fates if not short or f.state is State.WRONG or f.text]
    lines += [_fate_line(fate, refused=outcome.refused) for fate in told]
    if hidden := len(outcome.fates) - len(told):
        lines.append(f"{hidden} rader utan anmärkning visas inte. Se dem med --all-rows.")
    for unclear in outcome.unclear:
        lines += _unclear_lines(unclear, known)
    if any(not unclear.codes for unclear in outcome.unclear):
        lines += ["Koderna är:", *(f"  {c.code} {c.name}" for c in known.values())]
    if any(fate.confirmable for fate in outcome.fates):
        lines.append(
            "Rader med ”Det ser ut som” eller ”brukar höra till” kan du bekräfta med"
            " --confirm-warnings, när du har läst dem."
        )
    return lines


def _fate_line(fate: Fate, *, refused: bool) -> str:
    state = "kan sparas" if refused and fate.state is State.SAVED else fate.state
    said = ": ".join(filter(None, [fate.column, fate.text]))
    return f"rad {fate.line}: {state}" + (f" – {said}" if said else "")


def _unclear_lines(unclear: Unclear, known: Mapping[str, Category]) -> list[str]:
    word, rows = shown(unclear.word), f"{unclear.rows} {'rad' if unclear.rows == 1 else 'rader'}"
    if not unclear.codes:
        option = _option(word, "KOD")
        return [f"”{word}” ({rows}) är okänt. Välj en kod ur listan nedan: {option}"]
    return [
        f"”{word}” ({rows}) kan betyda flera typer. Välj en:",
        *(f"  {_option(word, code)}   {known[code].name}" for code in unclear.codes),
    ]


def _option(word: str, code: str) -> str:
    """Return an option that can be copied to a shell."""
    pair = f"{word}={code}"
    return f"--map {shlex.quote(pair)}" if _UNSAFE & set(pair) else f'--map "{pair}"'


def refusal(outcome: Outcome) -> str:
    """Return the sentence for a list that is not saved."""
    wrong, total = outcome.number(State.WRONG), len(outcome.fates)
    advice = "Rätta dem och läs in listan igen."
    if wrong < total:
        advice = "Rätta dem och läs in listan igen, eller spara de andra raderna med --good-rows."
    return f"Inget är sparat: {wrong} av {_rows(total)} har fel, se ovan. {advice}"


def totals(outcome: Outcome, *, dry_run: bool) -> str:
    """Return the last line of a list that is saved, or would be."""
    saved, known, wrong = (outcome.number(state) for state in State)
    if dry_run:
        return (
            f"{_rows(len(outcome.fates))}: {saved} skulle sparas, {known} finns redan,"
            f" {wrong} fel. Det var en provkörning: inget är sparat."
        )
    verb = "sparad" if saved == 1 else "sparade"
    return f"{_rows(len(outcome.fates))}: {saved} {verb}, {known} fanns redan, {wrong} fel."


def _rows(number: int) -> str:
    return f"{number} {'rad' if number == 1 else 'rader'}"


def district_lines(found: Checked, wanted: Wanted, *, dry_run: bool) -> list[str]:
    """Return the report of a layer: each district with its area, what was mended, what is open."""
    lines = [
        f"{name}: {slivers.decimal(area, 1)} km²" for name, area in sorted(found.square_km.items())
    ]
    names = "".join(f" ”{name}”" for name in found.repaired)
    if names:
        lines.append(f"Gränsen var trasig och lagades utan att ytan ändrades:{names}.")
    if flaws := slivers.in_words(found.flaws):
        lines.append(f"Områdena går inte riktigt ihop: {flaws}.")
    lines.append(_last(found, wanted, dry_run=dry_run))
    return lines


def _last(found: Checked, wanted: Wanted, *, dry_run: bool) -> str:
    number = len(found.districts)
    noun, saved = ("område", "sparat") if number == 1 else ("områden", "sparade")
    what = f"{number} {noun} i indelningen ”{wanted.division}”"
    if dry_run:
        return f"{what} skulle sparas. Det var en provkörning: inget är sparat."
    return f"{what} är {saved}, och gäller från {wanted.valid_from.isoformat()}."
