"""XML read piece by piece in flat memory; nothing that a workbook does not need is taken."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists.packages import DAMAGED, TOO_BIG

DEEPEST = 64
MAX_ELEMENTS = 15_000_000  # of one part: 50 000 rows of 100 filled cells
MAX_NAMES = 2_000  # of elements and attributes: expat keeps each
MAX_PENDING = 1_000_000  # bytes of one tag: expat keeps it until it ends

Attributes = dict[str, str]


def _nothing(_: str) -> None:
    """Let an end or a text pass."""


@dataclass(frozen=True)
class Handlers:
    """What is called for the beginning and end of an element, named without prefix, and text."""

    start: Callable[[str, Attributes], None]
    end: Callable[[str], None] = _nothing
    text: Callable[[str], None] = _nothing


def parsed(chunks: Iterable[bytes], handlers: Handlers) -> Iterator[None]:
    """Call the handlers for each piece, and yield after it. Raises `InvalidError`.

    A document type is refused: it can define entities, and no part of a workbook has one.
    """
    names: dict[str, str] = {}
    count = _Count()
    parser = _parser(names, handlers, count)
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003 – the C function takes no keyword
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_PENDING or len(names) > MAX_NAMES:
                raise InvalidError("file", DAMAGED)
            count.check()
            yield
        parser.Parse(b"", True)  # noqa: FBT003 – likewise
    except expat.ExpatError as error:
        raise InvalidError("file", DAMAGED) from error
    yield


@dataclass(slots=True)
class _Count:
    """How many elements began and ended; looked at once a piece, which can add few enough."""

    started: int = 0
    ended: int = 0

    def check(self) -> None:
        """Raise `InvalidError` for more or deeper elements than a workbook has use for."""
        if self.started > MAX_ELEMENTS:
            raise InvalidError("file", TOO_BIG)
        if self.started - self.ended > DEEPEST:
            raise InvalidError("file", DAMAGED)


def _parser(names: dict[str, str], handlers: Handlers, count: _Count) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8", intern=names)
    parser.buffer_text = True
    started, ended = handlers.start, handlers.end

    def start(name: str, attributes: Attributes) -> None:
        count.started += 1
        started(name if ":" not in name else name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        count.ended += 1
        ended(name if ":" not in name else name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        raise InvalidError("file", DAMAGED)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def read(chunks: Iterable[bytes], handlers: Handlers) -> None:
    """Call the handlers for all of a document."""
    for _ in parsed(chunks, handlers):
        pass
