"""Letters over a real SMTP conversation on loopback, and as files."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from lagesbild.base.errors import SetupError
from lagesbild.base.mail import (
    DeferredError,
    FileMailer,
    RefusedError,
    SmtpMailer,
    UnknownError,
    UnreachableError,
    domain,
    mailer,
)
from tests.post import Server, letter, running, self_signed


def test_a_letter_arrives_once_with_the_servers_answer() -> None:
    server = Server()
    with running(server) as port:
        answer = mailer(f"smtp://127.0.0.1:{port}").send(letter())
    assert (answer, len(server.got)) == ("250 Queued as 17", 1)


def test_a_letter_is_seven_bits_with_line_ends_of_the_net() -> None:
    server = Server()
    with running(server) as port:
        SmtpMailer("smtp", "127.0.0.1", port).send(letter())
    [content] = server.got
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert message_from_bytes(content, policy=default)["Subject"] == "Lägesbild Ås"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"rcpt": "550 No such user"}, RefusedError),
        ({"rcpt": "451 Try later"}, DeferredError),
        ({"data": "554 Spam"}, RefusedError),
        ({"data": "451 Greylisted"}, DeferredError),
    ],
)
def test_the_first_digit_tells_whether_to_try_again(
    answers: dict[str, str], error: type[Exception]
) -> None:
    server = Server(**answers)  # type: ignore[arg-type]  # only answers are given
    with running(server) as port, pytest.raises(error, match=next(iter(answers.values()))):
        SmtpMailer("smtp", "127.0.0.1", port).send(letter())
    assert not server.got


def test_a_closed_door_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(DeferredError):
            SmtpMailer("smtp", "127.0.0.1", port).send(letter())


@pytest.mark.parametrize("says", [b"421 Busy\r\n", b"554 Go away\r\n", b""])
def test_a_server_that_does_not_greet_is_tried_again(says: bytes) -> None:
    with talking([says]) as port, pytest.raises(DeferredError):
        SmtpMailer("smtp", "127.0.0.1", port).send(letter())


@contextlib.contextmanager
def talking(lines: list[bytes], *, hold: bool = False) -> Iterator[int]:
    """A server that says its lines, one per line it hears, and hangs up, or falls silent."""
    released = threading.Event()

    def talk(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as heard:
            for number, line in enumerate(lines):
                connection.sendall(line)
                if number < len(lines) - 1:
                    heard.readline()
            while hold and heard.readline() not in {b"", b".\r\n"}:
                pass
            if hold:
                released.wait(5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            released.set()
            thread.join()


UNTIL_DATA = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]


def test_a_connection_lost_in_the_letter_is_unknown() -> None:
    with talking(UNTIL_DATA) as port, pytest.raises(UnknownError):
        SmtpMailer("smtp", "127.0.0.1", port).send(letter())


@pytest.mark.parametrize("size", [b"SIZE 0", b"SIZE", b"SIZE many"])
def test_a_server_that_says_no_size_takes_any(size: bytes) -> None:
    lines = [UNTIL_DATA[0], b"250-hi\r\n250 %s\r\n" % size, *UNTIL_DATA[2:]]
    with talking(lines) as port, pytest.raises(UnknownError):  # the letter has begun
        SmtpMailer("smtp", "127.0.0.1", port).send(letter())


def test_silence_after_the_letter_is_unknown() -> None:
    with talking(UNTIL_DATA, hold=True) as port, pytest.raises(UnknownError):
        SmtpMailer("smtp", "127.0.0.1", port, verdict_seconds=0.2).send(letter())


def test_a_connection_lost_before_the_letter_is_tried_again() -> None:
    with talking(UNTIL_DATA[:3]) as port, pytest.raises(DeferredError):
        SmtpMailer("smtp", "127.0.0.1", port).send(letter())


@pytest.mark.parametrize("to", ["kåre@as.example", "ingen", "a@as.example, b@as.example"])
def test_what_is_not_one_address_is_refused_before_anything_is_sent(to: str) -> None:
    with pytest.raises(RefusedError):
        SmtpMailer("smtp", "127.0.0.1", 1).send(letter(to))


def test_name_and_password_are_unquoted_and_used() -> None:
    seen: list[tuple[bytes, bytes]] = []

    def check(*arguments: object) -> AuthResult:
        login = arguments[4]
        assert isinstance(login, LoginPassword)
        seen.append((login.login, login.password))
        return AuthResult(success=True)

    server = Server()
    with running(server, authenticator=check, auth_require_tls=False) as port:
        mailer(f"smtp://post%40as:l%3Aos%2Fen@127.0.0.1:{port}").send(letter())
    assert (seen, len(server.got)) == ([(b"post@as", b"l:os/en")], 1)


def test_a_relay_without_a_password_is_not_asked_for_a_way_to_sign_in() -> None:
    server = Server()
    with running(server) as port:
        mailer(f"smtp://127.0.0.1:{port}").send(letter())
    assert (len(server.got), "AUTH" in server.heard) == (1, False)


def test_a_wrong_password_is_tried_again_because_a_person_can_mend_it() -> None:
    server = Server()
    with (
        running(server, auth_require_tls=False) as port,
        pytest.raises(UnreachableError, match="535"),
    ):
        mailer(f"smtp://post:hemligt@127.0.0.1:{port}").send(letter())
    assert not server.got


def test_nothing_is_sent_in_clear_when_the_server_cannot_encrypt() -> None:
    server = Server()
    with running(server) as port, pytest.raises(DeferredError):
        SmtpMailer("smtp+starttls", "127.0.0.1", port).send(letter())
    assert not server.got


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def encrypted(certificate: tuple[Path, Path]) -> Callable[[Server], Any]:
    key, signed = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return lambda server: running(server, tls_context=context, require_starttls=True)


def test_an_unknown_certificate_is_not_trusted(encrypted: Callable[[Server], Any]) -> None:
    server = Server()
    with encrypted(server) as port, pytest.raises(DeferredError, match="certificate verify failed"):
        SmtpMailer("smtp+starttls", "127.0.0.1", port).send(letter())
    assert not server.got


def test_a_letter_goes_encrypted_to_a_server_that_is_trusted(
    encrypted: Callable[[Server], Any], certificate: tuple[Path, Path]
) -> None:
    server, trusting = Server(), ssl.create_default_context(cafile=str(certificate[1]))
    with encrypted(server) as port:
        SmtpMailer("smtp+starttls", "127.0.0.1", port, tls=trusting).send(letter())
    assert len(server.got) == 1


def test_a_letter_goes_to_a_server_that_is_encrypted_from_the_first_byte(
    certificate: tuple[Path, Path],
) -> None:
    key, signed = certificate
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(signed, key)
    server, trusting = Server(), ssl.create_default_context(cafile=str(signed))
    with running(server, ssl_context=ours) as port:
        SmtpMailer("smtps", "127.0.0.1", port, tls=trusting).send(letter())
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            SmtpMailer("smtps", "127.0.0.1", port).send(letter())
    assert len(server.got) == 1


def test_a_letter_becomes_one_whole_file_however_often_it_is_sent(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    FileMailer(folder).send(letter())
    with FileMailer(folder).opened() as line:
        line.send(letter())
    [file] = folder.iterdir()
    assert file.name == "17@as.example.eml"
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == "kommun@as.example"


def test_a_folder_that_cannot_be_written_leaves_nothing_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "17@as.example.eml").mkdir()  # in the way of the finished file
    with pytest.raises(DeferredError):
        FileMailer(tmp_path).send(letter())
    assert [file.name for file in tmp_path.iterdir()] == ["17@as.example.eml"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://post.as.example", SmtpMailer("smtp", "post.as.example", 25)),
        ("smtps://post.as.example", SmtpMailer("smtps", "post.as.example", 465)),
        ("smtp+starttls://[::1]:2525", SmtpMailer("smtp+starttls", "::1", 2525)),
        ("file:var/mail", FileMailer(Path("var/mail"))),
    ],
)
def test_an_address_says_how_letters_leave(url: str, expected: object) -> None:
    assert mailer(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:",
        "http://post.as.example",
        "post.as.example:25",
        "smtp://",
        "smtp://post:hemligt@as.example:0x19",
        "smtp://post:hem/ligt@as.example",
        "smtp://post:hemligt@as..example",
        "smtp://post:hem%C3%B6ligt@as.example",
    ],
)
def test_a_wrong_address_is_a_sentence_that_does_not_repeat_it(url: str) -> None:
    with pytest.raises(SetupError, match="LAGESBILD_SMTP_URL") as caught:
        mailer(url)
    assert "hem" not in str(caught.value)


def test_a_password_is_not_shown() -> None:
    assert "hemligt" not in repr(mailer("smtp://post:hemligt@as.example"))


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("Lägesbild <post@as.example>", "as.example"),
        ("post@as.example", "as.example"),
        ("post", "localhost"),
    ],
)
def test_message_ids_get_the_senders_domain(sender: str, expected: str) -> None:
    assert domain(sender) == expected
