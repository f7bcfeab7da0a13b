"""The figures of a letter in sentences: what they rest on, and which of them it shows at all."""

from lagesbild.analysis.rules.marks import Mark
from lagesbild.analysis.rules.reduction import SMALLEST_SHOWN, number_text
from lagesbild.digests.draw.words import AS_TOLD, COUNTED, HIDDEN, SMALL, WORD, Basis
from lagesbild.digests.rules.told import Content, Numbers
from lagesbild.digests.rules.wording import listed, number_word
from lagesbild.meetings.rules.sentences import LOUDEST

SMALL_FORM = 10  # incidents a week, in the mean: with fewer a table only shows chance
FOUR = 4


def four_weeks(basis: Basis) -> str:
    """Return the window of the small form: four weeks together."""
    told_of = [n for n in basis.recent if n is not None]
    if len(basis.recent) < FOUR:
        return ""
    if len(told_of) == len(basis.recent):
        number = str(sum(told_of)) if sum(told_of) else "inga"
    else:
        number = f"minst {sum(told_of)}" if sum(told_of) else "få"
    return f"De senaste fyra veckorna: {number} rapporterade händelser."


def is_small(basis: Basis) -> bool:
    """Whether the group has so few incidents that it gets no table: under ten a week.

    Weeks before the first in which anything was reported are no weeks with nothing.
    """
    total = basis.content.total
    weeks = list(basis.recent) or [total.this, total.last, total.mean, total.mean]
    while weeks[1:] and weeks[-1] == 0:
        weeks.pop()
    if not any(n is not None for n in weeks):
        return True
    usual = [SMALLEST_SHOWN - 1 if n is None else n for n in weeks]
    return sum(usual) < SMALL_FORM * len(usual)


def alt_text(basis: Basis) -> str:
    """Return what the picture shows, in words: the same numbers and words as the table."""
    districts = basis.content.districts
    kind = "Schematisk karta" if basis.schematic else "Karta"
    what = f"{kind} över {number_word(len(districts))} kommundelar"
    if not basis.content.is_marked:
        numbers = ", ".join(f"{d.name} {number_text(d.this)}" for d in districts)
        return f"{what} med veckans antal händelser: {numbers}."
    groups = []
    for mark in (*LOUDEST[:2], Mark.LOW, Mark.NORMAL, Mark.FEW):
        found = [d for d in districts if d.mark is mark]
        if mark in (Mark.HIGH, Mark.RAISED):
            groups += [f"{d.name}: {number_text(d.this)} händelser, {WORD[mark]}." for d in found]
        elif found:
            numbers = listed([f"{d.name} {number_text(d.this)}" for d in found])
            groups.append(f"{numbers}: {WORD[mark]}.")
    return " ".join([f"{what}.", *groups])


def coverage(content: Content) -> str:
    """Return who has reported: `Alla tre parter har rapporterat.`."""
    silent = [said.name for said in content.coverage if not said.answered]
    here, all_ = len(content.coverage) - len(silent), len(content.coverage)
    if not all_:
        return ""
    if not here:
        return "Ingen har rapporterat."
    if silent:
        some = f"{number_word(here).capitalize()} av {number_word(all_)} parter"
        return f"{some} har rapporterat. Inget från {listed(silent)}."
    who = f"Alla {number_word(all_)} parter" if all_ > 1 else content.coverage[0].name
    return f"{who} har rapporterat."


def notes(basis: Basis, *, table: bool) -> list[str]:
    """Return what the figures rest on, in sentences."""
    content = basis.content
    before = f"v. {basis.period.previous().week}"
    late = _few_or(content.late)
    unsure = _few_or(content.uncertain)
    rows: list[Numbers] = [*content.districts, content.unplaced, content.total] if table else []
    lines = [
        coverage(content),
        f"{late} händelser från {before} kom in efter förra mötet. {AS_TOLD}" if late else "",
        f"{unsure} händelser har osäker plats men känd kommundel." if unsure else "",
        SMALL,
        HIDDEN if any(row.is_hidden for row in rows) else "",
        COUNTED,
    ]
    return [line for line in lines if line]


def _few_or(number: int | None) -> str:
    """Return a number, `Färre än fem` where it is hidden, and nothing for zero."""
    if number is None:
        return f"Färre än {number_word(SMALLEST_SHOWN)}"
    return str(number) if number else ""
