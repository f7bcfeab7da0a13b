"""XML read piece by piece in flat memory; nothing that a workbook does not need is taken."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists.budgets import Budget
from lagesbild.exchange.rules.lists.packages import DAMAGED

DEEPEST = 64
MAX_NAMES = 2_000  # of elements and attributes: expat keeps each
MAX_PENDING = 1_000_000  # bytes of one tag: expat keeps it until it ends

Attributes = dict[str, str]
Start = Callable[[Attributes], None]
End = Callable[[], None]

# What rich text is made of. [ECMA-376 part 1, 18.4]
RICH = (
    *("r", "rPr", "rFont", "charset", "family", "b", "i", "strike", "outline", "shadow"),
    *("condense", "extend", "color", "sz", "u", "vertAlign", "scheme", "phoneticPr"),
)


def passed(_: Attributes) -> None:
    """Let the beginning of an element pass."""


def _said(_: str) -> None:
    """Let a text pass."""


@dataclass(frozen=True)
class Handlers:
    """What is called for the beginning and end of elements, by name without prefix, and for text.

    Elements without a beginning here are strange: they are left, and only few may stand there.
    """

    starts: Mapping[str, Start]
    ends: Mapping[str, End] = field(default_factory=dict)
    text: Callable[[str], None] = _said


def parsed(chunks: Iterable[bytes], handlers: Handlers, budget: Budget) -> Iterator[int]:
    """Call the handlers for each piece; yield how many elements began. Raises `InvalidError`.

    A document type is refused: it can define entities, and no part of a workbook has one.
    """
    reader = _Reader(handlers)
    parser = reader.parser()
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003 – the C function takes no keyword
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_PENDING or len(reader.names) > MAX_NAMES:
                raise InvalidError("file", DAMAGED)
            reader.pay(budget, len(chunk))
            yield reader.started
        parser.Parse(b"", True)  # noqa: FBT003 – likewise
    except expat.ExpatError as error:
        raise InvalidError("file", DAMAGED) from error
    yield reader.started


class _Reader:
    """Counts elements and hands them on; looked at once a piece, which can add few enough."""

    def __init__(self, handlers: Handlers) -> None:
        self.handlers = handlers
        self.starts = dict(handlers.starts)
        self.ends = dict(handlers.ends)
        self.names: dict[str, str] = {}
        self.started = self.ended = self.strange = 0
        self.paid = self.paid_strange = 0

    def parser(self) -> expat.XMLParserType:
        """Return what reads."""
        parser = expat.ParserCreate("utf-8", intern=self.names)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.handlers.text
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        return parser

    def pay(self, budget: Budget, size: int) -> None:
        """Take what a piece added from the budget. Raises `InvalidError`, also for deep ones."""
        if self.started - self.ended > DEEPEST:
            raise InvalidError("file", DAMAGED)
        budget.spend(self.started - self.paid, self.strange - self.paid_strange, size)
        self.paid, self.paid_strange = self.started, self.strange

    def _start(self, name: str, attributes: Attributes) -> None:
        self.started += 1
        begin = self.starts.get(name) or self._prefixed(name)
        if begin:
            begin(attributes)
        else:
            self.strange += 1

    def _prefixed(self, name: str) -> Start | None:
        """Learn a name with a prefix, the first time that it comes."""
        _, prefix, local = name.rpartition(":")
        if not prefix or local not in self.handlers.starts:
            return None
        self.starts[name] = self.handlers.starts[local]
        if local in self.handlers.ends:
            self.ends[name] = self.handlers.ends[local]
        return self.starts[name]

    def _end(self, name: str) -> None:
        self.ended += 1
        finish = self.ends.get(name)
        if finish:
            finish()


def _refuse(*_: object) -> None:
    raise InvalidError("file", DAMAGED)
