"""Several letters on one connection, and what becomes of them when something goes wrong."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from lagesbild.base.mail import (
    DeferredError,
    MailError,
    RefusedError,
    SmtpMailer,
    TooLargeError,
    UnknownError,
    UnreachableError,
    smtp,
)
from lagesbild.base.mail.message import WIRE
from tests.post import CONTENT, CUT, GREETING, HANG, Server, letter, running

SOON = 0.3
BUSY, NO = "451 4.3.2 Later", "550 5.7.1 No"
LEAVING = "421 4.4.2 Too long idle"
ONE = ["MAIL", "RCPT", "DATA"]
LENGTH = len(letter().as_bytes(policy=WIRE))


@contextlib.contextmanager
def opened(server: Server, **options: object) -> Iterator[smtp.SmtpLine]:
    with running(server, **options) as port:
        mailer = SmtpMailer("smtp", "127.0.0.1", port, timeout_seconds=SOON, verdict_seconds=SOON)
        with mailer.opened() as line:
            yield line


def test_letters_share_a_connection_and_nothing_else() -> None:
    server = Server()
    with opened(server) as line:
        for name in "abc":
            line.send(letter(f"{name}@as.example"))
    assert (len(server.got), server.connections) == (3, 1)
    assert server.heard == ["EHLO", *ONE, *ONE, *ONE, "QUIT"]


def test_a_single_letter_has_a_connection_of_its_own() -> None:
    server = Server()
    with running(server) as port:
        mailer = SmtpMailer("smtp", "127.0.0.1", port)
        mailer.send(letter())
        mailer.send(letter())
    assert (len(server.got), server.connections) == (2, 2)


def test_a_line_that_nobody_uses_connects_nowhere() -> None:
    server = Server()
    with opened(server):
        pass
    assert server.connections == 0


def test_a_refused_recipient_leaves_the_line_as_it_was() -> None:
    server = Server(refused={"ingen"})
    with opened(server) as line:
        line.send(letter("a@as.example"))
        with pytest.raises(RefusedError, match="550 No such user"):
            line.send(letter("ingen@as.example"))
        line.send(letter("b@as.example"))
    assert (len(server.got), server.connections) == (2, 1)
    assert server.heard == ["EHLO", *ONE, "MAIL", "RCPT", "RSET", *ONE, "QUIT"]


@pytest.mark.parametrize("answer", ["451 Not now", "502 What", LEAVING, CUT, HANG])
def test_a_server_that_does_not_forget_a_refused_recipient_gets_a_new_connection(
    answer: str,
) -> None:
    server = Server(refused={"ingen"}, next={"RSET": [answer]})
    with opened(server) as line:
        with pytest.raises(RefusedError, match="550 No such user"):
            line.send(letter("ingen@as.example"))
        line.send(letter("b@as.example"))
    assert (len(server.got), server.connections) == (1, 2)


@pytest.mark.parametrize(
    ("stage", "answer", "error"),
    [
        ("MAIL", BUSY, DeferredError),
        ("MAIL", NO, RefusedError),
        ("RCPT", BUSY, DeferredError),
        ("RCPT", "354 What", DeferredError),
        ("DATA", BUSY, DeferredError),
        ("DATA", NO, RefusedError),
        ("DATA", "250 What", DeferredError),
        ("DATA", LEAVING, DeferredError),
        ("DATA", CUT, DeferredError),
        ("DATA", HANG, DeferredError),
        (CONTENT, BUSY, DeferredError),
        (CONTENT, NO, RefusedError),
        (CONTENT, LEAVING, DeferredError),
        (CONTENT, "354 What", UnknownError),
        (CONTENT, CUT, UnknownError),
        (CONTENT, HANG, UnknownError),
    ],
)
def test_after_anything_else_the_next_letter_gets_a_new_connection(
    stage: str, answer: str, error: type[MailError]
) -> None:
    server = Server()
    with opened(server) as line:
        line.send(letter())
        server.next[stage] = [answer]
        with pytest.raises(MailError) as caught:
            line.send(letter())
        begun = server.heard.count("DATA")
        line.send(letter())
    assert isinstance(caught.value, error)
    assert (len(server.got), server.connections) == (2, 2)
    assert begun == (1 if stage in {"MAIL", "RCPT"} else 2), "nothing begins twice"


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("answer", [LEAVING, CUT, HANG])
def test_a_server_that_left_between_two_letters_costs_nothing(stage: str, answer: str) -> None:
    server = Server()
    with opened(server) as line:
        line.send(letter("a@as.example"))
        server.next[stage] = [answer]
        line.send(letter("b@as.example"))
    assert (len(server.got), server.connections) == (2, 2)


def test_a_server_that_tires_of_waiting_costs_nothing() -> None:
    server = Server()
    with opened(server, timeout=0.1) as line:
        line.send(letter())
        time.sleep(0.3)
        line.send(letter())
    assert (len(server.got), server.connections) == (2, 2)


@pytest.mark.parametrize("answer", [LEAVING, CUT])
def test_a_server_that_leaves_at_once_is_not_asked_again(answer: str) -> None:
    server = Server(next={"MAIL": [answer]})
    with opened(server) as line, pytest.raises(DeferredError):
        line.send(letter())
    assert (server.got, server.connections) == ([], 1)


def test_a_server_that_leaves_twice_is_asked_twice() -> None:
    server = Server()
    with opened(server) as line:
        line.send(letter())
        server.always["MAIL"] = LEAVING
        with pytest.raises(DeferredError, match="421"):
            line.send(letter())
    assert (len(server.got), server.connections) == (1, 2)


def test_a_server_that_has_gone_for_good_is_out_of_reach() -> None:
    server = Server()
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(running(server))
        with SmtpMailer("smtp", "127.0.0.1", port).opened() as line:
            line.send(letter())
            stack.close()
            with pytest.raises(UnreachableError):
                line.send(letter())
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        (GREETING, LEAVING),
        (GREETING, "554 Go away"),
        (GREETING, CUT),
        (GREETING, HANG),
        ("EHLO", LEAVING),
        ("EHLO", CUT),
        ("EHLO", HANG),
    ],
)
def test_without_a_conversation_nothing_is_said_of_the_letter(stage: str, answer: str) -> None:
    server = Server(next={stage: [answer]})
    with opened(server) as line:
        with pytest.raises(UnreachableError):
            line.send(letter())
        line.send(letter())
    assert len(server.got) == 1


def test_a_server_without_extensions_gets_the_letter_too() -> None:
    server = Server(next={"EHLO": ["502 What"]})
    with opened(server) as line:
        line.send(letter())
    assert (len(server.got), server.heard[:2]) == (1, ["EHLO", "HELO"])


@pytest.mark.parametrize(("letters", "connections"), [(2, 1), (3, 2), (4, 2), (5, 3)])
def test_a_connection_carries_only_so_many_letters(letters: int, connections: int) -> None:
    server = Server(refused={"ingen"})
    with running(server) as port:
        mailer = SmtpMailer("smtp", "127.0.0.1", port, letters=2)
        with mailer.opened() as line:
            for number in range(letters):
                with contextlib.suppress(RefusedError):
                    line.send(letter("ingen@as.example" if number == 1 else "a@as.example"))
    assert (len(server.got), server.connections) == (letters - 1, connections)
    assert server.heard.count("QUIT") == connections


@pytest.mark.parametrize("answer", [CUT, HANG, LEAVING, "500 What"])
def test_a_letter_stays_accepted_whatever_happens_to_the_goodbye(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "GOODBYE_SECONDS", 0.1)
    server = Server(next={"QUIT": [answer]})
    with opened(server) as line:
        assert line.send(letter()) == "250 Queued as 17"
    assert len(server.got) == 1


def test_a_server_that_never_says_goodbye_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "GOODBYE_SECONDS", 0.1)
    with running(Server(next={"QUIT": [HANG]})) as port:
        begun = time.monotonic()
        SmtpMailer("smtp", "127.0.0.1", port, timeout_seconds=5, verdict_seconds=5).send(letter())
        assert time.monotonic() - begun < 2


def test_a_server_may_think_about_a_letter_longer_than_about_anything_else() -> None:
    server = Server(thinks=0.4)
    with (
        running(server) as port,
        SmtpMailer("smtp", "127.0.0.1", port, timeout_seconds=0.2).opened() as line,
    ):
        line.send(letter())
        server.always["MAIL"] = HANG
        begun = time.monotonic()
        with pytest.raises(DeferredError):
            line.send(letter())
        assert time.monotonic() - begun < 2
    assert len(server.got) == 1


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    server, message = Server(), letter()
    message.set_content("En rad.\n.\n..\n.b\n")
    with opened(server) as line:
        line.send(message)
    assert server.got[0].endswith(b"\r\n\r\nEn rad.\r\n.\r\n..\r\n.b\r\n")


def test_each_recipient_of_a_greylist_is_put_off_so_many_times() -> None:
    server = Server(greylist=2)
    with opened(server) as line:
        for to in ("a@as.example", "b@as.example"):
            for _ in range(2):
                with pytest.raises(DeferredError, match="451"):
                    line.send(letter(to))
            line.send(letter(to))
    assert len(server.got) == 2


def test_a_letter_that_is_too_large_is_not_begun_and_a_smaller_one_goes_on_the_same_line() -> None:
    server, large = Server(size=2000), letter()
    large.add_attachment(b"0" * 4000, maintype="application", subtype="pdf")
    with opened(server) as line:
        with pytest.raises(TooLargeError, match=r"^Brevet är 7 kB, .* högst 2 kB\.$"):
            line.send(large)
        line.send(letter())
    assert server.heard == ["EHLO", *ONE, "QUIT"]
    assert (len(server.got), server.connections) == (1, 1)


@pytest.mark.parametrize(("size", "arrives"), [(LENGTH - 1, False), (LENGTH, True), (0, True)])
def test_a_letter_may_be_as_large_as_the_server_says(size: int, *, arrives: bool) -> None:
    server = Server(size=size)
    with opened(server) as line, contextlib.suppress(TooLargeError):
        line.send(letter())
    assert bool(server.got) is arrives


@pytest.mark.parametrize(
    ("stage", "answer", "too_large"),
    [
        ("MAIL", "552 Message size exceeds fixed maximum message size", True),
        (CONTENT, "552 5.3.4 Message size exceeds fixed limit", True),
        (CONTENT, "550 5.2.3 Longer than somebody has decided", True),
        ("RCPT", "552 5.2.2 Mailbox full", False),
        (CONTENT, "554 5.7.1 Spam of size 5.3.4", False),
        (CONTENT, "554 Spam", False),
        (CONTENT, "452 4.3.1 No space", False),
    ],
)
def test_a_server_may_find_a_letter_too_large_only_when_it_sees_it(
    stage: str, answer: str, *, too_large: bool
) -> None:
    server = Server(next={stage: [answer]})
    with opened(server) as line, pytest.raises(MailError, match=answer[:9]) as caught:
        line.send(letter())
    assert isinstance(caught.value, TooLargeError) is too_large


def test_a_letter_that_does_not_end_its_last_line_arrives() -> None:
    server, message = Server(), letter()
    message.set_payload("utan slut")
    with opened(server) as line:
        line.send(message)
    assert server.got[0].endswith(b"utan slut\r\n")


def test_an_address_that_no_name_server_can_be_asked_about_is_out_of_reach() -> None:
    with pytest.raises(UnreachableError):
        SmtpMailer("smtp", f"{'a' * 64}.example", 25).send(letter())


def test_nobody_listens_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with (
            SmtpMailer("smtp", "127.0.0.1", free.getsockname()[1]).opened() as line,
            pytest.raises(UnreachableError),
        ):
            line.send(letter())
