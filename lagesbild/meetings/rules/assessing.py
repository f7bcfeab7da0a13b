"""What the group itself says of a district, beside the computed word, which nobody edits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from lagesbild.analysis.rules.marks import Judgement, Mark
from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import District
from lagesbild.incidents.rules.checks import check_text
from lagesbild.meetings.rules import Figures

MAX_SENTENCE = 280
WITHIN = frozenset({Mark.LOW, Mark.NORMAL})  # nothing has to be said of these


class Word(StrEnum):
    """The group's own word about a district."""

    ACTION = "atgard"
    WATCHED = "foljs"
    NOTHING = "inget"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _TEXT[self]


_TEXT = {
    Word.ACTION: "kräver åtgärd",
    Word.WATCHED: "följs",
    Word.NOTHING: "inget särskilt",
}
UNSAID = "inte bedömt"


@dataclass(frozen=True)
class Assessment:
    """What is said of a district: by an organisation, or by the group where that is None."""

    district_id: UUID
    organisation_id: UUID | None
    word: Word
    sentence: str = ""
    version: int = 0


@dataclass(frozen=True)
class Assessed:
    """A district with its computed word and all that is said of it.

    `common` is the group's; `is_prefilled` where nobody said it but the district is as usual.
    """

    district: District
    figures: Figures
    judged: Judgement
    common: Assessment | None
    others: tuple[Assessment, ...]
    is_prefilled: bool = False

    @property
    def word(self) -> Word | None:
        """The group's word, None where nothing is said."""
        return self.common.word if self.common else None

    @property
    def differ(self) -> bool:
        """Whether an organisation judges otherwise than the group."""
        return any(other.word is not self.word for other in self.others)

    @property
    def needs_attention(self) -> bool:
        """Whether the district is above its limit, or somebody says more than nothing of it."""
        said = {a.word for a in (self.common, *self.others) if a is not None}
        return bool(said - {Word.NOTHING}) or self.judged.mark in (Mark.RAISED, Mark.HIGH)


def checked(said: Assessment, about: District, *, confirmed: bool = False) -> Assessment:
    """Return an assessment of a district that may be stored.

    Raises `InvalidError` where it is not "inget särskilt" and nothing explains it; the field is
    `sentence-` and the slug.
    """
    field = f"sentence-{about.slug}"
    sentence = check_text(field, said.sentence, MAX_SENTENCE, confirmed=confirmed)
    if said.word is not Word.NOTHING and not sentence:
        raise InvalidError(field, f"Skriv en mening om {about.name}: varför ”{said.word.text}”?")
    return Assessment(said.district_id, said.organisation_id, said.word, sentence, said.version)


def assessed(
    rows: Iterable[tuple[District, Figures, Judgement]], said: Sequence[Assessment]
) -> list[Assessed]:
    """Return each district with what is said of it, in the order of the rows.

    A district within its limits of which nobody has said anything is "inget särskilt".
    """
    found = []
    for district, figures, judged in rows:
        here = [a for a in said if a.district_id == district.id]
        common = next((a for a in here if a.organisation_id is None), None)
        is_prefilled = common is None and judged.mark in WITHIN
        if is_prefilled:
            common = Assessment(district.id, None, Word.NOTHING)
        others = tuple(a for a in here if a.organisation_id is not None)
        found.append(Assessed(district, figures, judged, common, others, is_prefilled))
    return found
