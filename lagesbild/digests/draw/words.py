"""What the letter says of a week. Plain values, made from a publication and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lagesbild.analysis.rules.marks import Mark
from lagesbild.analysis.rules.reduction import (
    OF_THE_GROUP,
    OF_THE_LETTER,
    SMALLEST_SHOWN,
    number_text,
)
from lagesbild.base.clock import Period
from lagesbild.digests.rules import Kind, page_of, told, wording
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.told import Content
from lagesbild.digests.rules.wording import Wording, listed, number_word
from lagesbild.districts.rules import Outline
from lagesbild.meetings.rules.publication import Publication
from lagesbild.meetings.rules.sentences import LOUDEST, NAMED, TEXT
from lagesbild.people.rules import Group

NOT_INCLUDED = (  # the same every week: a line that changes would tell what it leaves out
    "Uppgifter som rör enskilda, pågående förundersökningar, våld i nära relation, sexualbrott"
    " och skolors interna händelser. Samma text står här varje vecka, oavsett om sådana händelser"
    " finns. Frågor besvaras av respektive myndighet."
)
COUNTED = f"Talen gäller {OF_THE_LETTER}; gruppens egen bild räknar {OF_THE_GROUP}."
AS_TOLD = "Tidigare veckor står som de först skrevs."
SMALL = f"Små tal (1–{SMALLEST_SHOWN - 1}) visas inte per typ och kommundel."
HIDDEN = f"{number_text(None)} är ett litet tal, eller ett som skulle avslöja ett sådant."
LONGEST_STATE = 110  # signs of a subject that are read
UNPLACED, WHOLE = wording.UNPLACED, wording.WHOLE

# The words of a mark in the table, and its sign where no picture can be drawn.
WORD = {
    Mark.LOW: "färre än vanligt",
    Mark.NORMAL: "som vanligt",
    Mark.RAISED: "fler",
    Mark.HIGH: "tydligt fler",
    Mark.FEW: "för få för att bedöma",
}
SIGN = {Mark.LOW: "▼", Mark.NORMAL: "○", Mark.RAISED: "△", Mark.HIGH: "▲▲", Mark.FEW: "···"}


@dataclass(frozen=True)
class Head:
    """What stands on a letter whatever its week was like.

    `organisations` are as one says them: `polis`, `brandförsvar`. Without a number, the week's.
    """

    number: str = ""
    version: int = 1
    role: str = "samordnaren"
    organisations: Sequence[str] = ()
    fixed_at: datetime | None = None
    contact: str = ""
    record: str = ""
    kind: Kind = Kind.LETTER


@dataclass(frozen=True)
class Covered:
    """A week between the last letter and this one, and its total; None where it is hidden."""

    period: Period
    total: int | None


@dataclass(frozen=True)
class Basis:
    """All that a letter is made from: what the reader login may see, and what people wrote.

    `recent` are the told totals of this week and the three before, the newest first; without them
    the letter goes by its own columns.
    """

    group: Group
    period: Period
    publication: Publication
    outlines: Sequence[Outline]
    schematic: bool
    due_at: datetime
    late: bool
    base_url: str
    next_day: date | None = None
    wording: Wording = field(default_factory=Wording)
    known: Sequence[KnownEvent] = ()
    head: Head = field(default_factory=Head)
    covers: Sequence[Covered] = ()
    recent: Sequence[int | None] = ()

    @property
    def content(self) -> Content:
        """The publication's rows with their types."""
        return content_of(self.publication)

    @property
    def page(self) -> str:
        """The address of the group's pages, behind sign-in."""
        return page_of(self.group, self.base_url)


def content_of(publication: Publication) -> Content:
    """Return what a publication holds, with its types."""
    return told.content_of(publication.content)


def subject(basis: Basis) -> str:
    """Return the subject line: the week and its state in words."""
    if basis.head.kind is Kind.EXTRA:
        first = next(iter(basis.wording.lines("short")), "")
        return f"{what(basis)} – {_clipped(first)}" if first else what(basis)
    return f"{what(basis)} – {_clipped(state(basis))}"


def what(basis: Basis) -> str:
    """Return which letter it is: `Rättad lägesbild v. 47`."""
    if basis.head.kind is Kind.EXTRA:
        return f"Extra lägesbild {name(basis.group)}".strip()
    kind = "Rättad lägesbild" if basis.head.version > 1 else "Lägesbild"
    return f"{kind} {name(basis.group)}v. {basis.period.week}"


def name(group: Group) -> str:
    """Return which of a municipality's groups writes, and a space; the only one needs no name."""
    return "" if group.name == group.municipality else f"{group.name} "


def _clipped(text: str) -> str:
    text = text.rstrip(".")
    return text if len(text) <= LONGEST_STATE else f"{text[: LONGEST_STATE - 1].rstrip()}…"


def state(basis: Basis) -> str:
    """Return the state of the week for the subject: `tydligt fler än vanligt i Skogås, …`."""
    content = basis.content
    if content.total.this == 0:
        return "inget nytt att rapportera" if is_quiet(basis) else "inga rapporterade händelser"
    return ", ".join(_marked(content)) or _counted(content)


def sentence(content: Content) -> str:
    """Return what one would say of the week aloud."""
    if content.total.this == 0:
        return "Inga rapporterade händelser den här veckan."
    parts = _marked(content) or [_counted(content)]
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def is_quiet(basis: Basis) -> bool:
    """Whether there is nothing to tell: no incidents, and nobody has written anything."""
    said = basis.wording
    names = ("short", "attention", "problems", "new", "late", "done", "coming", "answers")
    return basis.content.total.this == 0 and not any(
        (basis.known, basis.covers, *(said.lines(name) for name in names))
    )


def _marked(content: Content) -> list[str]:
    """Return where there are more or fewer than usual; the whole only where no district says it."""
    marks = {*(d.mark for d in content.districts), content.total.mark}
    parts = [part for part in (_where(mark, content) for mark in LOUDEST) if part]
    if Mark.NORMAL in marks:
        parts.append("i övrigt som vanligt" if parts else "som vanligt i hela kommunen")
    return parts


def _where(mark: Mark, content: Content) -> str:
    if names := content.named(mark):
        shown = listed(names)
        if len(names) > NAMED:
            shown = f"{number_word(len(names))} kommundelar"
        return f"{TEXT[mark]} i {shown}"
    louder = (Mark.HIGH, Mark.RAISED) if mark is not Mark.LOW else (Mark.LOW,)
    if content.total.mark is mark and not any(d.mark in louder for d in content.districts):
        return f"{TEXT[mark]} i kommunen som helhet"
    return ""


def _counted(content: Content) -> str:
    return f"{many(content)} rapporterade händelser"


def many(content: Content) -> str:
    """Return how many in all, in words: `62`, `minst 50`, `få`, `inga`."""
    total = content.total.this
    if total is not None:
        return str(total) if total else "inga"
    least = sum(line.this or 0 for line in (*content.districts, content.unplaced))
    return f"minst {least}" if least else "få"


def first_line(content: Content) -> str:
    """Return the computed line of `I korthet`: how many, and how that compares."""
    total = content.total
    number = many(content)
    line = f"{number[:1].upper()}{number[1:]} händelser i hela kommunen"
    if total.mark in TEXT and total.mark is not Mark.FEW and total.this:
        line += f", {TEXT[total.mark]}"
    if total.this is None or total.mean is None or total.this == total.mean == 0:
        return f"{line}."
    return f"{line} (snitt fyra veckor: {total.mean})."
