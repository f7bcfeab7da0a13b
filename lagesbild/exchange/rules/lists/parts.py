"""The parts of a workbook that say where the others are."""

from collections.abc import Sequence
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import markup
from lagesbild.exchange.rules.lists.budgets import Budget
from lagesbild.exchange.rules.lists.columns import clean
from lagesbild.exchange.rules.lists.markup import Attributes, Handlers
from lagesbild.exchange.rules.lists.packages import DAMAGED, Package

MAX_PLAN = 10_000_000  # bytes when unpacked
MAX_SHEETS = 500
MAX_LINKS = 5_000
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Link:
    """Where a part lies. `kind` is the last word of its type, as "worksheet"."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True)
class Entry:
    """A sheet in the workbook's own list. `link` is the id of where it lies."""

    name: str
    link: str
    hidden: bool


def links(package: Package, part: str, budget: Budget) -> list[Link]:
    """Return where other parts lie, as a part says it."""
    found: list[Link] = []

    def link(attributes: Attributes) -> None:
        if attributes.get("TargetMode") != "External":
            _few(found, MAX_LINKS)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found.append(Link(attributes.get("Id", ""), kind, attributes.get("Target", "")))

    handlers = Handlers({"Relationships": markup.passed, "Relationship": link})
    for _ in markup.parsed(package.chunks(part, limit=MAX_PLAN), handlers, budget):
        pass
    return found


def plan(package: Package, part: str, budget: Budget) -> tuple[list[Entry], bool]:
    """Return the sheets, and whether days are counted from 1904."""
    found: list[Entry] = []
    epochs: list[str] = []
    ended: list[bool] = []

    def sheet(attributes: Attributes) -> None:
        _few(found, MAX_SHEETS)
        # The id's prefix is whatever the writer chose.
        link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        title = clean(attributes.get("name", ""))[:_LONGEST_NAME]
        found.append(Entry(title, link, attributes.get("state", "visible") != "visible"))

    def properties(attributes: Attributes) -> None:
        epochs[:] = [attributes.get("date1904", "")]

    handlers = Handlers(
        {"workbook": markup.passed, "sheets": markup.passed}
        | {"sheet": sheet, "workbookPr": properties},
        {"sheets": lambda: ended.append(True)},
    )
    # After the sheets stand names for areas, any number of them.
    for _ in markup.parsed(package.chunks(part, limit=MAX_PLAN), handlers, budget):
        if ended:
            break
    return found, epochs in (["1"], ["true"])


def _few(found: Sequence[object], limit: int) -> None:
    if len(found) >= limit:
        raise InvalidError("file", DAMAGED)
