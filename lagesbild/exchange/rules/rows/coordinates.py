"""One number of a position as people and programs write it."""

import re

LONGEST = 60  # signs; what is longer is no number
SIXTY = 60  # minutes of a degree, seconds of a minute

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("−–", "-"),
        **dict.fromkeys("′’‘´", "'"),
        **dict.fromkeys("″”“", '"'),
        **dict.fromkeys("º˚", "°"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "),
    }
)
_NAME = (
    r"lat(?:itude?)?|lon(?:g(?:itude?)?)?|lng|[nseowövxy]"
    r"|nord|north|syd|south|öst|ost|east|väst|west"
)
_USUAL = re.compile(
    r"-?\d{1,8}(?:[.,]\d{1,20})?", re.ASCII
)  # nearly all: it need not be taken apart
_DECIMAL = r"\d{1,20}(?:[.,]\d{0,20})?"
_NUMBER = re.compile(
    rf"(?:(?P<before>{_NAME})[ .:=]*)?(?P<body>[-+]?\d[\d .,°'\"]*?) ?m?\s*(?P<after>{_NAME})?",
    re.ASCII,
)
_PLAIN = re.compile(rf"[-+]?(?:\d{{1,3}}(?: \d{{3}})+(?:[.,]\d{{1,20}})?|{_DECIMAL}) ?°?", re.ASCII)
_SEXAGESIMAL = re.compile(
    rf"(\d{{1,3}}) ?° ?({_DECIMAL})(?:(?: ?' ?| )({_DECIMAL}) ?(?:\"|'')?| ?')?", re.ASCII
)
_WITHOUT_SIGNS = re.compile(rf"(\d{{1,3}}) ({_DECIMAL})(?: ({_DECIMAL}))?", re.ASCII)
_NEGATIVE = frozenset({"s", "syd", "south", "w", "v", "väst", "west"})


def clean(text: str) -> str:
    """Return a text with one sign for each of minus, minute, second, degree and blank."""
    return " ".join((text if text.isascii() else text.translate(_SIGNS)).split())


def number(text: str) -> float | None:
    """Return degrees or metres; None for what is neither.

    Read are a decimal comma or point, blanks between thousands, degrees with minutes and seconds,
    and a letter for the direction before or after: S and W (V) are negative.
    """
    if _USUAL.fullmatch(text):
        return float(text.replace(",", "."))
    found = _NUMBER.fullmatch(clean(text).lower()) if len(text) <= LONGEST else None
    if not found or (found["before"] and found["after"]):
        return None
    name = found["before"] or found["after"] or ""
    body = found["body"].strip()
    value = _decimal(body) if _PLAIN.fullmatch(body) else _sexagesimal(body, named=bool(name))
    return -value if value and name in _NEGATIVE else value


def _decimal(text: str) -> float:
    return float(text.rstrip(" °").replace(" ", "").replace(",", "."))


def _sexagesimal(text: str, *, named: bool) -> float | None:
    """Return degrees; without the signs for them only where a letter says what the number is."""
    found = _SEXAGESIMAL.fullmatch(text) or (_WITHOUT_SIGNS.fullmatch(text) if named else None)
    if not found:
        return None
    minutes, seconds = _decimal(found[2]), _decimal(found[3] or "0")
    if minutes >= SIXTY or seconds >= SIXTY or (found[3] and minutes % 1):
        return None
    return int(found[1]) + (minutes + seconds / SIXTY) / SIXTY
