"""What a publication tells, with its types: the only figures that a letter knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from lagesbild.analysis.rules.marks import Mark
from lagesbild.analysis.rules.reduction import number_text


@dataclass(frozen=True)
class Numbers:
    """One line of a publication; None where a number is hidden. The mean is of four weeks.

    Publications from before there were marks have none.
    """

    this: int | None
    last: int | None
    mean: int | None
    year: int | None
    name: str = ""
    slug: str = ""
    mark: Mark | None = None
    expected: int | None = None

    @property
    def shown(self) -> tuple[str, str, str, str]:
        """The four numbers as readers see them."""
        return (
            number_text(self.this),
            number_text(self.last),
            number_text(self.mean),
            number_text(self.year),
        )

    @property
    def is_hidden(self) -> bool:
        """Whether any of the four is."""
        return None in (self.this, self.last, self.mean, self.year)


@dataclass(frozen=True)
class Said:
    """Whether an organisation has reported, or said that it has nothing to report."""

    name: str
    answered: bool


@dataclass(frozen=True)
class Newcomer:
    """An organisation that began to report in the weeks that this one is compared with."""

    name: str
    first_week: str


@dataclass(frozen=True)
class Cell:
    """A type of event that stands out in a district; `number` is None where it may not be told."""

    slug: str
    district: str
    code: str
    category: str
    number: int | None
    expected: int
    proposed: bool = False


@dataclass(frozen=True)
class Content:
    """The publication that a letter is made from.

    `late` of last week's and `uncertain` of this week's incidents are None from one to four.
    """

    districts: tuple[Numbers, ...]
    unplaced: Numbers
    total: Numbers
    coverage: tuple[Said, ...]
    late: int | None = 0
    uncertain: int | None = 0
    newcomers: tuple[Newcomer, ...] = ()
    cells: tuple[Cell, ...] = ()

    @property
    def is_marked(self) -> bool:
        """Whether it says how the week compares with what is usual."""
        return self.total.mark is not None

    def named(self, mark: Mark) -> list[str]:
        """Return the districts with a mark, in the order of the table."""
        return [d.name for d in self.districts if d.mark is mark]


def content_of(content: Mapping[str, object]) -> Content:
    """Return what a publication holds, with its types."""
    return _CONTENT.validate_python(content)


_CONTENT = TypeAdapter(Content)
