"""What is looked at in a letter before somebody approves it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Protocol

from lagesbild.base import privacy
from lagesbild.digests.rules import Kind, Letter, plain
from lagesbild.digests.rules.editing import PART
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.told import Content, Numbers
from lagesbild.digests.rules.wording import MOST_WORDS, WHOLE, Wording

LONGEST_SENTENCE = 30  # words
MOST_ASKED, MOST_SHORT = 3, 2
LARGEST = 3_000_000  # bytes of a mail, as it is sent
IN_BASE64 = 1.37
SHORTEST_PHRASE = 4  # letters of a part of a category's name; shorter ones say too little
ORDINAL = ("första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde")
UNCOUNTED = (  # how the parts of a letter begin whose words do not count
    "PER KOMMUNDEL", "SEDAN FÖRRA BREVET", "Brevet är försenat", "Brevet omfattar", "Rättelse",
)  # fmt: skip
NO_MAP = "Kartan gick inte att rita"


class Level(StrEnum):
    """How grave what was found is."""

    STOP = "stopp"  # the letter must not leave
    WARN = "varning"  # somebody has to have seen it
    OK = "bra"


@dataclass(frozen=True)
class Check:
    """What was looked at and how it was; `where` is the part of the letter, in words."""

    level: Level
    text: str
    where: str = ""

    @property
    def stops(self) -> bool:
        """Whether the letter must not leave."""
        return self.level is Level.STOP

    @property
    def is_well(self) -> bool:
        """Whether there is no remark."""
        return self.level is Level.OK


class Top(Protocol):
    """What of a letter's head is looked at."""

    @property
    def kind(self) -> Kind: ...  # noqa: D102 – as in the head itself
    @property
    def contact(self) -> str: ...  # noqa: D102 – likewise
    @property
    def record(self) -> str: ...  # noqa: D102 – likewise


class Grounds(Protocol):
    """What a letter was made from, as far as it is looked at."""

    @property
    def content(self) -> Content: ...  # noqa: D102 – as in the basis itself
    @property
    def wording(self) -> Wording: ...  # noqa: D102 – likewise
    @property
    def known(self) -> Sequence[KnownEvent]: ...  # noqa: D102 – likewise
    @property
    def head(self) -> Top: ...  # noqa: D102 – likewise


class _Line(NamedTuple):
    """A line that somebody wrote, and where it stands."""

    where: str
    text: str


def checks(grounds: Grounds, letter: Letter, secret: Sequence[str]) -> list[Check]:
    """Return what was looked at in a letter, in the order of how grave it would be.

    `secret` are the names and codes of the categories that never leave.
    """
    lines = list(_lines(grounds.wording))
    known = [_Line("Allmänt kända händelser", event.text) for event in grounds.known]
    content, is_extra = grounds.content, grounds.head.kind is Kind.EXTRA
    return [
        *_found("Inga personnummer, telefonnummer eller e-postadresser", _persons(lines + known)),
        *_found("Inga typer som bara gruppen får se", _secret(lines, secret)),
        *_found("Inga tal 1–4 per typ eller kommundel", _small(lines)),
        *_found("Inga ord om personer, adresser, färger eller andelar", _unsaid(lines)),
        *_found("Talen i texten är de som står i tabellen", _figures(lines, content)),
        *_found("Inga långa meningar", _long(lines + known)),
        *_length(letter.text, list(_empty(grounds, is_extra=is_extra))),
        *_size(letter),
    ]


def within_size(letter: Letter, *, most: int = LARGEST) -> Letter:
    """Return a letter that mail servers take: without its PDF where that makes it too large."""
    return letter if size_of(letter) <= most else replace(letter, pdf=None)


def size_of(letter: Letter) -> int:
    """Return about how many bytes a letter is as it is sent."""
    parts = (letter.html.encode(), letter.text.encode(), letter.picture or b"", letter.pdf or b"")
    return int(sum(map(len, parts)) * IN_BASE64)


def words_of(text: str) -> int:
    """Return how many words a letter has, without its table and what only its being late adds."""
    parts = (part.lstrip() for part in text.split("\n\n"))
    return sum(plain.words(part) for part in parts if not part.startswith(UNCOUNTED))


def _found(well: str, found: Iterator[Check]) -> list[Check]:
    """Return what was found, worst first, or that all is well; each thing once."""
    order = list(Level)
    return sorted(dict.fromkeys(found), key=lambda c: order.index(c.level)) or [
        Check(Level.OK, well)
    ]


def _lines(wording: Wording) -> Iterator[_Line]:
    for name in wording.texts:
        for at, text in enumerate(wording.lines(name)):
            yield _Line(f"{PART[name]}, {_nth(at)} raden", text)


def _nth(at: int) -> str:
    return ORDINAL[at] if at < len(ORDINAL) else f"{at + 1}:e"


# --- What must not stand there --------------------------------------------------------------


def _persons(lines: Sequence[_Line]) -> Iterator[Check]:
    for line in lines:
        for hit in privacy.scan(line.text):
            level = Level.STOP if hit.level is privacy.Level.BLOCK else Level.WARN
            yield Check(level, hit.sentence, line.where)
    alone = any(privacy.is_refused(line.text) for line in lines)
    if not alone and privacy.is_refused("\n".join(line.text for line in lines)):
        yield Check(Level.STOP, privacy.SENTENCES[privacy.Rule.PERSONAL])


def _secret(lines: Sequence[_Line], secret: Sequence[str]) -> Iterator[Check]:
    for name in (each.replace("\u00ad", "") for each in secret):
        for found in _naming(lines, [name]):
            text = f"”{name}” är en typ som aldrig lämnar gruppen. Ta bort det."
            yield Check(Level.STOP, text, found.where)
        phrases = [p.strip() for p in re.split(r"[,/():]| och ", name)]
        longer = [p for p in phrases if len(p) >= SHORTEST_PHRASE and p != name]
        for phrase in longer:
            for found in _naming(lines, [phrase]):
                text = f"”{phrase}” hör till en typ som aldrig lämnar gruppen. Behövs det?"
                yield Check(Level.WARN, text, found.where)


def _naming(lines: Sequence[_Line], names: Sequence[str]) -> Iterator[_Line]:
    whole = "|".join(re.escape(name) for name in names if name)
    ending = "(?:en|et|er|ar|or|arna|erna|n|s|na)?"
    pattern = re.compile(rf"(?<!\w)(?:{whole}){ending}(?!\w)", re.IGNORECASE)
    return (line for line in lines if whole and pattern.search(line.text))


def _small(lines: Sequence[_Line]) -> Iterator[Check]:
    for line in lines:
        for count in plain.small_counts(line.text):
            text = f"”{count}” är ett litet tal och kan peka ut någon. Skriv det utan antal."
            yield Check(Level.STOP, text, line.where)


def _unsaid(lines: Sequence[_Line]) -> Iterator[Check]:
    for line in lines:
        for word in plain.unsaid(line.text):
            level = Level.STOP if word.stops else Level.WARN
            yield Check(level, f"”{word.found}”: {word.advice}", line.where)


_MANY = re.compile(r"\b(\d+) (?:rapporterade )?händelser\b")


def _figures(lines: Sequence[_Line], content: Content) -> Iterator[Check]:
    """Find numbers of events in one district that are not in its row."""
    rows = {row.name: row for row in content.districts} | {WHOLE.lower(): content.total}
    for line in lines:
        for sentence in plain.sentences(line.text):
            named = [row for name, row in rows.items() if name.casefold() in sentence.casefold()]
            if len(named) != 1:
                continue
            for found in _MANY.finditer(sentence):
                if int(found[1]) not in _told(named[0]):
                    name = named[0].name or WHOLE
                    text = f"”{found[0]}” står inte i tabellens rad om {name}. Stämmer det?"
                    yield Check(Level.WARN, text, line.where)


def _told(row: Numbers) -> set[int | None]:
    return {row.this, row.last, row.mean, row.year, row.expected}


# --- How it reads ---------------------------------------------------------------------------


def _long(lines: Sequence[_Line]) -> Iterator[Check]:
    for line in lines:
        for at, sentence in enumerate(plain.sentences(line.text)):
            number = plain.words(sentence)
            if number > LONGEST_SENTENCE:
                where = f"{line.where}, {_nth(at)} meningen: {number} ord"
                yield Check(Level.WARN, "En mening är lång", where)


_ONLY_NUMBER = re.compile(r"(?:P-\d+|[12]\d{3}-\d{3,})\W*")
_LEFT = re.compile(r"\?\?|\bx{3,}\b|\bTODO\b|\[[^\]]*\]|\blorem\b", re.IGNORECASE)


def _empty(grounds: Grounds, *, is_extra: bool) -> Iterator[Check]:
    wording = grounds.wording
    if is_extra and not wording.lines("short"):
        yield Check(Level.STOP, "Det står inget i brevet. Skriv tre korta rader.", PART["short"])
    if not is_extra and not wording.lines("deviations"):
        yield Check(
            Level.WARN, "Avvikelser är tom. Skriv om något avviker, eller att inget gör det."
        )
    for line in _lines(wording):
        if _ONLY_NUMBER.fullmatch(line.text) or _LEFT.search(line.text):
            yield Check(Level.WARN, "Raden ser inte färdig ut.", line.where)
    for name, most in (("attention", MOST_ASKED), ("short", MOST_SHORT + is_extra)):
        if len(wording.lines(name)) > most:
            yield Check(Level.WARN, f"Fler än {most} rader. Korta ned dem.", PART[name])
    yield from _missing(grounds.head)


def _missing(head: Top) -> Iterator[Check]:
    if not head.record:
        yield Check(Level.WARN, "Diarienummer saknas. Skriv det i brevets inställningar.")
    if not head.contact:
        yield Check(Level.WARN, "Kontakt saknas. Skriv den i brevets inställningar.")


def _length(text: str, empty: Sequence[Check]) -> list[Check]:
    number = words_of(text)
    if number > MOST_WORDS:
        long = f"{number} ord, {number - MOST_WORDS} för många. Tabellen är inte räknad."
        return [Check(Level.STOP, long), *empty]
    counted = f"{number} ord av {MOST_WORDS}"
    return [*empty, Check(Level.OK, counted if empty else f"Inga tomma delar, {counted}")]


def _size(letter: Letter) -> list[Check]:
    found = []
    if NO_MAP in letter.text:
        found.append(Check(Level.WARN, f"{NO_MAP}. Brevet går utan den."))
    size = size_of(within_size(letter))
    if size > LARGEST:
        return [*found, Check(Level.STOP, "Brevet är för stort att skicka. Korta ned det.")]
    if size_of(letter) > LARGEST:
        found.append(Check(Level.WARN, "Brevet är för stort med sin PDF och går utan den."))
    return [*found, Check(Level.OK, f"{max(1, round(size / 1000))} kB")]
