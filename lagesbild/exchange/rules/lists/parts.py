"""The parts of a workbook that are read whole: where things are, number formats, shared texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import markup, worksheets
from lagesbild.exchange.rules.lists.columns import clean
from lagesbild.exchange.rules.lists.lines import too_long
from lagesbild.exchange.rules.lists.markup import Attributes, Handlers
from lagesbild.exchange.rules.lists.natives import BUILT_IN, Form, form_of
from lagesbild.exchange.rules.lists.packages import DAMAGED, Package
from lagesbild.exchange.rules.lists.worksheets import LONGEST_ESCAPED

MAX_SHARED = 40_000_000  # bytes when unpacked
MAX_STYLES = 10_000_000
MAX_PLAN = 10_000_000  # the list of sheets, and where the parts are
MAX_SHEETS = 500
MAX_LINKS = 5_000
MAX_TEXTS = 2_000_000
MAX_FORMS = 65_536  # of cells in a workbook; Excel takes fewer
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


def links(package: Package, part: str) -> list[Link]:
    """Return where other parts lie, as a part says it."""
    found: list[Link] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            _few(found, MAX_LINKS)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found.append(Link(attributes.get("Id", ""), kind, attributes.get("Target", "")))

    markup.read(package.chunks(part, limit=MAX_PLAN), Handlers(start))
    return found


def plan(package: Package, part: str) -> tuple[list[Entry], bool]:
    """Return the sheets, and whether days are counted from 1904."""
    found: list[Entry] = []
    epochs: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            _few(found, MAX_SHEETS)
            # The id's prefix is whatever the writer chose.
            link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            title = clean(attributes.get("name", ""))[:_LONGEST_NAME]
            found.append(Entry(title, link, attributes.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            epochs[:] = [attributes.get("date1904", "")]

    markup.read(package.chunks(part, limit=MAX_PLAN), Handlers(start))
    return found, epochs in (["1"], ["true"])


def forms(package: Package, part: str) -> dict[str, Form]:
    """Return what each style of a cell shows; those that show plain numbers are left out."""
    known = dict(BUILT_IN)
    found: dict[str, Form] = {}
    inside = False
    number = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside, number
        if name == "cellXfs":
            inside = True
        elif name == "numFmt":
            _few(known, MAX_FORMS)
            known[attributes.get("numFmtId", "")] = form_of(attributes.get("formatCode", ""))
        elif name == "xf" and inside:
            _few(range(number), MAX_FORMS)
            form = known.get(attributes.get("numFmtId", "0"), Form.PLAIN)
            if form is not Form.PLAIN:
                found[str(number)] = form
            number += 1

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    markup.read(package.chunks(part, limit=MAX_STYLES), Handlers(start, end))
    return found


def shared(package: Package, part: str) -> list[str]:
    """Return the texts that cells share, in order."""
    texts: list[str] = []
    said: list[str] = []
    length = 0
    listening = phonetic = False

    def start(name: str, _: Attributes) -> None:
        nonlocal listening, phonetic
        phonetic = phonetic or name == "rPh"
        listening = name == "t" and not phonetic

    def end(name: str) -> None:
        nonlocal length, listening, phonetic
        listening = False
        phonetic = phonetic and name != "rPh"
        if name == "si":
            _few(texts, MAX_TEXTS)
            texts.append(worksheets.told("".join(said), "i arbetsboken"))
            said.clear()
            length = 0

    def text(piece: str) -> None:
        nonlocal length
        if listening:
            length += len(piece)
            if length > LONGEST_ESCAPED:
                raise too_long("i arbetsboken")
            said.append(piece)

    markup.read(package.chunks(part, limit=MAX_SHARED), Handlers(start, end, text))
    return texts


def _few(found: Sequence[object] | Mapping[str, object], limit: int) -> None:
    if len(found) >= limit:
        raise InvalidError("file", DAMAGED)
