"""A letter as plain values, in the order in which it is read; the templates only set them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lagesbild.analysis.rules.marks import Mark
from lagesbild.analysis.rules.reduction import number_text
from lagesbild.base.clock import DAYS, MONTHS, Period, day_text, moment_text, period_text
from lagesbild.digests.draw import columns, figures, words
from lagesbild.digests.draw.columns import Line
from lagesbild.digests.draw.marked import item
from lagesbild.digests.draw.words import UNPLACED, WHOLE, WORD, Basis, Head
from lagesbild.digests.rules import Form, Kind
from lagesbild.digests.rules.told import Numbers
from lagesbild.digests.rules.wording import listed

KIND = {
    Mark.LOW: "low",
    Mark.NORMAL: "normal",
    Mark.RAISED: "raised",
    Mark.HIGH: "high",
    Mark.FEW: "few",
}
NO_MAP = "Kartan gick inte att rita den här gången. Tabellen säger detsamma."
LABELS = {"new": "Ny", "late": "Sen", "done": "Klar"}
PLURAL = {"new": "Nya", "late": "Sena", "done": "Klara"}
# Whom one says "ni" to: several people, or somebody and somebody else.
SEVERAL = ("presidi", "rådet", "styrelse", "nämnd", "utskott", "ledning", "grupp", " och ")


@dataclass(frozen=True)
class Row:
    """A row of the table: its numbers, each with the page that it leads to."""

    name: str
    link: str
    cells: Sequence[tuple[str, str]]
    mark: Mark | None

    @property
    def kind(self) -> str:
        """The mark as the styles call it."""
        return KIND.get(self.mark, "") if self.mark else ""

    @property
    def word(self) -> str:
        """The word of the mark."""
        return WORD.get(self.mark, "") if self.mark else ""

    @property
    def sign(self) -> str:
        """The sign of the mark."""
        return words.SIGN.get(self.mark, "") if self.mark else ""


def values(basis: Basis, form: Form, *, alt: str) -> Mapping[str, object]:
    """Return what the templates show; `alt` is empty when there is no picture."""
    said = basis.wording
    full = form is Form.FULL and basis.head.kind is not Kind.EXTRA
    table = full and not figures.is_small(basis)
    return {
        "subject": words.subject(basis),
        "form": form,
        "is_extra": basis.head.kind is Kind.EXTRA,
        "is_full": full,
        "page": basis.page,
        **_top(basis),
        "short": _short(basis, is_small=full and not table),
        "covered": _covered(basis) if full else "",
        "asks": said.lines("attention"),
        **address(basis.group.letter_to),
        **(_table(basis) if table else {"rows": ()}),
        "alt": alt,
        "no_map": NO_MAP if table and not alt else "",
        **(_work(basis) if full else {}),
        "deviations": said.lines("deviations") if full else (),
        "problems": said.lines("problems") if full else (),
        "answers": said.lines("answers") if full else (),
        "known": () if form is Form.SHORT else basis.known,
        "coming": " ".join(said.lines("coming")) if full else "",
        "notes": " ".join(figures.notes(basis, table=table)),
        "not_included": words.NOT_INCLUDED,
        **end(basis.head, basis.page, day_text(basis.next_day) if basis.next_day else ""),
        "link": link(basis, form),
    }


def address(letter_to: str) -> Mapping[str, str]:
    """Return how the letter speaks to whom it is written for: one person, or several."""
    one = "ordförande" in letter_to and " och " not in letter_to
    several = not one and any(part in letter_to for part in SEVERAL)
    return {"your": "er" if several else "din", "yours": "era" if several else "dina"}


def link(basis: Basis, form: Form) -> str:
    """Return where there is more to read, behind sign-in."""
    is_extra = basis.head.kind is Kind.EXTRA
    where = "vecka" if form is Form.FULL and not is_extra else "utskick"
    which = f"?extra={basis.head.version}" if is_extra else ""
    return f"{basis.page}/{where}/{basis.period.name}{which}"


def end(head: Head, page: str, next_day: str) -> Mapping[str, str]:
    """Return what stands at the end of everything that leaves."""
    record = f", dnr {head.record}" if head.record else ""
    following = f" Nästa: {next_day}." if next_day else ""
    return {
        "contact": ", ".join(filter(None, (head.role, head.contact))),
        "recipients": f"{page}/utskick/mottagare",
        "record": f"Utskicket är en allmän handling{record}.{following}",
    }


def _top(basis: Basis) -> Mapping[str, object]:
    """Return what stands above the first heading."""
    head, period = basis.head, basis.period
    number = head.number or period.name.replace("-W", ":")
    is_extra = head.kind is Kind.EXTRA
    made = f"Underlaget hämtades {moment_text(basis.publication.made_at)}."
    said_by = f"Från {head.role}. "
    if head.fixed_at is not None:
        fixed = f"astställd {moment_text(head.fixed_at)}."
        who = f"Underlag från {listed(head.organisations)}, f" if head.organisations else "F"
        made = f"{who}{fixed}"
    version = f"Nr {number}" if is_extra else f"Nr {number}, version {head.version}"
    days = moment_text(head.fixed_at) if is_extra and head.fixed_at else period_text(period)
    return {
        "title": "Extra lägesbild" if is_extra else f"Lägesbild vecka {period.week}",
        "when": f"{days}. {version}." if head.number or not is_extra else f"{days}.",
        "made": f"Från {head.role}, {basis.group.municipality}." if is_extra else said_by + made,
        "boxes": _boxes(basis),
        "changed": basis.wording.lines("changed") if head.version > 1 and not is_extra else (),
        "sentence": "Extra lägesbild" if is_extra else words.sentence(basis.content),
        "whose": f"{basis.group.municipality}, lägesbild v. {period.week}, nr {number}",
        "author": basis.group.municipality,
    }


def _boxes(basis: Basis) -> list[str]:
    """Return what has to be known before anything else."""
    boxes = []
    if basis.head.kind is not Kind.EXTRA and basis.head.version > 1:
        changed = " Ändrat:" if basis.wording.lines("changed") else ""
        which = f"ersätter version {basis.head.version - 1}"
        boxes.append(f"Rättelse: det här brevet {which}.{changed}")
    if basis.late:
        boxes.append(f"Brevet är försenat. Det skulle ha gått {moment_text(basis.due_at)}.")
    if basis.covers:
        weeks = [f"v. {each.period.week}" for each in basis.covers]
        shown = listed(weeks) if len(weeks) < figures.FOUR else f"{weeks[0]} – {weeks[-1]}"
        boxes.append(f"Brevet omfattar även {shown}, som inte fick något eget brev.")
    return boxes


def _short(basis: Basis, *, is_small: bool) -> list[str]:
    lines = basis.wording.lines("short")
    if basis.head.kind is Kind.EXTRA:
        return lines
    window = figures.four_weeks(basis) if is_small else ""
    return [line for line in (words.first_line(basis.content), window, *lines) if line]


def _covered(basis: Basis) -> str:
    """Return the totals of the weeks that had no letter of their own."""
    first, *rest = [
        (f"v. {each.period.week}", "få" if each.total is None else str(each.total))
        for each in basis.covers
    ] or [("", "")]
    if not first[0]:
        return ""
    others = [f"{number} {week}" for week, number in rest]
    return f"{listed([f'{first[1]} händelser {first[0]}', *others])}.".capitalize()


def _table(basis: Basis) -> Mapping[str, object]:
    content, period = basis.content, basis.period
    earlier = period.a_year_earlier()
    rows = [_row(basis, d, f"omraden/{d.slug}") for d in content.districts]
    if set(content.unplaced.shown) != {number_text(0)}:
        rows.append(_row(basis, content.unplaced, "", UNPLACED))
    total = _row(basis, content.total, "", WHOLE)
    shown = [Line(row.name, [n for n, _ in row.cells], row.mark) for row in (*rows, total)]
    return {
        "rows": rows,
        "total": total,
        "is_marked": content.is_marked,
        "year": earlier.last_day.year,
        "compared": f"Samma vecka {earlier.last_day.year} är {days(earlier)}, samma veckodagar.",
        "table": columns.table("PER KOMMUNDEL", shown, earlier.last_day.year),
    }


def _row(basis: Basis, row: Numbers, path: str, name: str = "") -> Row:
    """Return a row of the table; a mean leads where the week's own number does."""
    period = basis.period
    weeks = (period, period.previous(), period, period.a_year_earlier())
    links = [
        f"{basis.page}/{path}?week={week.name}" if path else f"{basis.page}/vecka/{week.name}"
        for week in weeks
    ]
    cells = list(zip(row.shown, links, strict=True))
    return Row(name or row.name, links[0], cells, row.mark)


def days(period: Period) -> str:
    """Return the days of a week that is known by its year: `tors 13 – ons 19 nov`."""
    first, last = period.first_day, period.last_day
    if first.year != last.year:
        return period_text(period)
    begins = f"{DAYS[first.weekday()]} {first.day}"
    if first.month != last.month:
        begins = f"{begins} {MONTHS[first.month - 1]}"
    return f"{begins} – {day_text(last)}"


def _work(basis: Basis) -> Mapping[str, object]:
    """Return the actions, each with its word, and how many there are."""
    said = basis.wording
    counts = ""
    if said.counts is not None:
        opened, new, late, done = said.counts
        counts = f"öppna {opened}, nya {new}, försenade {late}, klara {done}"
    return {
        "counts": counts,
        "actions": [item(LABELS[name], line) for name in LABELS for line in said.lines(name)],
        "groups": [(PLURAL[name], said.lines(name)) for name in LABELS if said.lines(name)],
    }
