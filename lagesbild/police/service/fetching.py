"""Asking the police's service for events, as seldom as it wants to be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from urllib.parse import urljoin, urlsplit

import requests

from lagesbild.base.clock import moment_text
from lagesbild.base.db import door
from lagesbild.base.errors import InvalidError, SetupError, TooManyError
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Group
from lagesbild.police.rules import calls as rules
from lagesbild.police.rules import reading
from lagesbild.police.rules.calls import Answer, Call, Kind
from lagesbild.police.rules.tallies import Tally
from lagesbild.police.service import events
from lagesbild.police.store import calls as store

MAX_ANSWER = 10 * 1024 * 1024  # bytes; a real answer has about 200,000
CHUNK = 64 * 1024
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 20, 60
MAX_REDIRECTS = 3
SLOW = "det tog för lång tid"
SENTENCES = {
    Kind.REFUSED: "Polisens tjänst bad oss vänta ({}).",
    Kind.GONE: "Adressen finns inte hos polisen ({}).",
    Kind.UNCHANGED: "Inget nytt sedan sist.",
}
EMPTY = "Polisens tjänst gav ett tomt svar."
FAILED = "Polisens tjänst svarade inte som den ska: {}. Vi försöker igen om en timme."


class _UnfitError(Exception):
    """The answer is not one that can be used; the message says why."""


@dataclass(frozen=True)
class Way:
    """Where events are asked for, and who says that they ask."""

    url: str
    agent: str


@dataclass(frozen=True)
class Fetched:
    """What came of a call: numbers, and a sentence where there were no events."""

    kind: Kind
    tally: Tally
    sentence: str = ""

    @property
    def is_trouble(self) -> bool:
        """Whether somebody who looks after the installation should know."""
        return self.kind not in (Kind.ANSWERED, Kind.UNCHANGED)


def way(settings: Settings) -> Way:
    """Return where to ask and as whom; raise `SetupError` where the settings do not say."""
    rules.addresses(settings.police_url, [])
    agent = rules.agent(sender=settings.mail_from, base_url=settings.base_url)
    return Way(settings.police_url, agent)


def fetch(
    groups: Sequence[Group],
    way: Way,
    *,
    now: datetime,
    by_hand: bool = False,
    again: bool = False,
) -> Fetched | None:
    """Make one call that is due, and keep what it brings; None when none is due by the clock.

    The call is noted and committed before it is made: two processes or a restart never call more
    often. By hand an early call raises `TooManyError`, a stopped address `SetupError`; `again`
    takes a stopped one up.
    """
    addresses = rules.addresses(way.url, [group.municipality for group in groups])
    call = _claim(addresses, now=now, by_hand=by_hand, again=again)
    if call is None:
        return None
    answer = _ask(call, way.agent)
    tally = Tally()
    if answer.kind is Kind.ANSWERED:
        try:
            found = list(reading.objects([answer.body.decode()]))
        except (UnicodeDecodeError, InvalidError):
            answer = _failed("svaret är inte hel JSON")
        else:
            tally = events.take_in(groups, found, now=now, recent_only=True)
    if answer.kind is Kind.ANSWERED and not tally.read:
        answer = replace(answer, sentence=EMPTY, etag="", last_modified="")
    settled = rules.after(call, answer, now=now)
    with door() as session:
        store.put(session, settled)
    return Fetched(answer.kind, tally, rules.told(settled, answer))


def _claim(addresses: Sequence[str], *, now: datetime, by_hand: bool, again: bool) -> Call | None:
    """Note the call that is to be made now, the longest waiting first; None when none is due."""
    with door() as session:
        known = store.locked(session)
        by_address = {call.address: call for call in known}
        stopped = {c.address for c in known if c.stopped_at is not None and not again}
        open_ = [address for address in addresses if address not in stopped]
        waits = {a: rules.waits_until(known, a, now=now, by_hand=by_hand) for a in open_}
        due = [address for address in open_ if waits[address] is None]
        if due:
            never = Call("", called_at=datetime.min.replace(tzinfo=now.tzinfo), not_before=now)
            chosen = min(due, key=lambda a: by_address.get(a, never).called_at)
            before = by_address.get(chosen, replace(never, address=chosen))
            call = replace(before, called_at=now, stopped_at=None)
            store.put(session, call)
            return call
    if by_hand:
        raise _not_now(open_, [until for until in waits.values() if until is not None])
    return None


def _not_now(open_: Sequence[str], moments: Sequence[datetime]) -> SetupError | TooManyError:
    if not open_:
        return SetupError(
            "Hämtningen är stoppad: adressen finns inte längre. Kontrollera LAGESBILD_POLICE_URL"
            " och kör lagesbild police fetch --again."
        )
    until = moment_text(min(moments))
    return TooManyError(f"Polisens tjänst får inte frågas så ofta. Vänta till {until}.")


def _ask(call: Call, agent: str) -> Answer:
    """Make the call, outside every transaction. What goes wrong becomes a sentence."""
    headers = {"User-Agent": agent, "Accept": "application/json"}
    headers |= {"If-None-Match": call.etag} if call.etag else {}
    headers |= {"If-Modified-Since": call.last_modified} if call.last_modified else {}
    try:
        return _followed(call.address, headers, until=monotonic() + WHOLE_SECONDS)
    except requests.Timeout:
        why = SLOW
    except requests.RequestException:
        why = "anslutningen bröts"
    except _UnfitError as error:
        why = str(error)
    return _failed(why)


def _followed(address: str, headers: Mapping[str, str], *, until: float) -> Answer:
    """Return the answer of an address, or of where it leads on the same host."""
    for _ in range(MAX_REDIRECTS + 1):
        with requests.get(
            address,
            headers=headers,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            stream=True,
            allow_redirects=False,
        ) as answer:
            if not answer.is_redirect:
                return _answer(answer, until=until)
            moved = urljoin(address, answer.headers["Location"])
        if urlsplit(moved)[:2] != urlsplit(address)[:2]:  # scheme, host and port
            raise _UnfitError("den hänvisar till en annan värd")
        address = moved
    raise _UnfitError("den hänvisar i en ring")


def _answer(answer: requests.Response, *, until: float) -> Answer:
    status = answer.status_code
    kind = rules.kind_of(status)
    if kind is Kind.FAILED:
        raise _UnfitError(f"status {status}")
    return Answer(
        kind,
        _body(answer, until=until) if kind is Kind.ANSWERED else b"",
        SENTENCES.get(kind, "").format(status),
        retry_after=answer.headers.get("Retry-After", ""),
        etag=answer.headers.get("ETag", ""),
        last_modified=answer.headers.get("Last-Modified", ""),
    )


def _body(answer: requests.Response, *, until: float) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise _UnfitError("svaret är för stort")
        if monotonic() > until:
            raise _UnfitError(SLOW)
    return bytes(body)


def _failed(why: str) -> Answer:
    return Answer(Kind.FAILED, sentence=FAILED.format(why))
