"""What is said about an import, row by row, in Swedish."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lagesbild.exchange.rules.lists import shown
from lagesbild.incidents.rules import Category

MANY = 200  # a longer list shows only the rows that need somebody's eyes, unless asked

_UNSAFE = frozenset('"$`!\\')  # signs that mean something to a shell between double quotes


class State(StrEnum):
    """What becomes of a row."""

    SAVED = "sparas"
    KNOWN = "finns redan"
    WRONG = "fel"
    ELSEWHERE = "annan kommun"


class Insist(StrEnum):
    """What a person may say, so that a row that is stopped comes in after all."""

    NOTHING = ""
    TEXT = "text"  # it only looks as if it pointed at somebody
    OUTSIDE = "outside"  # it happened outside the municipality
    WORD = "word"  # what its word means, once for all rows that have it


@dataclass(frozen=True)
class Near:
    """A place of the list of places that a sender's word may mean."""

    id: str
    name: str
    kind: str = ""


@dataclass(frozen=True)
class Fate:
    """What becomes of one row, and why. `column` is the heading in the file."""

    line: int
    state: State
    column: str = ""
    text: str = ""
    insist: Insist = Insist.NOTHING


@dataclass(frozen=True)
class Unclear:
    """A word of the list that is not one code: unknown, or one of several."""

    word: str
    rows: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Unplaced:
    """A name of a place that is not in the list of places, and those that are spelled alike."""

    word: str
    rows: int
    near: tuple[Near, ...]


@dataclass(frozen=True)
class Meant:
    """A word that stands for a code because its sender once said so."""

    word: str
    code: str


@dataclass(frozen=True)
class Outcome:
    """What an import did, or why it did nothing.

    `ignored` are headings that are not read; `notes` tell what was decided about the file.
    """

    numbers: Mapping[State, int]
    unclear: tuple[Unclear, ...]
    unplaced: tuple[Unplaced, ...]
    ignored: tuple[str, ...]
    notes: tuple[str, ...]
    good_rows: bool
    meant: tuple[Meant, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the list has."""
        return sum(self.numbers.values())

    @property
    def refused(self) -> bool:
        """Whether nothing is saved: a row is wrong, and nobody asked for the others."""
        wrong = self.numbers[State.WRONG]
        return wrong > 0 and (not self.good_rows or wrong == self.rows)


def list_lines(
    outcome: Outcome, fates: Sequence[Fate], known: Mapping[str, Category], *, all_rows: bool
) -> list[str]:
    """Return the report of a list: each row, then each word that must be mapped first."""
    lines = [f"{note}" for note in outcome.notes]
    if outcome.ignored:
        lines.append(f"Kolumner som inte läses in: {', '.join(outcome.ignored)}.")
    short = len(fates) > MANY and not all_rows
    told = [f for f in fates if not short or f.state is State.WRONG or f.text]
    lines += [_fate_line(fate, refused=outcome.refused) for fate in told]
    if hidden := len(fates) - len(told):
        lines.append(f"{hidden} rader utan anmärkning visas inte. Se dem med --all-rows.")
    for unclear in outcome.unclear:
        lines += _unclear_lines(unclear, known)
    if any(not unclear.codes for unclear in outcome.unclear):
        lines += ["Koderna är:", *(f"  {c.code} {c.name}" for c in known.values())]
    for unplaced in outcome.unplaced:
        lines += _unplaced_lines(unplaced)
    return lines + _insisting({fate.insist for fate in fates})


def _insisting(asked: Collection[Insist]) -> list[str]:
    lines = []
    if Insist.TEXT in asked:
        lines.append(
            "Rader med ”Det ser ut som” eller ”brukar höra till” kan du bekräfta med"
            " --confirm-warnings, när du har läst dem."
        )
    if Insist.OUTSIDE in asked:
        lines.append(
            "Rader utanför kommunen kan du ta med ändå: --outside 4,7 för raderna 4 och 7,"
            " eller --outside alla."
        )
    return lines


def _unplaced_lines(unplaced: Unplaced) -> list[str]:
    word, rows = shown(unplaced.word), _rows(unplaced.rows)
    if not unplaced.near:
        return [f"Platsen ”{word}” ({rows}) finns inte i platslistan."]
    return [
        f"Platsen ”{word}” ({rows}) finns inte i platslistan. Menar listan någon av de här?",
        *(f"  {_option(word, near.name, name='place')}" for near in unplaced.near),
    ]


def _fate_line(fate: Fate, *, refused: bool) -> str:
    state = "kan sparas" if refused and fate.state is State.SAVED else fate.state
    said = ": ".join(filter(None, [fate.column, fate.text]))
    return f"rad {fate.line}: {state}" + (f" – {said}" if said else "")


def _unclear_lines(unclear: Unclear, known: Mapping[str, Category]) -> list[str]:
    word, rows = shown(unclear.word), _rows(unclear.rows)
    if not unclear.codes:
        option = _option(word, "KOD")
        return [f"”{word}” ({rows}) är okänt. Välj en kod ur listan nedan: {option}"]
    return [
        f"”{word}” ({rows}) kan betyda flera typer. Välj en:",
        *(f"  {_option(word, code)}   {known[code].name}" for code in unclear.codes),
    ]


def _option(word: str, meaning: str, *, name: str = "map") -> str:
    """Return an option that can be copied to a shell."""
    pair = f"{word}={meaning}"
    return f"--{name} {shlex.quote(pair)}" if _UNSAFE & set(pair) else f'--{name} "{pair}"'


def refusal(outcome: Outcome) -> str:
    """Return the sentence for a list that is not saved."""
    wrong, total = outcome.numbers[State.WRONG], outcome.rows
    advice = "Rätta dem och läs in listan igen."
    if wrong < total:
        advice = "Rätta dem och läs in listan igen, eller spara de andra raderna med --good-rows."
    return f"Inget är sparat: {wrong} av {_rows(total)} har fel, se ovan. {advice}"


def totals(outcome: Outcome, *, dry_run: bool) -> str:
    """Return the last line of a list that is saved, or would be."""
    saved, known, wrong, elsewhere = (outcome.numbers[state] for state in State)
    other = f", {elsewhere} från annan kommun" if elsewhere else ""
    if dry_run:
        return (
            f"{_rows(outcome.rows)}: {saved} skulle sparas, {known} finns redan,"
            f" {wrong} fel{other}. Det var en provkörning: inget är sparat."
        )
    verb = "sparad" if saved == 1 else "sparade"
    return f"{_rows(outcome.rows)}: {saved} {verb}, {known} fanns redan, {wrong} fel{other}."


def _rows(number: int) -> str:
    return f"{number} {'rad' if number == 1 else 'rader'}"


def undone(gone: int, kept: int) -> str:
    """Return the sentence for an import that was undone."""
    noun = "händelse är tillbakatagen" if gone == 1 else "händelser är tillbakatagna"
    if not kept:
        return f"{gone} {noun}. Listan kan läsas in igen."
    return f"{gone} {noun}. {kept} ligger kvar, för de har ändrats eller kompletterats sedan dess."
