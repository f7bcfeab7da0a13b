"""Two mail servers: what the first puts off goes to the second, never what it may have taken."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from lagesbild.base.errors import SetupError
from lagesbild.base.mail import (
    Both,
    DeferredError,
    Line,
    MailError,
    RefusedError,
    SmtpMailer,
    TooLargeError,
    UnknownError,
    hand_over,
    mailers,
)
from lagesbild.base.outbox import Outcome, State
from lagesbild.base.settings import Settings
from tests.post import CONTENT, CUT, GREETING, HANG, Server, letter, running

NOW = datetime(2026, 11, 19, 14, tzinfo=UTC)
BUSY, NO, LEAVING = "451 4.3.2 Later", "550 5.7.1 No", "421 4.3.2 Busy"


@dataclass
class Pair:
    first: Server
    second: Server
    mailer: Both


@pytest.fixture
def pair() -> Iterator[Pair]:
    first, second = Server(), Server(data="250 Queued as 2")
    with running(first) as one, running(second) as two:
        settings = Settings(
            smtp_url=f"smtp://127.0.0.1:{one}", smtp_fallback_url=f"smtp://127.0.0.1:{two}"
        )
        found = mailers(settings).letters
        assert isinstance(found, Both)
        ways = [m for m in (found.first, found.second) if isinstance(m, SmtpMailer)]
        quick = [replace(way, timeout_seconds=0.3, verdict_seconds=0.3) for way in ways]
        yield Pair(first, second, Both(*quick))


def test_what_the_first_takes_never_sees_the_second(pair: Pair) -> None:
    assert pair.mailer.send(letter()) == "250 Queued as 17"
    assert (len(pair.first.got), pair.second.connections) == (1, 0)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        (GREETING, LEAVING),
        (GREETING, CUT),
        ("EHLO", HANG),
        ("MAIL", BUSY),
        ("MAIL", LEAVING),
        ("RCPT", BUSY),
        ("RCPT", CUT),
        ("DATA", BUSY),
        ("DATA", CUT),
        ("DATA", HANG),
        (CONTENT, BUSY),
        (CONTENT, LEAVING),
    ],
)
def test_what_the_first_puts_off_goes_to_the_second_at_once(
    pair: Pair, stage: str, answer: str
) -> None:
    pair.first.next[stage] = [answer]
    assert pair.mailer.send(letter()) == "250 Queued as 2 (127.0.0.1)"
    assert (pair.first.got, len(pair.second.got)) == ([], 1)


@pytest.mark.parametrize(
    ("stage", "answer", "error"),
    [
        ("RCPT", NO, RefusedError),
        ("MAIL", NO, RefusedError),
        ("DATA", NO, RefusedError),
        (CONTENT, NO, RefusedError),
        (CONTENT, CUT, UnknownError),
        (CONTENT, HANG, UnknownError),
        (CONTENT, "354 What", UnknownError),
    ],
)
def test_what_the_first_refuses_or_may_have_taken_is_tried_nowhere_else(
    pair: Pair, stage: str, answer: str, error: type[MailError]
) -> None:
    pair.first.next[stage] = [answer]
    with pytest.raises(error):
        pair.mailer.send(letter())
    assert pair.second.connections == 0


def test_a_letter_that_is_too_large_for_the_first_is_not_tried_whole_elsewhere() -> None:
    first, second = Server(size=100), Server()
    with running(first) as one, running(second) as two:
        mailer = Both(SmtpMailer("smtp", "127.0.0.1", one), SmtpMailer("smtp", "127.0.0.1", two))
        with pytest.raises(TooLargeError):
            mailer.send(letter())
    assert second.connections == 0


@pytest.mark.parametrize("answer", [BUSY, NO])
def test_a_letter_that_neither_takes_is_put_off_with_both_answers(pair: Pair, answer: str) -> None:
    pair.first.rcpt, pair.second.rcpt = "451 Greylisted", answer
    with pytest.raises(DeferredError) as caught:
        pair.mailer.send(letter())
    assert str(caught.value) == f"451 Greylisted (127.0.0.1: {answer})"


def test_a_letter_that_the_second_may_have_taken_is_unknown(pair: Pair) -> None:
    pair.first.rcpt = BUSY
    pair.second.next[CONTENT] = [CUT]
    with pytest.raises(UnknownError):
        pair.mailer.send(letter())


def test_a_first_that_is_out_of_reach_is_asked_once_for_many_letters(pair: Pair) -> None:
    pair.first.always[GREETING] = LEAVING
    with pair.mailer.opened() as line:
        for _ in range(3):
            line.send(letter())
    assert (pair.first.connections, pair.second.connections) == (1, 1)
    assert len(pair.second.got) == 3


def test_a_first_that_is_out_of_reach_is_asked_again_the_next_time(pair: Pair) -> None:
    pair.first.next[GREETING] = [LEAVING]
    pair.mailer.send(letter())
    pair.mailer.send(letter())
    assert (len(pair.first.got), len(pair.second.got)) == (1, 1)


def test_a_first_that_puts_off_one_letter_is_asked_for_the_next(pair: Pair) -> None:
    pair.first.next["RCPT"] = [BUSY]
    with pair.mailer.opened() as line:
        for _ in range(3):
            line.send(letter())
    assert (len(pair.first.got), len(pair.second.got)) == (2, 1)


def test_a_wrong_address_is_refused_even_when_the_first_is_out_of_reach(pair: Pair) -> None:
    pair.first.always[GREETING] = LEAVING
    with pair.mailer.opened() as line:
        line.send(letter())
        with pytest.raises(RefusedError):
            line.send(letter("ingen"))


def test_alarms_go_to_the_second_first(pair: Pair) -> None:
    alarms = Both(pair.mailer.second, pair.mailer.first)
    alarms.send(letter())
    assert (pair.first.connections, len(pair.second.got)) == (0, 1)
    pair.second.rcpt = BUSY
    assert alarms.send(letter()) == "250 Queued as 17 (127.0.0.1)"


def test_letters_and_alarms_know_the_same_servers_the_other_way_round() -> None:
    found = mailers(
        Settings(
            smtp_url="smtp://post.as.example",
            smtp_fallback_url="smtps://post:hemligt@reserv.as.example",
        )
    )
    first = SmtpMailer("smtp", "post.as.example", 25)
    second = SmtpMailer("smtps", "reserv.as.example", 465, "post", "hemligt")
    assert found.letters == Both(first, second)
    assert found.alarms == Both(second, first)
    assert found.letters.name == "post.as.example, reserv.as.example"


def test_with_one_server_alarms_leave_as_letters_do() -> None:
    found = mailers(Settings(smtp_url="smtp://post.as.example"))
    assert found.letters == found.alarms == SmtpMailer("smtp", "post.as.example", 25)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("smtp://a.example", "file:var/mail", "LAGESBILD_SMTP_FALLBACK_URL går inte att läsa"),
        ("smtp://a.example", "http://b.example", "LAGESBILD_SMTP_FALLBACK_URL går inte att läsa"),
        ("http://a.example", "smtp://b.example", "LAGESBILD_SMTP_URL går inte att läsa"),
        ("", "smtp://b.example", "LAGESBILD_SMTP_URL, saknas"),
    ],
)
def test_a_second_way_that_cannot_work_is_a_sentence(first: str, second: str, says: str) -> None:
    with pytest.raises(SetupError, match=says):
        mailers(Settings(smtp_url=first, smtp_fallback_url=second))


def attempted(line: Line, *, smaller: bool = False) -> Outcome:
    def whole() -> EmailMessage:
        made = letter()
        made.add_attachment(b"0" * 4000, maintype="application", subtype="pdf")
        return made

    return hand_over(
        line, whole, smaller=letter if smaller else None, attempt=1, first=NOW, now=NOW
    )


def test_a_smaller_letter_goes_in_place_of_one_that_is_too_large() -> None:
    server = Server(size=2000)
    with running(server) as port:
        outcome = attempted(SmtpMailer("smtp", "127.0.0.1", port), smaller=True)
    assert (outcome, len(server.got)) == (Outcome(State.ACCEPTED, "250 Queued as 17"), 1)


def test_a_letter_that_fits_goes_whole() -> None:
    server = Server()
    with running(server) as port:
        attempted(SmtpMailer("smtp", "127.0.0.1", port), smaller=True)
    assert b"application/pdf" in server.got[0]


def test_a_letter_that_is_too_large_and_has_no_smaller_form_is_refused() -> None:
    server = Server(size=2000)
    with running(server) as port:
        outcome = attempted(SmtpMailer("smtp", "127.0.0.1", port))
    assert (outcome.state, outcome.again_at) == (State.REFUSED, None)
    assert outcome.answer.startswith("Brevet är 7 kB")


def test_a_smaller_letter_that_is_too_large_as_well_is_refused() -> None:
    server = Server(size=100)
    with running(server) as port:
        outcome = attempted(SmtpMailer("smtp", "127.0.0.1", port), smaller=True)
    assert (outcome.state, outcome.answer[:14]) == (State.REFUSED, "Brevet är 1 kB")


def test_letters_of_a_batch_are_handed_over_on_one_line(pair: Pair) -> None:
    with pair.mailer.opened() as line:
        states = [attempted(line).state for _ in range(3)]
    assert states == [State.ACCEPTED] * 3
    assert pair.first.connections == 1


def test_a_folder_takes_a_batch_as_well(tmp_path: Path) -> None:
    found = mailers(Settings(data_dir=tmp_path)).letters
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(found.opened())
        assert attempted(line).answer == "sparat som 17@as.example.eml"
    assert found.name == str(tmp_path / "mail")
