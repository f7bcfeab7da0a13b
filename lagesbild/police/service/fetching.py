"""Asking the police's service for events, as seldom as it wants to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lagesbild.base import fetch as http
from lagesbild.base.clock import moment_text
from lagesbild.base.db import door
from lagesbild.base.errors import InvalidError, SetupError, TooManyError
from lagesbild.base.fetch import FetchError, Limits
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Group
from lagesbild.police.rules import calls as rules
from lagesbild.police.rules import reading
from lagesbild.police.rules.calls import Answer, Call, Kind
from lagesbild.police.rules.tallies import Tally
from lagesbild.police.service import events
from lagesbild.police.store import calls as store

LIMITS = Limits(connect=5, silent=20, whole=60, size=10_000_000)  # a real answer has 200,000
SENTENCES = {
    Kind.REFUSED: "Polisens tjänst bad oss vänta ({}).",
    Kind.GONE: "Adressen finns inte hos polisen ({}).",
    Kind.UNCHANGED: "Inget nytt sedan sist.",
}
EMPTY = "Polisens tjänst gav ett tomt svar."
FAILED = "Polisens tjänst svarade inte som den ska: {}. Vi försöker igen om en timme."


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
        reply = http.ask(call.address, LIMITS, headers=headers, unread=rules.REFUSED | rules.GONE)
    except FetchError as error:
        return _failed(str(error))
    kind = rules.kind_of(reply.status)
    if kind is Kind.FAILED:
        return _failed(f"status {reply.status}")
    return Answer(
        kind,
        reply.body,
        SENTENCES.get(kind, "").format(reply.status),
        retry_after=reply.headers.get("Retry-After", ""),
        etag=reply.headers.get("ETag", ""),
        last_modified=reply.headers.get("Last-Modified", ""),
    )


def _failed(why: str) -> Answer:
    return Answer(Kind.FAILED, sentence=FAILED.format(why))
