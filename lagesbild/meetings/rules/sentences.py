"""What one would say aloud about a week."""

from collections.abc import Sequence

from lagesbild.analysis.rules.marks import Judgement, Mark
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import Figures, Picture, Reported

NAMED = 3  # more names than this are a number
IN_WORDS = {4: "fyra", 5: "fem", 6: "sex", 7: "sju", 8: "åtta", 9: "nio", 10: "tio"}
TEXT = {
    Mark.LOW: "färre än vanligt",
    Mark.NORMAL: "som vanligt",
    Mark.RAISED: "fler än vanligt",
    Mark.HIGH: "tydligt fler än vanligt",
    Mark.FEW: "för få för att bedöma",
    Mark.OPEN: "veckan pågår",
}
LOUDEST = (Mark.HIGH, Mark.RAISED, Mark.LOW)
ORDER = (*LOUDEST[:2], Mark.OPEN, Mark.NORMAL, Mark.LOW, Mark.FEW)


def by_deviation(picture: Picture) -> list[tuple[District, Figures, Judgement]]:
    """Return the districts with their judgements, those with clearly more first."""
    rows = [(d, figures, picture.judged(figures)) for d, figures in picture.districts]
    return sorted(rows, key=lambda row: _rank(row[1], row[2]))  # equals stay as they were: by name


def _rank(figures: Figures, judged: Judgement) -> tuple[int, float]:
    loud = judged.mark in (Mark.HIGH, Mark.RAISED)
    above = figures.this - (judged.expected or 0.0) if loud else 0.0
    return ORDER.index(judged.mark), -above


def sentence(picture: Picture) -> str:
    """Return the week in a sentence: where there are more or fewer than usual, else that it is so.

    A week that goes on says how many so far, and where it is above its limit already.
    """
    number = picture.total.this
    if not number:
        return "Inga rapporterade händelser den här veckan."
    parts = [part for part in (_said(mark, picture) for mark in LOUDEST) if part]
    if not picture.is_over:
        return " ".join([f"{_number(number)} hittills.", *parts])
    if Mark.NORMAL in _marks(picture):
        parts.append("I övrigt som vanligt." if parts else "Som vanligt i hela kommunen.")
    return " ".join(parts) or f"{_number(number)}."


def coverage(picture: Picture) -> str:
    """Return who has reported, which belongs beside every figure of a week."""
    said = {
        state: [c.organisation.name for c in picture.coverage if c.state is state]
        for state in Reported
    }
    parts = (
        ("Rapporterat av {}.", said[Reported.YES]),
        ("Inget att rapportera från {}.", said[Reported.NOTHING]),
        ("Inget från {}." if picture.is_over else "Inget ännu från {}.", said[Reported.SILENT]),
    )
    return " ".join(text.format(joined(names)) for text, names in parts if names)


def _marks(picture: Picture) -> list[Mark]:
    whole = picture.judged(picture.total).mark
    return [*(picture.judged(figures).mark for _, figures in picture.districts), whole]


def _said(mark: Mark, picture: Picture) -> str:
    """Return where a mark holds; the whole municipality only where no district says it."""
    rows = by_deviation(picture)
    names = [d.name for d, _, judged in rows if judged.mark is mark]
    if names:
        return f"{TEXT[mark].capitalize()} i {_listed(names)}."
    louder = (Mark.HIGH, Mark.RAISED) if mark is not Mark.LOW else (Mark.LOW,)
    if picture.judged(picture.total).mark is mark and not any(j.mark in louder for *_, j in rows):
        return f"{TEXT[mark].capitalize()} i kommunen som helhet."
    return ""


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{IN_WORDS.get(len(names), str(len(names)))} områden"
    return joined(names)


def joined(names: Sequence[str]) -> str:
    """Return names as one says them: `Skogås, Trångsund och Vårby`."""
    return " och ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _number(number: int) -> str:
    return f"{number} rapporterad{'' if number == 1 else 'e'} händelse{'' if number == 1 else 'r'}"
