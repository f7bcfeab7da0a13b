"""A list of incidents as another organisation keeps it: a workbook, or text with separators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import heads, kinds, remarks, surveys, textfiles, workbooks
from lagesbild.exchange.rules.lists.columns import Column, Row, shown
from lagesbild.exchange.rules.lists.headings import chosen_by
from lagesbild.exchange.rules.lists.heads import Chosen, Head
from lagesbild.exchange.rules.lists.textfiles import TextFile
from lagesbild.exchange.rules.lists.workbooks import Workbook

MAX_TRIED = 10  # sheets in which a list is looked for
_NOTHING: Chosen = MappingProxyType({})

Source = TextFile | Workbook


class Kind(StrEnum):
    """What kind of file a list is."""

    WORKBOOK = "xlsx"
    TEXT = "csv"


@dataclass(frozen=True)
class Layout:
    """What a person needs to see before saying which column is which.

    `missing` are Swedish names of what must be found before the list can be read.
    """

    kind: Kind
    sheets: tuple[str, ...]
    sheet: str
    headings: tuple[str, ...]
    found: Mapping[Column, str]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A list that could be read: what its columns are called, which are left out, its rows."""

    headings: Mapping[Column, str]
    ignored: tuple[str, ...]
    sheet: str
    notes: tuple[str, ...]
    _source: Source = field(repr=False)
    _head: Head = field(repr=False)
    _sums: frozenset[int] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Return the rows one by one; the file is read anew each time this is called."""
        text, head = self._source.text, self._head
        columns = sorted(head.match.found.items())
        width = max(head.headings) + 1
        # In a workbook no separator can move a cell, so what stands beside the list is only left.
        is_text = isinstance(self._source, TextFile)
        for line in self._source.lines(self.sheet):
            if line.number <= head.line or line.number in self._sums:
                continue
            if surveys.is_only_number(line, head):
                continue
            cells = {column: text(line.cells.get(place, ""), column) for place, column in columns}
            surplus = is_text and max(line.cells) >= width
            yield Row(line.number, cells, surplus=surplus, hidden=line.hidden)


def layout(content: bytes, *, sheet: str | None = None, columns: Chosen = _NOTHING) -> Layout:
    """Return how a file is laid out, though columns may be missing.

    `columns` says what headings mean (`None`: nothing), and wins over the usual words. Raises
    `InvalidError` for a file that cannot be read.
    """
    source = _opened(content, columns)
    name, head = _head(source, sheet, columns)
    names = _sheets(source)
    return Layout(
        Kind.WORKBOOK if isinstance(source, Workbook) else Kind.TEXT,
        names,
        shown(name),
        _shown(head),
        _found(head),
        tuple(name for _, name in head.missing),
        _notes(source, name, head),
    )


def table(content: bytes, *, sheet: str | None = None, columns: Chosen = _NOTHING) -> Table:
    """Return a list that is looked through to its end, or raise `InvalidError`.

    `columns` says what headings mean (`None`: nothing), and wins over the usual words.
    """
    source = _opened(content, columns)
    name, head = _head(source, sheet, columns)
    if head.match.clashes:
        pair = head.match.clashes[0]
        field_name = head.match.found.get(pair[1], "file")
        raise InvalidError(field_name, remarks.clash(head, pair))
    if head.missing:
        raise InvalidError(head.missing[0][0], remarks.lacking(head))
    survey = surveys.survey(source.lines(name), head, source.text)
    ignored = [h for place, h in head.headings.items() if place not in head.match.found]
    return Table(
        _found(head),
        tuple(shown(heading) for heading in ignored),
        name,
        (*_notes(source, name, head), *remarks.of_rows(survey)),
        source,
        head,
        survey.sums,
    )


def _opened(content: bytes, columns: Chosen) -> Source:
    kinds.check(content)
    if content.startswith(kinds.ZIP):
        return workbooks.opened(content)
    return textfiles.opened(content, chosen_by(columns))


def _head(source: Source, sheet: str | None, columns: Chosen) -> tuple[str, Head]:
    """Return the sheet to read and its headings: the first that has all that a list must have.

    Where none has, it is the one with the most known headings. A sheet is asked for as it is shown.
    """
    names = source.names
    if sheet is not None:
        asked, listed = shown(sheet), ", ".join(f"”{name}”" for name in _sheets(source)) or "inga"
        sheet = next((name for name in names if asked == shown(name)), None)
        if sheet is None:
            raise InvalidError("sheet", f"Arket ”{asked}” finns inte. Ark i filen: {listed}.")
    search = heads.Search(source.text, chosen_by(columns))
    best: tuple[str, Head] | None = None
    for name in names[:MAX_TRIED] if sheet is None else (sheet,):
        head = search.found(source.first_lines(name))
        if head and not head.missing:
            return name, head
        if head and (best is None or len(head.match.columns) > len(best[1].match.columns)):
            best = name, head
    if best is None:
        raise InvalidError("file", source.blank)
    return best


def _sheets(source: Source) -> tuple[str, ...]:
    return tuple(shown(s.name) for s in source.sheets) if isinstance(source, Workbook) else ()


def _shown(head: Head) -> tuple[str, ...]:
    return tuple(shown(heading) for heading in head.headings.values())


def _found(head: Head) -> dict[Column, str]:
    return {column: shown(head.headings[place]) for place, column in head.match.found.items()}


def _notes(source: Source, name: str, head: Head) -> tuple[str, ...]:
    note = [source.note] if source.note else []
    return (*note, *remarks.of_sheet(shown(name), _sheets(source)), *remarks.of_head(head))
