"""What the styles of a workbook make of numbers: days, clocks, or numbers as they are."""

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import markup
from lagesbild.exchange.rules.lists.budgets import Budget
from lagesbild.exchange.rules.lists.markup import RICH, Attributes, Handlers
from lagesbild.exchange.rules.lists.natives import BUILT_IN, Form, form_of
from lagesbild.exchange.rules.lists.packages import DAMAGED, Package

MAX_STYLES = 10_000_000  # bytes when unpacked
MAX_FORMATS = 10_000  # of numbers; Excel takes some hundreds
MAX_FORMS = 65_536  # of cells in a workbook; Excel takes fewer
# What stands before the styles of cells, and in them. [ECMA-376 part 1, 18.8]
_USUAL = (
    *("styleSheet", "numFmts", "fonts", "font", "name", *RICH, "fills", "fill", "patternFill"),
    *("fgColor", "bgColor", "gradientFill", "stop", "borders", "border", "left", "right", "start"),
    *("end", "top", "bottom", "diagonal", "vertical", "horizontal", "cellStyleXfs", "alignment"),
    "protection",
)


def forms(package: Package, part: str, budget: Budget) -> dict[str, Form]:
    """Return what each style of a cell shows; those that show plain numbers are left out."""
    styles = _Styles()
    chunks = package.chunks(part, limit=MAX_STYLES)
    for _ in markup.parsed(chunks, styles.handlers(), budget):
        if styles.done:
            break
    return styles.found


class _Styles:
    """Follows the elements of the styles."""

    def __init__(self) -> None:
        self.known = dict(BUILT_IN)
        self.found: dict[str, Form] = {}
        self.inside = self.done = False
        self.number = 0

    def handlers(self) -> Handlers:
        """Return what is called, until `done`."""
        starts = dict.fromkeys(_USUAL, markup.passed)
        return Handlers(
            starts | {"numFmt": self._format, "cellXfs": self._begin, "xf": self._style},
            {"cellXfs": self._end},
        )

    def _format(self, attributes: Attributes) -> None:
        if len(self.known) >= MAX_FORMATS:
            raise InvalidError("file", DAMAGED)
        self.known[attributes.get("numFmtId", "")] = form_of(attributes.get("formatCode", ""))

    def _begin(self, _: Attributes) -> None:
        self.inside = not self.done

    def _style(self, attributes: Attributes) -> None:
        if not self.inside:
            return
        if self.number >= MAX_FORMS:
            raise InvalidError("file", DAMAGED)
        form = self.known.get(attributes.get("numFmtId", "0"), Form.PLAIN)
        if form is not Form.PLAIN:
            self.found[str(self.number)] = form
        self.number += 1

    def _end(self) -> None:
        self.inside = False
        self.done = True
