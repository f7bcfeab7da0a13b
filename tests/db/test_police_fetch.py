"""Asking the police's service: a real server on loopback, never the police's own."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.base import clock, db
from lagesbild.base.db import reading
from lagesbild.base.errors import SetupError, TooManyError
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Group, system
from lagesbild.police.rules.calls import Kind
from lagesbild.police.rules.tallies import Outcome
from lagesbild.police.service import events as police
from lagesbild.police.service import fetching
from lagesbild.police.service.fetching import Fetched, Way
from tests import police as service_on_loopback
from tests.build import NOW
from tests.police import Service, event

HOUR = timedelta(hours=1)
AGENT = "Lagesbild (+drift@as.example)"


@pytest.fixture
def police_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with service_on_loopback.running() as service:
        yield service


def ask(group: Group, service: Service, now: datetime = NOW) -> Fetched | None:
    return fetching.fetch([group], Way(service.address, AGENT), now=now)


def by_hand(group: Group, service: Service, now: datetime, *, again: bool = False) -> Fetched:
    way = Way(service.address, AGENT)
    fetched = fetching.fetch([group], way, now=now, by_hand=True, again=again)
    assert fetched is not None
    return fetched


def stored(group: Group) -> int:
    with reading(system(group).gate) as session:
        number: int = session.execute(text("SELECT count(*) FROM police_events")).scalar_one()
    return number


def test_an_event_is_fetched_by_one_who_says_their_name(
    group: Group, police_service: Service
) -> None:
    police_service.tells(event(1), event(2, name="17 november 08.50, Stöld, Berg"))
    fetched = ask(group, police_service)
    assert fetched is not None
    assert fetched.tally.numbers[Outcome.NEW] == fetched.tally.numbers[Outcome.ELSEWHERE] == 1
    [(path, headers)] = police_service.asked
    assert path == "/api/events"
    assert headers["User-Agent"] == AGENT
    assert stored(group) == 1


def test_within_the_hour_the_clock_does_not_ask_again(
    group: Group, police_service: Service
) -> None:
    ask(group, police_service)
    assert ask(group, police_service, NOW + HOUR - timedelta(seconds=1)) is None
    assert len(police_service.asked) == 1
    assert ask(group, police_service, NOW + HOUR) is not None


def test_by_hand_one_waits_a_minute(group: Group, police_service: Service) -> None:
    by_hand(group, police_service, NOW)
    with pytest.raises(TooManyError, match="Vänta till"):
        by_hand(group, police_service, NOW + timedelta(seconds=59))
    by_hand(group, police_service, NOW + timedelta(seconds=60))
    assert len(police_service.asked) == 2


def test_what_has_not_changed_is_not_sent_again(group: Group, police_service: Service) -> None:
    police_service.tells(event(1))
    police_service.headers = {"ETag": '"a"', "Last-Modified": "Tue, 17 Nov 2026 08:10:00 GMT"}
    ask(group, police_service)
    police_service.status, police_service.body = 304, b""
    fetched = ask(group, police_service, NOW + HOUR)
    assert fetched is not None
    assert fetched.kind is Kind.UNCHANGED
    headers = police_service.asked[1][1]
    assert headers["If-None-Match"] == '"a"'
    assert headers["If-Modified-Since"] == "Tue, 17 Nov 2026 08:10:00 GMT"


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_is_a_longer_pause_each_time(
    group: Group, police_service: Service, status: int
) -> None:
    police_service.status = status
    fetched = ask(group, police_service)
    assert fetched is not None
    assert "bad oss vänta" in fetched.sentence
    assert "inte igen före" in fetched.sentence
    ask(group, police_service, NOW + HOUR)
    assert ask(group, police_service, NOW + 2 * HOUR) is None
    with pytest.raises(TooManyError):
        by_hand(group, police_service, NOW + 2 * HOUR)
    police_service.status = 200
    assert ask(group, police_service, NOW + 3 * HOUR) is not None
    assert ask(group, police_service, NOW + 4 * HOUR) is not None


@pytest.mark.parametrize("said", ["14400", "Wed, 18 Nov 2026 16:00:00 GMT"])
def test_a_refusal_that_says_when_is_believed(
    group: Group, police_service: Service, said: str
) -> None:
    police_service.status, police_service.headers = 429, {"Retry-After": said}
    ask(group, police_service)
    assert ask(group, police_service, NOW + 4 * HOUR - timedelta(seconds=1)) is None
    assert ask(group, police_service, NOW + 4 * HOUR) is not None


def test_an_address_that_is_gone_is_not_asked_until_somebody_says_so(
    group: Group, police_service: Service
) -> None:
    police_service.status = 404
    fetched = ask(group, police_service)
    assert fetched is not None
    assert "--again" in fetched.sentence
    police_service.status = 200
    assert ask(group, police_service, NOW + timedelta(days=300)) is None
    with pytest.raises(SetupError, match="stoppad"):
        by_hand(group, police_service, NOW + timedelta(days=300))
    assert len(police_service.asked) == 1
    by_hand(group, police_service, NOW + timedelta(days=300), again=True)
    assert ask(group, police_service, NOW + timedelta(days=300) + HOUR) is not None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Kind.ANSWERED),
        (b"[]", Kind.ANSWERED),
        (b"<html>Underh\xc3\xa5ll</html>", Kind.FAILED),
        (b'[{"id": 1, "datetime"', Kind.FAILED),
        (b"\xff\xfe\x00", Kind.FAILED),
        (b"[" * 100_000, Kind.ANSWERED),
        (b'{"a":' * 100_000 + b"}", Kind.FAILED),
    ],
)
def test_an_odd_answer_loses_nothing_and_is_a_sentence(
    group: Group, police_service: Service, body: bytes, kind: Kind
) -> None:
    police_service.tells(event(1))
    ask(group, police_service)
    police_service.body, police_service.headers = body, {"ETag": '"odd"'}
    fetched = ask(group, police_service, NOW + HOUR)
    assert fetched is not None
    assert fetched.kind is kind
    assert fetched.sentence
    assert stored(group) == 1
    ask(group, police_service, NOW + 2 * HOUR)
    assert "If-None-Match" not in police_service.asked[2][1]


def test_an_answer_that_has_no_end_is_left(
    group: Group, police_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LIMITS", replace(fetching.LIMITS, size=1000))
    police_service.body = b" " * 70_000
    fetched = ask(group, police_service)
    assert fetched is not None
    assert "för stort" in fetched.sentence


def test_a_redirect_is_followed_on_the_same_host_only(
    group: Group, police_service: Service
) -> None:
    with service_on_loopback.running() as other:
        police_service.status = 302
        police_service.headers = {"Location": other.address}
        fetched = ask(group, police_service)
        assert fetched is not None
        assert "annan värd" in fetched.sentence
        assert other.asked == []
    police_service.headers = {"Location": "/api/events/"}
    fetched = ask(group, police_service, NOW + HOUR)
    assert fetched is not None
    assert "ring" in fetched.sentence
    assert police_service.asked[-1][0] == "/api/events/"


def test_a_service_that_is_down_is_tried_the_next_hour(
    group: Group, police_service: Service
) -> None:
    down = Way("http://127.0.0.1:9/api/events", AGENT)
    fetched = fetching.fetch([group], down, now=NOW)
    assert fetched is not None
    assert fetched.kind is Kind.FAILED
    assert fetching.fetch([group], down, now=NOW + HOUR) is not None
    assert police_service.asked == []


def test_each_municipality_may_have_a_call_of_its_own_ten_seconds_apart(
    group: Group, police_service: Service
) -> None:
    other = access.add_municipality(slug="berg", name="Bergs kommun", code="0002", now=NOW)
    way = Way(f"{police_service.address}?locationname={{kommun}}", AGENT)
    both = [group, other]
    assert fetching.fetch(both, way, now=NOW) is not None
    assert fetching.fetch(both, way, now=NOW + timedelta(seconds=9)) is None
    assert fetching.fetch(both, way, now=NOW + timedelta(seconds=10)) is not None
    assert fetching.fetch(both, way, now=NOW + timedelta(seconds=20)) is None
    assert [path for path, _ in police_service.asked] == [
        "/api/events?locationname=%C3%85s",
        "/api/events?locationname=Berg",
    ]


def test_what_is_older_than_a_month_is_not_fetched(group: Group, police_service: Service) -> None:
    police_service.tells(event(1, datetime="2026-10-18 12:59:00 +01:00"), event(2))
    fetched = ask(group, police_service)
    assert fetched is not None
    assert fetched.tally.numbers[Outcome.OLD] == 1
    assert stored(group) == 1


def test_the_clock_asks_only_where_it_is_told_to(
    group: Group,
    cluster: Settings,
    connection: Connection,
    police_service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert connection.in_transaction()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    police_service.tells(event(1))
    silent = cluster.model_copy(update={"mail_from": "drift@as.example"})
    jobs.tick(silent, NOW)
    assert police_service.asked == []
    told = silent.model_copy(update={"police_url": police_service.address})
    for minutes in range(3):
        jobs.tick(told, NOW + timedelta(minutes=minutes))
    assert len(police_service.asked) == 1
    assert stored(group) == 1


def test_a_month_later_the_clock_has_forgotten(group: Group, cluster: Settings) -> None:
    police.take_in([group], [event(1)], now=NOW, recent_only=True)
    jobs.tick(cluster, NOW + timedelta(days=30))
    assert stored(group) == 1
    jobs.tick(cluster, NOW + timedelta(days=30, seconds=1))
    assert stored(group) == 0


def test_of_two_processes_at_once_one_asks(own_database: Settings, police_service: Service) -> None:
    db.connect(own_database.database_url, own_database.reader_url)
    made = access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    start = threading.Barrier(4)
    found: list[Fetched | None] = []

    def one() -> None:
        start.wait()
        found.append(ask(made, police_service))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.forget_connections()
    assert len(police_service.asked) == 1
    assert found.count(None) == 3
