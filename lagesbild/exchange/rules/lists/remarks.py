"""What is said about how a list was read, in Swedish."""

from collections.abc import Sequence

from lagesbild.exchange.rules.lists.columns import NAMES, Column, shown
from lagesbild.exchange.rules.lists.headings import PAIR
from lagesbild.exchange.rules.lists.heads import SEARCHED, Head
from lagesbild.exchange.rules.lists.lines import MAX_COLUMNS
from lagesbild.exchange.rules.lists.surveys import Survey

_MOST_LISTED = 10


def of_sheet(name: str, names: Sequence[str]) -> list[str]:
    """Return which sheet is read, where there are several."""
    others = [f"”{shown(other)}”" for other in names if other != name]
    if not others:
        return []
    return [f"Arket ”{shown(name)}” läses, men inte: {_some(others)}."]


def of_head(head: Head) -> list[str]:
    """Return what is to be known about the headings."""
    said = []
    if head.line > 1:
        said.append(f"Rubrikerna står på rad {head.line}. Det som står ovanför läses inte.")
    for place, winner in head.match.lost:
        name = NAMES[head.match.found[winner]] if winner in head.match.found else "samma sak"
        said.append(
            f"Kolumnen {_quoted(head, place)} läses inte: {_quoted(head, winner)} är {name}."
        )
    said += [clash(head, pair) for pair in head.match.clashes]
    for place in head.match.lone:
        said.append(
            f"Kolumnen {_quoted(head, place)} läses inte: det finns ingen kolumn för den andra"
            " koordinaten."
        )
    hidden = [_quoted(head, place) for place in head.match.found if place in head.hidden_columns]
    if hidden:
        said.append(f"Dolda kolumner läses också: {_some(hidden)}.")
    return said


def of_rows(survey: Survey) -> list[str]:
    """Return what is to be known about the rows."""
    said = []
    if survey.hidden:
        lines = [str(line) for line in survey.hidden]
        said.append(f"Dolda rader läses också: {_some(lines)}.")
    said += [f"Rad {line} är en summarad och läses inte." for line in sorted(survey.sums)]
    if survey.only_numbers:
        said.append(f"Rader med bara löpnummer läses inte: {survey.only_numbers} stycken.")
    if survey.without_heading:
        letters = [_letters(place) for place in sorted(survey.without_heading)]
        said.append(f"Celler utan rubrik läses inte, i kolumn {_some(letters)}.")
    if survey.unvalued:
        said.append(
            "Formler utan sparat värde läses som tomma celler. Öppna filen i Excel och spara den,"
            " så följer värdena med."
        )
    if survey.is_wide:
        said.append(f"Bara de första {MAX_COLUMNS} kolumnerna läses.")
    return said


def clash(head: Head, pair: tuple[int, int]) -> str:
    """Return what is said of two columns with the same right to a meaning."""
    one, other = sorted(pair)
    return (
        f"Två kolumner betyder samma sak: {_quoted(head, one)} och {_quoted(head, other)}."
        " Ta bort den ena, eller ge den en annan rubrik."
    )


def lacking(head: Head) -> str:
    """Return what is said of a list that lacks columns."""
    headings = ", ".join(shown(heading) for heading in head.headings.values())
    if not head.match.columns:
        return (
            f"Listan saknar en rubrikrad: bland de första {SEARCHED} raderna finns ingen med"
            " rubriker som Datum, Händelsetyp och Plats."
            f" På rad {head.line} står: {headings}."
        )
    names = " och ".join(f"{name} ({_example(column)})" for column, name in head.missing)
    return f"Listan saknar en kolumn för {names}. Rubrikerna i filen är: {headings}."


def _example(column: Column) -> str:
    examples = {
        Column.CATEGORY: "till exempel Händelsetyp",
        Column.DATE: "till exempel Datum",
        Column.PLACE: "till exempel Plats, eller Latitud och Longitud",
        Column.LATITUDE: "till exempel Latitud eller N",
        Column.LONGITUDE: "till exempel Longitud eller E",
    }
    assert column in examples or column in PAIR, "only what is required can be missing"
    return examples[column]


def _quoted(head: Head, place: int) -> str:
    return f"”{shown(head.headings[place])}”"


def _some(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_LISTED
    listed = ", ".join(texts[:_MOST_LISTED])
    return f"{listed} och {more} till" if more > 0 else listed


def _letters(place: int) -> str:
    """Return a column's letters as Excel shows them."""
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
