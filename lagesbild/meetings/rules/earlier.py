"""What fixed pictures have said of a district, or of the whole municipality, week by week."""

from dataclasses import dataclass

from pydantic import BaseModel

from lagesbild.analysis.rules.marks import Judgement, Mark
from lagesbild.base.clock import Period
from lagesbild.meetings.rules.sentences import TEXT

_MARKS = {text: mark for mark, text in TEXT.items()}


class Word(BaseModel):
    """What an organisation said of its own."""

    organisation: str
    word: str
    sentence: str = ""


@dataclass(frozen=True)
class Earlier:
    """What was said of one week. `number` is the picture's; a part may have been removed by law."""

    period: Period
    number: int
    judged: Judgement | None = None  # the computed word
    word: str = ""  # the group's own
    sentence: str = ""
    others: tuple[Word, ...] = ()
    is_removed: bool = False


class _District(BaseModel):
    computed: str = ""
    word: str = ""
    sentence: str = ""
    others: tuple[Word, ...] = ()


class _Judged(BaseModel):
    mark: Mark


class _Whole(BaseModel):
    sentence: str = ""
    total_judged: _Judged | None = None


def of_district(period: Period, number: int, text: str | None) -> Earlier:
    """Return what the part about a district says; None where it was removed."""
    if text is None:
        return Earlier(period, number, is_removed=True)
    said = _District.model_validate_json(text)
    mark = _MARKS.get(said.computed)
    judged = Judgement(mark) if mark else None
    return Earlier(period, number, judged, said.word, said.sentence, said.others)


def of_whole(period: Period, number: int, text: str | None) -> Earlier:
    """Return what the part with the figures says of the whole municipality, likewise."""
    if text is None:
        return Earlier(period, number, is_removed=True)
    said = _Whole.model_validate_json(text)
    judged = Judgement(said.total_judged.mark) if said.total_judged else None
    return Earlier(period, number, judged, sentence=said.sentence)
