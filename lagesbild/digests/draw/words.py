"""What the letter says. Plain values, made from a publication and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter

from lagesbild.analysis.rules.reduction import (
    OF_THE_GROUP,
    OF_THE_LETTER,
    SMALLEST_SHOWN,
    number_text,
)
from lagesbild.base.clock import Period, day_text, moment_text, period_text
from lagesbild.districts.rules import Outline
from lagesbild.meetings.rules.publication import Publication
from lagesbild.people.rules import Group

DRAFT = "Utkast till samordnaren: brevet går än så länge inte till {}."
NOT_INCLUDED = (  # the same every week: a line that changes would tell what it leaves out
    "Uppgifter som rör enskilda, pågående förundersökningar, våld i nära relation, sexualbrott"
    " och skolors interna händelser. Samma text står här varje vecka, oavsett om sådana händelser"
    " finns. Frågor besvaras av respektive myndighet."
)
COUNTED = (
    f"Talen gäller {OF_THE_LETTER}: de som får stå i ett brev utanför gruppen (känslighet A och"
    f" B). Gruppens egen veckobild räknar {OF_THE_GROUP}, så summorna där är andra."
)
AS_TOLD = "Tidigare veckor står som de först stod i ett brev: sena rapporter är inte med."
HIDDEN = (
    f"{number_text(None)} är ett litet tal (1–{SMALLEST_SHOWN - 1}), eller ett tal som skulle"
    " avslöja ett sådant."
)
UNPLACED = "Utan känd kommundel"
WHOLE = "Hela kommunen"


@dataclass(frozen=True)
class Numbers:
    """One line of a publication; None where a number is hidden. The mean is of four weeks."""

    this: int | None
    last: int | None
    mean: int | None
    year: int | None
    name: str = ""
    slug: str = ""

    @property
    def shown(self) -> tuple[str, str, str, str]:
        """The four numbers as readers see them."""
        return (
            number_text(self.this),
            number_text(self.last),
            number_text(self.mean),
            number_text(self.year),
        )


@dataclass(frozen=True)
class Said:
    """What an organisation has said about the week."""

    name: str
    answered: bool


@dataclass(frozen=True)
class Content:
    """The publication that a letter is made from."""

    districts: tuple[Numbers, ...]
    unplaced: Numbers
    total: Numbers
    coverage: tuple[Said, ...]


@dataclass(frozen=True)
class Basis:
    """All that a letter is made from: what the reader login may see, and the calendar."""

    group: Group
    period: Period
    publication: Publication
    outlines: Sequence[Outline]
    schematic: bool
    due_at: datetime
    late: bool
    base_url: str
    next_day: date

    @property
    def content(self) -> Content:
        """The publication's rows with their types."""
        return content_of(self.publication)


def content_of(publication: Publication) -> Content:
    """Return what a publication holds, with its types."""
    return _CONTENT.validate_python(publication.content)


_CONTENT = TypeAdapter(Content)


def subject(basis: Basis) -> str:
    """Return the subject line: the municipality, the week and its state in words."""
    return f"Lägesbild {title(basis.group)} v. {basis.period.week} – {_state(basis.content)}"


def title(group: Group) -> str:
    """Return what the letter is about: the municipality, and which of its groups."""
    if group.name == group.municipality:
        return group.municipality
    return f"{group.municipality}, {group.name}"


def values(basis: Basis, *, alt: str) -> Mapping[str, object]:
    """Return what the templates show; `alt` is empty when there is no picture."""
    group, period, content = basis.group, basis.period, basis.content
    page = f"{basis.base_url.rstrip('/')}/g/{group.slug}"
    earlier = period.a_year_earlier()
    return {
        "subject": subject(basis),
        "week": period.week,
        "days": period_text(period),
        "number": period.name.replace("-W", ":"),
        "made": f"Underlaget hämtades {moment_text(basis.publication.made_at)}.",
        "late": f"Brevet är försenat. Det skulle ha gått {moment_text(basis.due_at)}."
        if basis.late
        else "",
        "draft": DRAFT.format(group.letter_to),
        "sentence": sentence(content),
        "short": _short(content, str(earlier.last_day.year)),
        "year": earlier.last_day.year,
        "rows": [*content.districts],
        "unplaced": content.unplaced,
        "total": content.total,
        "unplaced_name": UNPLACED,
        "total_name": WHOLE,
        "notes": _notes(content, earlier),
        "alt": alt,
        "coverage": _coverage(content.coverage),
        "not_included": NOT_INCLUDED,
        "page": page,
        "link": f"{page}/vecka/{period.name}",
        "next": f"Nästa brev: {day_text(basis.next_day)}.",
    }


def alt_text(basis: Basis) -> str:
    """Return what the picture shows, in words: the same numbers as the table."""
    kind = "Schematisk karta" if basis.schematic else "Karta"
    listed = ", ".join(f"{d.name} {number_text(d.this)}" for d in basis.content.districts)
    return f"{kind} över kommundelarna med veckans antal händelser: {listed}."


def _many(content: Content) -> str:
    """Return how many in all, in words: `62`, `minst 50`, `få`, `inga`."""
    total = content.total.this
    if total is not None:
        return str(total) if total else "inga"
    least = sum(line.this or 0 for line in (*content.districts, content.unplaced))
    return f"minst {least}" if least else "få"


def _state(content: Content) -> str:
    total = content.total
    if total.this == 0:
        return "inget nytt att rapportera"
    compared = total.this is not None and total.mean is not None
    mean = f", snittet är {total.mean}" if compared else ""
    return f"{_many(content)} rapporterade händelser{mean}"


def _compared(total: Numbers) -> str:
    """Return how the week stands to its mean, in words; nothing where a number is hidden."""
    if total.this is None or total.mean is None or total.this == total.mean == 0:
        return ""
    word = "lika många som"
    if total.this != total.mean:
        word = "fler än" if total.this > total.mean else "färre än"
    return f"{word} snittet för fyra veckor"


def sentence(content: Content) -> str:
    """Return what one would say of the week aloud."""
    if content.total.this == 0:
        return "Inget nytt att rapportera."
    compared = _compared(content.total)
    many = _many(content).capitalize()
    return f"{many} rapporterade händelser{', ' if compared else ''}{compared}."


def _short(content: Content, year: str) -> list[str]:
    """Return the week in two or three lines."""
    total = content.total
    _, last, mean, then = total.shown
    compared = _compared(total)
    first = f"{_many(content).capitalize()} rapporterade händelser i hela kommunen"
    lines = [
        f"{first}, {compared} ({mean})." if compared else f"{first}.",
        f"Förra veckan var de {last}. Samma vecka {year} var de {then}.",
    ]
    if silent := _names(content.coverage, answered=False):
        lines.append(f"Alla har inte svarat än: {silent} saknas.")
    return lines


def _notes(content: Content, earlier: Period) -> list[str]:
    compared = f"Samma vecka {earlier.last_day.year} är {period_text(earlier)}"
    notes = [f"{compared}: 364 dagar tidigare, så att veckodagarna stämmer.", AS_TOLD, COUNTED]
    lines = (*content.districts, content.unplaced, content.total)
    if any(None in (line.this, line.last, line.mean, line.year) for line in lines):
        notes.append(HIDDEN)
    return notes


def _coverage(coverage: Sequence[Said]) -> list[str]:
    """Return who has answered and who has not been heard of."""
    answered, silent = _names(coverage, answered=True), _names(coverage, answered=False)
    if answered and not silent:
        return [f"Alla har svarat: {answered}."]
    lines = {"Har svarat": answered, "Har inte svarat": silent}
    return [f"{text}: {names}." for text, names in lines.items() if names]


def _names(coverage: Sequence[Said], *, answered: bool) -> str:
    """Return the organisations that have answered, or not: `Kommunen, Polisen och Brand`."""
    names = [said.name for said in coverage if said.answered is answered]
    return " och ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
