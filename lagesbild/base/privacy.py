"""The identity guard: what in a free text points at a person."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lagesbild.base import harmless
from lagesbild.base.errors import InvalidError
from lagesbild.base.readings import readings


class Level(StrEnum):
    """Whether the text is refused, or a person may insist."""

    BLOCK = "block"
    WARN = "warn"


class Rule(StrEnum):
    """What was found. Of two warnings on one place the upper one is told."""

    PERSONAL = "personnummer"
    COORDINATION = "samordningsnummer"
    EMAIL = "e-post"
    PHONE = "telefon"
    CASE = "polisärende"
    INTERIM = "interimsnummer"
    SIMILAR = "personnummer-liknande"
    FLAT = "lägenhet"
    PLATE = "registreringsnummer"
    WORD = "personord"


REMOVED = "[borttaget]"
PHONE_TOO = " Är det ett telefonnummer tar du bort det också."

_NEVER = "Texten innehåller ett {}. Ta bort det. Lägesbilden handlar aldrig om personer."
_ASKED = "Det ser ut som att texten innehåller {}. Ta bort det, eller bekräfta att det inte är så."
SENTENCES: Mapping[Rule, str] = {
    Rule.PERSONAL: _NEVER.format("personnummer"),
    Rule.COORDINATION: _NEVER.format("samordningsnummer"),
    Rule.EMAIL: _ASKED.format("en e-postadress"),
    Rule.PHONE: _ASKED.format("ett telefonnummer"),
    Rule.CASE: _ASKED.format("ett ärendenummer från polisen"),
    Rule.INTERIM: _ASKED.format("ett tillfälligt personnummer"),
    Rule.SIMILAR: _ASKED.format("ett felskrivet eller uppdelat personnummer"),
    Rule.FLAT: _ASKED.format("ett lägenhetsnummer"),
    Rule.PLATE: _ASKED.format("ett registreringsnummer"),
    Rule.WORD: _ASKED.format("ett ord som hör till en enskild person"),
}
_ORDER = tuple(Rule)
_REFUSED = frozenset({Rule.PERSONAL, Rule.COORDINATION})
_functions: set[str] = set()  # set once, when the program starts
_Hit = tuple[Rule, int, int]  # start and end, in the reading


@dataclass(frozen=True)
class Finding:
    """One place in a text. `sentence` is for the user and never repeats what stands there."""

    rule: Rule
    level: Level
    start: int
    end: int
    sentence: str


def scan(text: str) -> list[Finding]:
    """Return what points at a person, in order of position, without overlaps."""
    if _PLAIN.fullmatch(text) and not _SAYS.search(text):
        return []
    return _merged(
        _finding(rule, reading.origin(start), reading.origin(end - 1) + 1)
        for reading in readings(text)
        for rule, start, end in _found(reading.text)
    )


def know(*addresses: str) -> None:
    """Let mail addresses stand that are the installation's own: a function's, and no person's."""
    _functions.clear()
    _functions.update(address.casefold() for address in addresses)


def guard(field: str, text: str, *, confirmed: bool = False) -> None:
    """Raise `InvalidError` when the text must not be kept, or not before a person insists."""
    found = scan(text)
    for level in Level:
        sentences = dict.fromkeys(finding.sentence for finding in found if finding.level == level)
        if sentences and not (confirmed and level == Level.WARN):
            raise InvalidError(field, " ".join(sentences), confirmable=level == Level.WARN)


def redacted(text: str) -> str:
    """Return the text without what is refused, so that a form can be shown again."""
    spans = [(hit.start, hit.end) for hit in scan(text) if hit.level == Level.BLOCK]
    return _replaced(text, spans, REMOVED)


def is_refused(text: str) -> bool:
    """Whether a text holds what nobody may insist on."""
    return any(hit.level == Level.BLOCK for hit in scan(text))


def shown(text: str, longest: int) -> str:
    """Return a text from outside as a message may repeat it: redacted, one short printable line."""
    line = "".join(sign if sign.isprintable() else " " for sign in redacted(text))
    safe = redacted(" ".join(line.split()))
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def _finding(rule: Rule, start: int, end: int) -> Finding:
    level = Level.BLOCK if rule in _REFUSED else Level.WARN
    return Finding(rule, level, start, end, SENTENCES[rule])


def _replaced(text: str, spans: list[tuple[int, int]], by: str) -> str:
    """Return the text with each span replaced; a single sign is repeated and keeps the length."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += text[done:start], by * (end - start) if len(by) == 1 else by
        done = end
    return "".join((*pieces, text[done:]))


def _merged(found: Iterable[Finding]) -> list[Finding]:
    """Return no overlaps: what is refused ousts a warning, equals become one."""
    result: list[Finding] = []
    for finding in sorted(found, key=lambda each: (each.start, each.end)):
        if result and finding.start < result[-1].end:
            result[-1] = _joined(result[-1], finding)
        else:
            result.append(finding)
    return result


def _joined(one: Finding, other: Finding) -> Finding:
    first, second = sorted((one, other), key=lambda each: _ORDER.index(each.rule))
    if first.level == second.level:
        return replace(first, start=one.start, end=max(one.end, other.end))
    if second.rule == Rule.PHONE:
        return replace(first, sentence=SENTENCES[first.rule] + PHONE_TOO)
    return first


# --- What is looked for ---------------------------------------------------------------------
# Everything has a digit, an at sign or a word. Most texts have none, and letters that are read
# as they are written: they need no second look.

_PLAIN = re.compile(r"[A-Za-zÅÄÖÉåäöé ,.:;!?()/'\"\n-]*")
_SAYS = re.compile("(?i:f[öo]dd|heter|skyddad)")

# Each pattern begins with a plain set of signs, so that `re` can leap to the next candidate, and
# says what must not stand before it by looking back over that first sign. Repetitions are bounded
# or possessive: the time grows with the length of the text and with nothing else.

_HEX = "[0-9a-fA-F]"
_CENTURY = r"[0-9](?<![0-9]{2})(?:(?:(?<=1)[89]|(?<=2)0)\s?[0-9])?[0-9]"  # and year: 19 81 or 81
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01]|[678][0-9]|9[01])"  # 60 more: a coordination number
_NUMBER = re.compile(rf"{_CENTURY}{_MONTH}{_DAY}\s?(?P<sign>[-+]?)\s?(?P<last>[0-9]{{4}})(?![0-9])")
_RUN = re.compile(r"[0-9](?<![0-9]{2})[0-9]*+(?:[ ./_+-]{1,5}+[0-9]++)++")
_SPLIT = re.compile(
    r"(?:(?P<century>18|19|20)[ ./_-]?)?(?P<year>[0-9]{2})(?P<between>[ ./_-]{1,2})?"
    rf"{_MONTH}(?(between)(?P=between)){_DAY}(?(between)(?![0-9]))(?P<gap>[ ./_+-]{{0,5}})"
    r"(?P<last>[0-9]{4}|[0-9]{2}[ ./_-]{1,2}[0-9]{2}|[0-9]{3}[ ./_-]{1,2}[0-9])"
)
_UUID = re.compile(  # one that ends in twelve digits may end in a personal number
    rf"{_HEX}(?<!{_HEX}{{2}}){_HEX}{{7}}(?:-{_HEX}{{4}}){{3}}-(?![0-9]{{12}}){_HEX}{{12}}(?!\w)"
)
_MAIL_HOST = re.compile(r"@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_PHONE = re.compile(
    r"0(?<!\w0)(?<![0-9][.,/:+-]0)(?:[1-9][0-9]{7,8}|8[0-9]{6}"
    r"|(?:(?:8|[1-9][0-9]{1,2}) ?[-/] ?|8 |7[0-9] )"
    r"(?:[1-9][0-9]{4,7}|[1-9][0-9]{2}(?: [0-9]{2,3}){1,3}|[1-9][0-9](?: [0-9]{2,3}){2,3})"
    r")(?![0-9])"
)
_ABROAD = re.compile(r"[+0](?<!\w[+0])(?:(?<=\+)|0)[1-9](?:[ ()-]{0,3}[0-9]){9,13}(?![0-9])")
_PLATE = re.compile(
    rf"[A-HJ-PR-UW-Z](?<!\w[A-Z])[A-HJ-PR-UW-Z]{{2}}(?<!{harmless.NO_PLATE})"
    r"\s?[0-9]{2}[A-HJ-NP-UW-Z0-9](?!\w)"
)
_SIGNS: tuple[tuple[Rule, re.Pattern[str]], ...] = (
    (Rule.PHONE, _PHONE),
    (Rule.PHONE, _ABROAD),
    (Rule.CASE, re.compile(r"[0-9](?<!\w[0-9])[0-9]{3}-[Kk][0-9]{3,7}-[0-9]{2}(?!\w)")),
    (Rule.INTERIM, re.compile(rf"{_CENTURY}{_MONTH}{_DAY}[-+]?[A-Z][0-9]{{3}}(?!\w)")),
    (Rule.PLATE, _PLATE),
    (Rule.FLAT, re.compile(r"[Ll](?<!\w[Ll])[Gg][Hh]\.?\s?(?:nr\.? ?)?[0-9]{4}(?![0-9])")),
    (
        Rule.WORD,
        re.compile(r"[FfHhSs](?<!\w[A-Za-z])(?i:(?<=f)[öo]dd|(?<=h)eter|(?<=s)kyddad)(?!\w)"),
    ),
)


def _found(text: str) -> Iterator[_Hit]:
    """Find everything in one reading; the places may overlap."""
    text = _replaced(text, [hit.span() for hit in _UUID.finditer(text)], "x")
    numbers = list(_numbers(text))
    yield from numbers
    refused = [(start, end) for rule, start, end in numbers if rule in _REFUSED]
    yield from _split_numbers(_replaced(text, refused, "x"))
    for rule, pattern in _SIGNS:
        for hit in pattern.finditer(text):
            if not _is_harmless(rule, text, *hit.span()):
                yield rule, *hit.span()
    yield from _addresses(text)


def _is_harmless(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether what only looks like something is none, by itself or by what stands beside it."""
    before = text[max(0, start - harmless.LOOKED_AT) : start]
    match rule:
        case Rule.PHONE:
            return harmless.is_switchboard(text[start:end])
        case Rule.PLATE:
            return harmless.is_numbered(before)
        case Rule.WORD:
            after = text[end : end + harmless.LOOKED_AT]
            return harmless.is_of_a_thing(text[start:end], before, after)
        case _:
            return False


def _numbers(text: str) -> Iterator[_Hit]:
    for hit in _NUMBER.finditer(text):
        month_at = hit.start("month")
        century, year = text[hit.start() : month_at - 2].strip(), text[month_at - 2 : month_at]
        ten = year + hit["month"] + hit["day"] + hit["last"]
        right = _is_right(ten, century, hundred=hit["sign"] == "+")
        if not right and harmless.is_day_and_time(hit[0]):
            continue
        yield _kind(ten) if right else Rule.SIMILAR, *hit.span()


def _split_numbers(text: str) -> Iterator[_Hit]:
    """Find right numbers that are split in another way and stand by themselves."""
    for run in _RUN.finditer(text):
        hit = _SPLIT.fullmatch(text, *run.span())
        if not hit:
            continue
        ten = re.sub("[^0-9]", "", hit["year"] + hit["month"] + hit["day"] + hit["last"])
        right = _is_right(ten, hit["century"] or "", hundred="+" in hit["gap"])
        if right and (level := _certainty(hit, ten[6:])):
            yield _kind(ten) if level == Level.BLOCK else Rule.SIMILAR, *hit.span()


def _certainty(hit: re.Match[str], last: str) -> Level | None:
    """Tell a split number from a date with a time or an amount behind it, and from a decimal."""
    is_time = hit["gap"].isspace() and last[:2] < "24" and last[2:] < "60"
    if is_time and "." in hit["last"] and hit["century"] != "19":
        return None
    if not hit["between"]:
        return Level.WARN if "." in hit["gap"] else Level.BLOCK
    is_amount = hit["gap"].isspace() and hit["century"] == "20"
    return Level.WARN if is_amount or (is_time and not hit["century"]) else Level.BLOCK


def _kind(ten: str) -> Rule:
    return Rule.COORDINATION if ten[4] >= "6" else Rule.PERSONAL


def _is_right(ten: str, century: str, *, hundred: bool) -> bool:
    """Check the control digit (Luhn over ten digits) and that the day exists in some century."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in ten[::2])
    if (doubled + sum(map(int, ten[1::2]))) % 10:
        return False
    month, day = int(ten[2:4]), int(ten[4:6]) % 60  # 0, from 60: the day is not known
    centuries = [century] if century else ["18", "19"] if hundred else ["19", "20"]
    return any(day <= monthrange(int(each + ten[:2]), month)[1] for each in centuries)


def _addresses(text: str) -> Iterator[_Hit]:
    for hit in _MAIL_HOST.finditer(text):
        start = hit.start()
        while start and (text[start - 1].isalnum() or text[start - 1] in "._%+-'"):
            start -= 1
        if start < hit.start() and text[start : hit.end()].casefold() not in _functions:
            yield Rule.EMAIL, start, hit.end()
