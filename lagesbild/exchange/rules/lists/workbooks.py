"""A workbook: its sheets, and the rows of each, read anew each time they are asked for."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import packages, parts, styles, worksheets
from lagesbild.exchange.rules.lists.budgets import READING, Budget
from lagesbild.exchange.rules.lists.columns import Column
from lagesbild.exchange.rules.lists.lines import Line
from lagesbild.exchange.rules.lists.natives import Cell, written
from lagesbild.exchange.rules.lists.packages import DAMAGED, TOO_BIG, Package
from lagesbild.exchange.rules.lists.parts import Link
from lagesbild.exchange.rules.lists.sharedtexts import SharedTexts
from lagesbild.exchange.rules.lists.worksheets import Texts

MAX_SHEET = READING.size


@dataclass(frozen=True)
class Sheet:
    """A sheet, and the part of the archive that holds it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """A workbook that could be opened."""

    sheets: tuple[Sheet, ...]
    from_1904: bool
    package: Package
    texts: Texts
    budget: Budget

    @property
    def names(self) -> tuple[str, ...]:
        """The sheets in the order in which they are tried: the visible ones first."""
        return tuple(sheet.name for sheet in sorted(self.sheets, key=lambda each: each.hidden))

    @property
    def note(self) -> str:
        """Nothing: all letters of a workbook are sure."""
        return ""

    @property
    def blank(self) -> str:
        """What is said where no sheet holds a row."""
        return TOO_BIG if self.budget.is_cut else "Filen är tom."

    def lines(self, name: str) -> Iterator[Line]:
        """Return the rows of a sheet that hold something."""
        self.budget.renew(READING)
        self.texts.shared.finish()
        return worksheets.rows(self._chunks(name), self.texts, self.budget)

    def first_lines(self, name: str) -> Iterator[Line]:
        """Return the first of the same rows, however much else stands before and between them."""
        return worksheets.rows(self._chunks(name), self.texts, self.budget, beginning=True)

    def text(self, cell: Cell, column: Column | None) -> str:
        """Return a cell as text, in the form of its column."""
        return written(cell, column, from_1904=self.from_1904)

    def _chunks(self, name: str) -> Iterator[bytes]:
        part = next(sheet.part for sheet in self.sheets if sheet.name == name)
        return self.package.chunks(part, limit=MAX_SHEET)


def opened(content: bytes) -> Workbook:
    """Return a workbook, or raise `InvalidError` with what is wrong."""
    package = packages.opened(content)
    budget = Budget()
    main = _main(package, budget)
    entries, from_1904 = parts.plan(package, main, budget)
    links = _linked(package, main, budget)
    lies = {link.id: link.target for link in links if link.kind == "worksheet"}
    sheets = tuple(
        Sheet(entry.name, lies[entry.link], entry.hidden) for entry in entries if entry.link in lies
    )
    if not sheets or len({sheet.name for sheet in sheets}) != len(sheets):
        raise InvalidError("file", DAMAGED)
    kinds = {link.kind: link.target for link in links}
    texts = Texts(
        SharedTexts(package, kinds.get("sharedStrings"), budget),
        styles.forms(package, kinds["styles"], budget) if "styles" in kinds else {},
    )
    return Workbook(sheets, from_1904, package, texts, budget)


def _main(package: Package, budget: Budget) -> str:
    part = "_rels/.rels"
    links = parts.links(package, part, budget) if part in package.parts else []
    usual = Link("", "officeDocument", "xl/workbook.xml")
    return _path("", next((link for link in links if link.kind == usual.kind), usual).target)


def _linked(package: Package, main: str, budget: Budget) -> list[Link]:
    """Return where the parts lie that are there."""
    folder, name = posixpath.split(main)
    found = parts.links(package, posixpath.join(folder, "_rels", f"{name}.rels"), budget)
    links = [Link(link.id, link.kind, _path(folder, link.target)) for link in found]
    return [link for link in links if link.target.casefold() in package.parts]


def _path(folder: str, target: str) -> str:
    """Return the name of a part from where it is said to be, seen from a folder or from the top."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
