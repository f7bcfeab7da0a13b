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
            count.pay(budget, len(chunk))
            yield count.started
        parser.Parse(b"", True)  # noqa: FBT003 – likewise
    except expat.ExpatError as error:
        raise InvalidError("file", DAMAGED) from error
    yield count.started


@dataclass(slots=True)
class _Count:
    """How many elements began and ended; looked at once a piece, which can add few enough."""

    started: int = 0
    ended: int = 0
    strange: int = 0
    paid: int = 0
    paid_strange: int = 0

    def pay(self, budget: Budget, size: int) -> None:
        """Take what a piece added from the budget. Raises `InvalidError`, also for deep ones."""
        budget.spend(self.started - self.paid, self.strange - self.paid_strange, size)
        self.paid, self.paid_strange = self.started, self.strange
        if self.started - self.ended > DEEPEST:
            raise InvalidError("file", DAMAGED)


def _parser(names: dict[str, str], handlers: Handlers, count: _Count) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8", intern=names)
    parser.buffer_text = True
    starts, ends = dict(handlers.starts), dict(handlers.ends)

    def start(name: str, attributes: Attributes) -> None:
        count.started += 1
        begin = starts.get(name) or known(name)
        if begin:
            begin(attributes)
        else:
            count.strange += 1

    def known(name: str) -> Start | None:
        """Learn a name with a prefix, the first time that it comes."""
        _, prefixed, local = name.rpartition(":")
        if not prefixed or local not in handlers.starts:
            return None
        starts[name] = handlers.starts[local]
        if local in handlers.ends:
            ends[name] = handlers.ends[local]
        return starts[name]

    def end(name: str) -> None:
        count.ended += 1
        finish = ends.get(name)
        if finish:
            finish()

    def refuse(*_: object) -> None:
        raise InvalidError("file", DAMAGED)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser
