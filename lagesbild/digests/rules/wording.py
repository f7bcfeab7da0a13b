"""What people say in a letter, and the first wording, which the program makes for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lagesbild.analysis.rules.marks import Mark
from lagesbild.analysis.rules.reduction import SMALLEST_SHOWN, number_text
from lagesbild.base import privacy
from lagesbild.base.clock import Period
from lagesbild.base.errors import InvalidError, storable
from lagesbild.digests.rules import plain
from lagesbild.digests.rules.parts import Parts, Work, parts_of
from lagesbild.digests.rules.told import Cell, Content, Newcomer, Numbers
from lagesbild.meetings.rules.sentences import IN_WORDS, TEXT

MOST_HIGH = 2  # districts that stand out and get a line of their own in "I korthet"
MOST_WORDS = 400
LONGEST = 4000  # signs of a field: far more than the letter has room for
STANDING = 210  # words of every letter but the table, and room for a question to the reader
# The same whether or not there are any: a type that stands out may have to stay unnamed.
UNNAMED = "av händelser sticker inte tydligt ut, eller kan inte visas utan att röja små tal."
WHOLE, UNPLACED = "Hela kommunen", "Utan känd kommundel"
ABOVE = (Mark.HIGH, Mark.RAISED)
UNKNOWN = "Underlaget är för litet för att bedöma avvikelser."


@dataclass(frozen=True)
class Wording:
    """The words of a letter that people may change, one item a line.

    `counts` are the open, new, late and done actions that the letter knows of.
    """

    short: str = ""
    attention: str = ""
    deviations: str = ""
    problems: str = ""
    new: str = ""
    late: str = ""
    done: str = ""
    coming: str = ""
    answers: str = ""
    changed: str = ""
    counts: tuple[int, int, int, int] | None = None

    def lines(self, name: str) -> list[str]:
        """Return the items of a field, without signs that nobody sees."""
        return plain.lines(self.texts[name])

    @property
    def texts(self) -> Mapping[str, str]:
        """The fields that hold words, by name."""
        return {
            "short": self.short,
            "attention": self.attention,
            "deviations": self.deviations,
            "problems": self.problems,
            "new": self.new,
            "late": self.late,
            "done": self.done,
            "coming": self.coming,
            "answers": self.answers,
            "changed": self.changed,
        }


@dataclass(frozen=True)
class Sources:
    """What a first wording is made from.

    `inward` are the numbers of problems and actions that stay in the group: not even how many
    they are is told. `answers` are lines.
    """

    period: Period
    content: Content
    parts: Mapping[str, object] = field(default_factory=dict)
    inward: Collection[str] = ()
    answers: Sequence[str] = ()


def prefill(sources: Sources) -> Wording:
    """Return the first wording of a letter, from what is published and the fixed picture.

    What would not fit is left out, and how much.
    """
    told = sources.content
    found = parts_of(sources.parts, sources.inward, sources.period)
    work = found.work([d.name for d in told.districts])
    whole = Wording(
        short="\n".join(_short(told)),
        deviations="\n".join(_deviations(told, found, work)),
        answers="\n".join(plain.lines("\n".join(sources.answers))),
        counts=work.counts if found.has_actions else None,
    )
    return _fitted(whole, work)


def checked(wording: Wording, *, confirmed: bool = False) -> Wording:
    """Return a wording that may be stored, or raise `InvalidError` for the first wrong field."""
    texts = {name: "\n".join(wording.lines(name)) for name in wording.texts}
    ready = Wording(counts=wording.counts, **texts)
    for name, text in ready.texts.items():
        if len(text) > LONGEST:
            raise InvalidError(name, f"Texten är för lång. Högst {LONGEST} tecken får plats.")
        storable(name, text)
        privacy.guard(name, text, confirmed=confirmed)
    # A number may be split over two fields. Together they may only look like one: nobody is asked.
    privacy.guard("short", "\n".join(ready.texts.values()), confirmed=True)
    return ready


def changes(was: Content, now: Content, period: Period) -> str:
    """Return what a correction changes in what readers were told, one thing a line."""
    before = {row.name: row for row in _rows(was)}
    week = f"v. {period.week}"
    lines = []
    for row in _rows(now):
        then = before.get(row.name)
        if then is not None and row.this != then.this:
            number = f"{number_text(row.this)} händelser {week}"
            lines.append(f"{row.name}: {number}, förut {number_text(then.this)}.")
        elif then is not None and row.mark is not then.mark and row.mark and then.mark:
            lines.append(f"{row.name}: {TEXT[row.mark]}, förut {TEXT[then.mark]}.")
    left = {(cell.slug, cell.code) for cell in now.cells}
    gone = [cell for cell in was.cells if cell.proposed and (cell.slug, cell.code) not in left]
    lines += [f"{cell.district}, {_lower(cell.category)}: sticker inte längre ut." for cell in gone]
    return "\n".join(lines)


def _rows(told: Content) -> list[Numbers]:
    unplaced, total = replace(told.unplaced, name=UNPLACED), replace(told.total, name=WHOLE)
    return [*told.districts, unplaced, total]


# --- In short -------------------------------------------------------------------------------


def _short(told: Content) -> list[str]:
    high = [d for d in told.districts if d.mark is Mark.HIGH]
    lines = [_sticks_out(d) for d in high[:MOST_HIGH]]
    if rest := high[MOST_HIGH:]:
        lines.append(f"Även {listed([d.name for d in rest])} ligger tydligt över det vanliga.")
    return lines


def _sticks_out(district: Numbers) -> str:
    compared = f"mot väntat {district.expected}"
    if not _is_telling(district.this):
        return f"{district.name} sticker ut: tydligt fler händelser än vanligt."
    if district.expected is None:
        compared = "tydligt fler än vanligt"
        return f"{district.name} sticker ut: {district.this} händelser, {compared}."
    return f"{district.name} sticker ut: {district.this} händelser {compared}."


# --- Deviations -----------------------------------------------------------------------------


def _deviations(told: Content, found: Parts, work: Work) -> list[str]:
    """Return what stands out, why it may be so, and what is done about it."""
    if not told.is_marked:
        return []
    heads = _heads(told)
    said = set[str]()
    bullets = []
    for slug, name, head in heads:  # what is said of a district is said once
        behind = [] if slug in said else [_because(found, slug), work.against(name)]
        said.add(slug)
        bullets.append(" ".join(filter(None, [head, *behind])))
    began = [f"{new.name} började rapportera {_week(new)}" for new in told.newcomers]
    if began and bullets:
        bullets[0] = f"{bullets[0]} En del kan bero på att {listed(began)}."
    elif began:
        bullets.append(f"{listed(began)}. Det kan ge fler händelser.")
    return [*bullets, _rest(told, is_first=not heads)]


def _heads(told: Content) -> list[tuple[str, str, str]]:
    """Return what stands out, by slug and name of its district; of two sayings the closer one."""
    cells = [cell for cell in told.cells if cell.proposed]
    proposed = {cell.slug for cell in cells}
    heads = [(cell.slug, cell.district, _of_cell(cell)) for cell in cells]
    heads += [
        (d.slug, d.name, _of_district(d.name, d))
        for d in told.districts
        if d.mark in ABOVE and d.slug not in proposed
    ]
    if not heads and told.total.mark in ABOVE:
        return [("", "", _of_district(WHOLE, told.total))]
    return heads


def _of_cell(cell: Cell) -> str:
    what = f"{cell.district}, {_lower(cell.category)}"
    if not _is_telling(cell.number):
        return f"{what}: fler än vanligt."
    return f"{what}: {cell.number} (väntat {cell.expected or 'under 1'})."


def _of_district(name: str, row: Numbers) -> str:
    if not _is_telling(row.this) or row.expected is None:
        return f"{name}: fler än vanligt."
    return f"{name}: {row.this} händelser (väntat {row.expected})."


def _because(found: Parts, slug: str) -> str:
    """Return what the group said of a district, where it may stand in a letter."""
    sentence = plain.clean(found.sentences.get(slug, ""))
    if privacy.scan(sentence) or plain.small_counts(sentence) or any(plain.unsaid(sentence)):
        return ""
    if any(number in sentence for number in found.inward):
        return ""
    return sentence if not sentence or sentence[-1] in ".!?" else f"{sentence}."


def _rest(told: Content, *, is_first: bool) -> str:
    """Return what is to be said of all that does not stand out."""
    if not is_first:
        return f"Övriga typer {UNNAMED}"
    if {d.mark for d in (*told.districts, told.total)} <= {Mark.FEW, None}:
        return UNKNOWN
    if fewer := told.named(Mark.LOW):
        return f"Färre händelser än vanligt i {listed(fewer)}. Typerna {UNNAMED}"
    return f"Ingen kommundel som kan bedömas avviker. Typerna {UNNAMED}"


# --- What fits ------------------------------------------------------------------------------

_ROOM = {"problems": 6, "new": 6, "late": 6, "done": 4, "coming": 6}  # items, to begin with
LEAST = 1
_LESS = ("done", "coming", "new", "problems", "late")  # which gives way first
_MORE = {
    "problems": "se listan över problem",
    "new": "se åtgärdslistan",
    "late": "se åtgärdslistan",
    "done": "se åtgärdslistan",
    "coming": "",
}


def _fitted(whole: Wording, work: Work) -> Wording:
    """Return the wording with as many items as the letter has room for, and some of each."""
    room = {name: min(most, len(work.items[name])) for name, most in _ROOM.items()}
    while True:
        cut = {name: _cut(work, name, most) for name, most in room.items()}
        fitted = replace(
            whole,
            problems=cut["problems"],
            new=cut["new"],
            late=cut["late"],
            done=cut["done"],
            coming=cut["coming"],
        )
        used = sum(plain.words(text) for text in fitted.texts.values())
        longest = max(_LESS, key=lambda name: room[name])
        if used <= MOST_WORDS - STANDING or room[longest] <= LEAST:
            return fitted
        room[longest] -= 1


def _cut(work: Work, name: str, most: int) -> str:
    items = work.items[name]
    left = len(items) - most
    if left <= 0:
        return "\n".join(items)
    where = f", {_MORE[name]}" if _MORE[name] else ""
    number = "fler" if name == "done" else f"{left} till"  # those that were stopped do not count
    return "\n".join([*items[:most], f"… och {number}{where}."])


# --- Words ----------------------------------------------------------------------------------


def listed(names: Sequence[str]) -> str:
    """Return names as one says them: `Skogås, Trångsund och Vårby`."""
    return " och ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def number_word(number: int) -> str:
    """Return a number as one writes it in running text: `sju`, `14`."""
    return {1: "en", 2: "två", 3: "tre"}.get(number) or IN_WORDS.get(number, str(number))


def _is_telling(number: int | None) -> bool:
    return number is not None and number >= SMALLEST_SHOWN


def _lower(name: str) -> str:
    plain_name = name.replace("\u00ad", "")
    return plain_name if plain_name[1:2].isupper() else plain_name[:1].lower() + plain_name[1:]


def _week(new: Newcomer) -> str:
    return f"v. {Period.named(new.first_week).week}"
