"""The texts that cells of a workbook share, read as far as a cell has asked for."""

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import markup
from lagesbild.exchange.rules.lists.budgets import Budget
from lagesbild.exchange.rules.lists.celltexts import LONGEST_ESCAPED, told
from lagesbild.exchange.rules.lists.lines import too_long
from lagesbild.exchange.rules.lists.markup import RICH, Attributes, Handlers
from lagesbild.exchange.rules.lists.packages import DAMAGED, Package

MAX_SHARED = 40_000_000  # bytes when unpacked
MAX_TEXTS = 1_000_000  # 50 000 rows of 20 texts of their own
_WHERE = "i arbetsboken"


class SharedTexts:
    """The shared texts in order. The headings come first, mostly: then little has to be read."""

    def __init__(self, package: Package, part: str | None, budget: Budget) -> None:
        """Begin with nothing read; without a part there is nothing to read."""
        self.texts: list[str] = []
        self._said: list[str] = []
        self._length = 0
        self._listening = self._phonetic = False
        chunks = package.chunks(part, limit=MAX_SHARED) if part is not None else None
        self._pieces = iter(markup.parsed(chunks, self._handlers(), budget) if chunks else ())

    def text(self, number: int) -> str:
        """Return a text, or raise `InvalidError` where there is none."""
        while number >= len(self.texts):
            if next(self._pieces, None) is None:
                raise InvalidError("file", DAMAGED)
        return self.texts[number]

    def finish(self) -> None:
        """Read what is left, and raise `InvalidError` where it is damaged."""
        for _ in self._pieces:
            pass

    def _handlers(self) -> Handlers:
        starts = dict.fromkeys(("sst", "si", *RICH), markup.passed)
        return Handlers(
            starts | {"t": self._start_text, "rPh": self._start_phonetic},
            {"t": self._end_text, "rPh": self._end_phonetic, "si": self._end},
            self._text,
        )

    def _start_text(self, _: Attributes) -> None:
        self._listening = not self._phonetic

    def _end_text(self) -> None:
        self._listening = False

    def _start_phonetic(self, _: Attributes) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _text(self, piece: str) -> None:
        if not self._listening:
            return
        self._length += len(piece)
        if self._length > LONGEST_ESCAPED:
            raise too_long(_WHERE)
        self._said.append(piece)

    def _end(self) -> None:
        if len(self.texts) >= MAX_TEXTS:
            raise InvalidError("file", DAMAGED)
        self.texts.append(told("".join(self._said), _WHERE))
        self._said.clear()
        self._length = 0
