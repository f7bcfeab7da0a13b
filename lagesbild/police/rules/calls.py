"""When the police's service may be asked, and what its answers mean for the next time.

Its rules [polisen.se, regler för öppna data; domain.md 5.2]: at least 10 s between calls, at most
60 an hour, 404 is for good, 429 and 403 mean back off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import quote, urlsplit

from lagesbild.base.clock import moment_text
from lagesbild.base.errors import SetupError
from lagesbild.base.hosts import LOOPBACK, is_safe
from lagesbild.police.rules.places import place_word

BETWEEN_CALLS = timedelta(seconds=10)
BY_THE_CLOCK = timedelta(hours=1)
BY_HAND = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=7)
DOUBLED_AT_MOST = 5  # 1, 2, 4, 8, 16, 32 hours
MUNICIPALITY = "{kommun}"  # in the address: one call for each municipality
ANSWERED, UNCHANGED = 200, 304
GONE = frozenset({404, 410})
REFUSED = frozenset({403, 429})


class Kind(StrEnum):
    """What came of a call. The value is stored, for who looks after the installation."""

    ANSWERED = "svar"
    UNCHANGED = "oförändrat"
    REFUSED = "avvisad"  # 403, 429
    GONE = "finns inte"  # 404
    FAILED = "misslyckades"


@dataclass(frozen=True)
class Call:
    """What is known of an address: the last call, and when the next is allowed."""

    address: str
    called_at: datetime
    not_before: datetime
    refusals: int = 0
    stopped_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    said: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of a call: the body, or a sentence about what went wrong."""

    kind: Kind
    body: bytes = b""
    sentence: str = ""
    retry_after: str = ""
    etag: str = ""
    last_modified: str = ""


def addresses(url: str, municipalities: Sequence[str]) -> list[str]:
    """Return the addresses to ask, or raise `SetupError` for one that may not be asked.

    Usually one, for the whole country; one for each municipality where the address says so.
    """
    if not url:
        raise SetupError(
            "Hämtningen är inte påslagen. Ange LAGESBILD_POLICE_URL; polisens adress är"
            " https://polisen.se/api/events"
        )
    if not is_safe(url):
        raise SetupError("LAGESBILD_POLICE_URL ska vara en https-adress.")
    if MUNICIPALITY not in url:
        return [url]
    return sorted({url.replace(MUNICIPALITY, quote(place_word(m))) for m in municipalities})


def agent(*, sender: str, base_url: str) -> str:
    """Return how the product presents itself; raise `SetupError` where nobody can be reached."""
    mail_host = sender.rpartition("@")[2].rstrip(">").strip()
    if mail_host and mail_host not in LOOPBACK:
        contact = sender
    elif (urlsplit(base_url).hostname or "localhost") not in LOOPBACK:
        contact = base_url
    else:
        raise SetupError(
            "Polisen vill veta vem som frågar. Ange LAGESBILD_MAIL_FROM eller LAGESBILD_BASE_URL."
        )
    # A header holds no line breaks and only ASCII.
    return f"Lagesbild (+{''.join(s for s in contact if ' ' <= s <= '~')})"


def waits_until(
    calls: Sequence[Call], address: str, *, now: datetime, by_hand: bool
) -> datetime | None:
    """Return when an address may be asked, None for at once. Stopped ones are another matter."""
    host = urlsplit(address).hostname
    pause = BY_HAND if by_hand else BY_THE_CLOCK
    moments = [call.called_at + BETWEEN_CALLS for call in calls]
    moments += [call.not_before for call in calls if urlsplit(call.address).hostname == host]
    moments += [call.called_at + pause for call in calls if call.address == address]
    latest = max(moments, default=now)
    return latest if latest > now else None


def kind_of(status: int) -> Kind:
    """Return what the status of an answer means."""
    kinds = dict.fromkeys(REFUSED, Kind.REFUSED) | dict.fromkeys(GONE, Kind.GONE)
    kinds |= {ANSWERED: Kind.ANSWERED, UNCHANGED: Kind.UNCHANGED}
    return kinds.get(status, Kind.FAILED)


def after(call: Call, answer: Answer, *, now: datetime) -> Call:
    """Return what is known of an address after an answer."""
    known = replace(call, said=answer.sentence or answer.kind)
    match answer.kind:
        case Kind.REFUSED:
            pause = _pause(call.refusals + 1, answer.retry_after, now)
            known = replace(known, refusals=call.refusals + 1, not_before=now + pause)
        case Kind.GONE:
            known = replace(known, stopped_at=now)
        case Kind.UNCHANGED:
            known = replace(known, refusals=0)
        case Kind.ANSWERED:
            known = replace(known, refusals=0, etag=answer.etag, last_modified=answer.last_modified)
        case Kind.FAILED:
            pass  # the next call by the clock tries again
    return known


def _pause(refusals: int, retry_after: str, now: datetime) -> timedelta:
    """Return how long to wait after so many refusals in a row: at least what the service asks."""
    doubled = BY_THE_CLOCK * (1 << min(refusals - 1, DOUBLED_AT_MOST))
    return min(max(doubled, _asked_for(retry_after, now)), LONGEST_PAUSE)


def _asked_for(retry_after: str, now: datetime) -> timedelta:
    """Return the pause that a refusal asks for: seconds, or a date (RFC 9110 10.2.3)."""
    said = retry_after.strip()
    if said.isascii() and said.isdecimal():
        return timedelta(seconds=min(int(said[:9]), LONGEST_PAUSE.total_seconds()))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return timedelta()
    return until - now if until.tzinfo else timedelta()


def told(call: Call, answer: Answer) -> str:
    """Return the sentence for somebody at the machine when a call gave no events."""
    if answer.kind is Kind.REFUSED:
        return f"{answer.sentence} Vi frågar inte igen före {moment_text(call.not_before)}."
    if answer.kind is Kind.GONE:
        return (
            f"{answer.sentence} Hämtningen är stoppad. Kontrollera LAGESBILD_POLICE_URL och kör"
            " lagesbild police fetch --again."
        )
    return answer.sentence
