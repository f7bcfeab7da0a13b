"""What it may cost to read a workbook: elements of XML, and bytes when unpacked."""

from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists.packages import TOO_BIG


@dataclass(frozen=True)
class Allowance:
    """How much may be read. `strange` are elements that no list needs."""

    elements: int
    strange: int
    size: int


# An element takes one to three microseconds. To find the headings, 100 000 elements of a sheet are
# looked at, no more, and then the next sheet; all styles (two hundred thousand where somebody made
# as many as Excel takes); and, where the headings were written last, two for each shared text.
FINDING = Allowance(elements=800_000, strange=10_000, size=30_000_000)
# A list of 50 000 rows and 20 columns has two million where its texts are shared, and those again
# a million or less; three where each cell keeps its own text or a formula. The rest is rich text.
READING = Allowance(elements=4_000_000, strange=10_000, size=200_000_000)


@dataclass
class Budget:
    """What is left to spend on a workbook, over all its parts."""

    left: Allowance = FINDING
    is_cut: bool = False  # a sheet was left before its end, without a row

    def renew(self, allowance: Allowance) -> None:
        """Begin anew, for another way through the workbook."""
        self.left = allowance

    def spend(self, elements: int, strange: int, size: int) -> None:
        """Take what was read from what is left, or raise `InvalidError`."""
        left = self.left
        self.left = Allowance(left.elements - elements, left.strange - strange, left.size - size)
        if min(self.left.elements, self.left.strange, self.left.size) < 0:
            raise InvalidError("file", TOO_BIG)
