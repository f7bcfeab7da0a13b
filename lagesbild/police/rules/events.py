"""One event as the police's API gives it, and what of it may be kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import UNSTORABLE, InvalidError
from lagesbild.incidents.rules import TimePrecision
from lagesbild.police.rules import moments
from lagesbild.police.rules.types import Decision, Fate, decide

SOURCE = "Polisens öppna händelser"
SITE = "https://polisen.se"
REFERENCE = "polisen:"  # begins the source reference of an incident made from an event
MAX_TYPE, MAX_NAME, MAX_SUMMARY, MAX_ADDRESS = 100, 300, 2000, 500
LAST_ID = 2**63 - 1  # a bigint of the database
_PATH = re.compile(r"/[^/\\\s\x00-\x1f][^\\\s\x00-\x1f]*")
_ID = re.compile("[0-9]{1,18}")
# A text about somebody missing, wanted or dead is not kept: domain.md 5.2 and 5.4.
_PERSONAL = re.compile(
    r"försvunn(?:en|na)\b|försvinnande|\bsaknade?\b|efterlys(?!\w*\s+(?:vittne|tips))|efterspan"
    r"|\bavlid|\bavled\b|\bomkom|\bdödsfall|\bdöd(?:a|e|s\b)?\b|\blivlös|\bkroppen\b|\bkvarlev"
    r"|självmord|suicid",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Event:
    """An event as it is kept. `withheld` means that there was a text, which is not kept."""

    id: int
    type: str
    name: str
    summary: str
    withheld: bool
    path: str  # of its page at the police's site; empty for none
    occurred_at: datetime
    time_precision: TimePrecision
    published_at: datetime

    @property
    def address(self) -> str:
        """The address of its page, for a person to follow; we never ask it."""
        return SITE + self.path if self.path else ""

    @property
    def day(self) -> date:
        """The Swedish day on which it happened."""
        return self.occurred_at.astimezone(STOCKHOLM).date()

    @property
    def reference(self) -> str:
        """What an incident that is made from it has as its source reference."""
        return f"{REFERENCE}{self.id}"

    @property
    def code(self) -> str | None:
        """The code to suggest when a member takes it over."""
        return decide(self.type).code


@dataclass(frozen=True)
class Sighting:
    """An event as it was read: for which place it is told, and what becomes of its type."""

    id: int
    type: str
    place: str
    published_at: datetime
    decision: Decision
    raw: Mapping[str, object]

    @property
    def is_personal(self) -> bool:
        """Whether its type or name points at a person: then nothing of it is kept."""
        told = (self.raw.get("type"), MAX_TYPE), (self.raw.get("name"), MAX_NAME)
        return bool(privacy.scan("\n".join(_line(value, longest) for value, longest in told)))

    @property
    def event(self) -> Event:
        """The event as it is kept. Its texts are looked through here: most events are not ours."""
        name = _text(self.raw.get("name"), MAX_NAME)
        summary = _text(self.raw.get("summary"), MAX_SUMMARY)
        texts = f"{name}\n{summary}"
        withheld = bool(_PERSONAL.search(texts) or privacy.scan(texts))
        occurred_at, precision = moments.occurred(_parts(name)[0], published_at=self.published_at)
        return Event(
            self.id,
            self.type,
            name,
            "" if withheld else summary,
            withheld and bool(summary),
            _path(self.raw.get("url")),
            occurred_at,
            precision,
            self.published_at,
        )


def read(raw: object) -> Sighting:
    """Return an event of the API. Raises `InvalidError` without a usable id, time, type or place.

    The municipality is the last part of the name: `location` may be the county, as it is for most
    events since 2026-01-20.
    """
    if not isinstance(raw, Mapping):
        raise InvalidError("event", "Det är inte en händelse (ett JSON-objekt).")
    published_at = moments.published(raw.get("datetime"))
    _, named_type, place = _parts(_text(raw.get("name"), MAX_NAME))
    type_ = _text(raw.get("type"), MAX_TYPE) or named_type
    place = place or _located(raw.get("location"))
    if not type_ or not place:
        raise InvalidError("name", "Händelsen saknar typ eller plats.")
    decision = _stricter(decide(type_), named_type)
    return Sighting(_id(raw.get("id")), type_, place, published_at, decision, raw)


def _stricter(decision: Decision, named_type: str) -> Decision:
    """Return the decision, or that of the name's own type where the name says never."""
    by_name = decide(named_type) if named_type else decision
    return by_name if by_name.fate is Fate.NEVER else decision


def _text(value: object, longest: int) -> str:
    """Return a text on one line, cut to a length."""
    line = _line(value, longest)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _line(value: object, longest: int) -> str:
    """Return a text on one line without signs that cannot be stored; it may be too long."""
    if not isinstance(value, str):
        return ""
    kept = "".join(" " if sign in UNSTORABLE else sign for sign in value[: 4 * longest])
    return " ".join(kept.encode("utf-8", "ignore").decode().split())


def _parts(name: str) -> tuple[str, str, str]:
    """Return time, type and place of a name; the type itself may hold commas."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) < 3:  # noqa: PLR2004 – time, type, place
        return (parts[0], "", "") if len(parts) == 1 else ("", parts[0], parts[1])
    return parts[0], ", ".join(parts[1:-1]), parts[-1]


def _located(location: object) -> str:
    return _text(location.get("name"), MAX_TYPE) if isinstance(location, Mapping) else ""


def _id(value: object) -> int:
    if isinstance(value, str) and _ID.fullmatch(value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LAST_ID:
        raise InvalidError("id", "Händelsen saknar id.")
    return value


def _path(url: object) -> str:
    """Return the path of an event's page at the police's site; empty for anything else."""
    if not isinstance(url, str) or len(url) > MAX_ADDRESS:
        return ""
    path = url.strip().removeprefix(SITE).removeprefix("https://www.polisen.se")
    return path if _PATH.fullmatch(path) else ""
