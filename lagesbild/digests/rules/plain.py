"""What may stand in the words of a letter: sentences, small numbers, words that are not used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# --- Sentences ------------------------------------------------------------------------------

_NO_END = re.compile(r"(?:^|\W)(?:v|kl|nr|dnr|ca|bl\.a|t\.ex|o\.s\.v|s\.k|resp)\.$", re.IGNORECASE)
_END = re.compile(r"[.!?]['”\"]?\s+(?=[\wÅÄÖ‹”\"])")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; `v. 47` and `kl. 18` end none."""
    found, start = [], 0
    for end in _END.finditer(text):
        if not _NO_END.search(text[start : end.start() + 1]):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


def words(text: str) -> int:
    """Return how many words a text has; what holds no letter or digit is none."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def clean(text: str) -> str:
    """Return what people wrote on one line, without signs that nobody sees."""
    seen = (sign if sign.isprintable() else " " * sign.isspace() for sign in text)
    return " ".join("".join(seen).split())


def lines(text: str) -> list[str]:
    """Return what people wrote, one item a line."""
    return [line for line in map(clean, text.splitlines()) if line]


# --- Small numbers --------------------------------------------------------------------------
# A count of one to four may point at somebody. What is counted has to be known as such: "fyra
# veckor" is no count of events, and "en del" is none at all.

_ONE = (
    "händelse|incident|brand|bilbrand|stöld|rån|inbrott|misshandel|skadegörelse|bråk|slagsmål|larm"
    "|anmälan|överfall|explosion|skjutning|skottlossning|sprängning|detonation|olycka|trafikolycka"
    "|brott|ofredande|tillgrepp|ordningsstörning|buskörning|fordonsbrand|utryckning"
)
_MANY = (
    "händelser|incidenter|bränder|stölder|rån|inbrott|misshandel|misshandlar|skadegörelser|bråk"
    "|slagsmål|larm|anmälningar|överfall|explosioner|skjutningar|skottlossningar|sprängningar"
    "|detonationer|olyckor|brott|ofredanden|tillgrepp|ordningsstörningar|buskörningar|utryckningar"
    "|fall|gånger(?! så)"
)
_OTHER = (  # what else is counted, so that the events after it are another number's
    "vecka|veckor|månad|månader|dag|dagar|timme|timmar|minuter|år|kommundel|kommundelar|område"
    "|områden|part|parter|organisation|organisationer|plats|platser|gång|gånger|del|åtgärd|åtgärder|problem"
    "|jan|feb|mars|apr|maj|juni|juli|aug|sep|okt|nov|dec|januari|februari|april|augusti|september"
    "|oktober|november|december"
)
_BETWEEN = rf"(?:(?!(?:{_OTHER})\b)[\wåäö]+,?\s+){{0,3}}"
_BEFORE = r"(?<![\d:.,–-])(?<!\bv\.\s)(?<!\bkl\.\s)(?<!\bvecka\s)(?<!\bväntat\s)"
_SMALL = re.compile(
    rf"{_BEFORE}\b(?:(?:1|en|ett|enstaka)\s+{_BETWEEN}\w*?(?<!f)(?:{_ONE})(?:en|et|n)?"
    rf"|(?:[1-4](?:\s?[–-]\s?\d+)?|två|tre|fyra|ett par|några få|enstaka)\s+{_BETWEEN}"
    rf"\w*?(?<!f)(?:{_MANY})(?:na|en|n)?)\b"
    r"|:\s*[1-4](?=\s*(?:\(väntat|händelser?\b|[.;]|$))",
    re.IGNORECASE,
)


def small_counts(text: str) -> list[str]:
    """Return where a text counts one to four events."""
    return [found[0].strip(": ") for found in _SMALL.finditer(text)]


# --- Words that are not used ----------------------------------------------------------------


@dataclass(frozen=True)
class Unsaid:
    """Something that a letter does not say. `stops`: nobody may insist on it."""

    found: str
    advice: str
    stops: bool


_COLOUR = "Skriv lägets ord. En färg är inget faktum, och alla ser den inte."
_PERCENT = "Skriv antal. Andelar på små tal vilseleder."
_PERSON = "Skriv om platsen och händelserna. Brevet handlar aldrig om personer."
_MORE = "Skriv ”fler än vanligt” eller ”färre än vanligt”: det är rapporter som räknas."
_STAMP = "Skriv kommundelens namn."
_ADDRESS = "Skriv kommundelen. En adress kan peka ut någon."
_NAME = "Skriv vad det är för slags plats, inte vad den heter."
_OLD = "Skriv ”pågående problem”."
_COLOURED = (
    r"\b(?:gult?|gula|rött|röd|röda|grönt?|gröna|orange)\s+(?:läge|nivå|områd|zon|status)\w*"
    r"|\bläget är (?:gult|rött|grönt)"
)
_SOMEBODY = (
    r"\b(?:gärnings(?:man|mannen|män|männen|person\w*)|yngling\w*|minderårig\w*"
    r"|(?:den|en|de) misstänkte?|misstänkta personer|\d{1,2}-?åring\w*|\d{1,2}-?årsåldern"
    r"|(?:en|ett|två|tre|fyra|\d+)\s+(?:\w+\s+)?"
    r"(?:man|män|kvinna|kvinnor|pojk\w+|flick\w+|kille|killar|tjej|tjejer|tonåring\w*"
    r"|ungdom|ungdomar|barn|elev|elever|person|personer))\b"
)
_LIVES = (
    r"\b[A-ZÅÄÖ][\wåäöé]+(?:gatan|gata|vägen|väg|gränd|gränden|stigen|backen|torget)"
    r"\s\d+\s?[A-Za-z]?\b"
)
_CALLED = (
    r"\b(?!(?:Hög|Grund|För|Gymnasie|Sär)sko)[A-ZÅÄÖ][\wåäöé]*(?:skolan|gymnasiet)\b"
    r"|\b[A-ZÅÄÖ][\wåäöé]+ (?:skola|gymnasium|förskola)\b"
    r"|\b[A-ZÅÄÖ][\wåäöé&]+ (?:AB|HB|KB)\b"
)
_UNSAID = (
    (re.compile(_COLOURED, re.IGNORECASE), _COLOUR, True),
    (re.compile(r"\d+\s?%|\bprocent\w*", re.IGNORECASE), _PERCENT, True),
    (re.compile(_SOMEBODY, re.IGNORECASE), _PERSON, True),
    (re.compile(_LIVES), _ADDRESS, True),
    (
        re.compile(
            r"\bökning\w*|\bminskning\w*|\b(?:lugnare|högre) än\b|\bdubbelt så", re.IGNORECASE
        ),
        _MORE,
        False,
    ),
    (
        re.compile(r"\bhot\s?spots?\b|\butsat(?:t|ta) områd\w*|\bproblemområd\w*", re.IGNORECASE),
        _STAMP,
        False,
    ),
    (re.compile(r"\bpågående oro\b|\boros(?:områd|anmäl)\w*", re.IGNORECASE), _OLD, False),
    (re.compile(_CALLED), _NAME, False),
)


def unsaid(text: str) -> Iterator[Unsaid]:
    """Find the words that letters do not use."""
    for pattern, advice, stops in _UNSAID:
        for found in pattern.finditer(text):
            yield Unsaid(found[0].strip(), advice, stops)
