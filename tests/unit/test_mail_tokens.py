"""Signing in with keys: a real service that gives them, a real mail server that takes them."""

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from lagesbild.base.errors import SetupError
from lagesbild.base.mail import Mailer, UnreachableError, mailers
from lagesbild.base.mail.tokens import Grant, Tokens
from lagesbild.base.settings import Settings
from tests.hosted import Hosted, Service, giving
from tests.post import letter, running, self_signed

SECRET = "p~a+b/c=d&e%f ö"
MAILBOX = b"user=post@as.example\x01auth=Bearer %s\x01\x01"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ssl.SSLContext]:
    """A server's certificate, which the whole machine trusts meanwhile."""
    key, signed = self_signed(tmp_path_factory.mktemp("certificate"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(signed))
        yield context


@pytest.fixture
def service() -> Iterator[Service]:
    with giving() as found:
        yield found


@contextlib.contextmanager
def hosted(
    service: Service, server: Hosted, context: ssl.SSLContext, **options: object
) -> Iterator[Mailer]:
    with running(server, tls_context=context, require_starttls=True, **options) as port:
        settings = Settings(
            smtp_url=f"smtp+starttls://post%40as.example@127.0.0.1:{port}",
            smtp_token_url=service.address,
            smtp_client_id="lagesbild",
            smtp_client_secret=SecretStr(SECRET),
            smtp_scope="https://mail.example/.default",
        )
        yield mailers(settings).letters


def grant(service: Service, *, refresh_token: str = "") -> Grant:
    return Grant(service.address, "lagesbild", SECRET, "mail.send", refresh_token)


def test_a_letter_leaves_with_a_key_in_place_of_a_password(
    service: Service, context: ssl.SSLContext
) -> None:
    server = Hosted()
    with hosted(service, server, context) as mailer:
        mailer.send(letter())
    assert (len(server.got), server.shown) == (1, [MAILBOX % b"key-1"])
    assert service.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "lagesbild",
            "client_secret": SECRET,
            "scope": "https://mail.example/.default",
        }
    ]


def test_a_key_is_asked_for_once_and_outlives_a_mailer(
    service: Service, context: ssl.SSLContext
) -> None:
    server = Hosted()
    for _ in range(2):
        with hosted(service, server, context) as mailer, mailer.opened() as line:
            line.send(letter())
            line.send(letter())
    assert (len(server.got), len(server.shown), len(service.asked)) == (4, 2, 1)


def test_a_key_that_is_not_taken_is_never_shown_again(
    service: Service, context: ssl.SSLContext
) -> None:
    server = Hosted(unknown={b"key-1"})
    with hosted(service, server, context) as mailer:
        with pytest.raises(UnreachableError, match=r"535 5\.7\.3 Unsuccessful") as caught:
            mailer.send(letter())
        mailer.send(letter())
    assert server.shown == [MAILBOX % b"key-1", MAILBOX % b"key-2"]
    assert (len(server.got), "key-1" in str(caught.value)) == (1, False)


def test_a_server_that_takes_no_keys_is_told_none(
    service: Service, context: ssl.SSLContext
) -> None:
    server = Hosted()
    with (
        hosted(service, server, context, auth_exclude_mechanism=["XOAUTH2"]) as mailer,
        pytest.raises(UnreachableError, match="XOAUTH2"),
    ):
        mailer.send(letter())
    assert (server.got, server.shown) == ([], [])


def test_a_challenge_that_cannot_be_read_is_no_refusal(
    service: Service, context: ssl.SSLContext
) -> None:
    server = Hosted(next={"AUTH": ["334 A"]})
    with hosted(service, server, context) as mailer:
        with pytest.raises(UnreachableError, match="gick inte att förstå"):
            mailer.send(letter())
        mailer.send(letter())
    assert len(server.got) == 1


def test_without_a_key_the_mail_server_is_not_called(
    service: Service, context: ssl.SSLContext
) -> None:
    server, service.status, service.body = Hosted(), 401, b'{"error": "invalid_client"}'
    with (
        hosted(service, server, context) as mailer,
        pytest.raises(UnreachableError, match=r"Ingen nyckel till mejlen: 127.0.0.1 säger nej"),
    ):
        mailer.send(letter())
    assert server.connections == 0


def test_without_a_key_the_other_server_gets_the_letter(
    service: Service, context: ssl.SSLContext
) -> None:
    service.status = 503
    server = Hosted()
    with running(server, tls_context=context, require_starttls=True) as port:
        settings = Settings(
            smtp_url="smtps://post@127.0.0.1:1",
            smtp_token_url=service.address,
            smtp_client_id="lagesbild",
            smtp_client_secret=SecretStr(SECRET),
            smtp_fallback_url=f"smtp+starttls://127.0.0.1:{port}",
        )
        mailers(settings).letters.send(letter())
    assert (len(server.got), server.shown) == (1, [])


@pytest.mark.parametrize(("later", "asked"), [(3539, 1), (3540, 2)])
def test_a_key_is_kept_until_a_minute_before_its_end(
    service: Service, later: float, asked: int
) -> None:
    seconds = [0.0]
    tokens = Tokens(grant(service), clock=lambda: seconds[0])
    tokens.current()
    seconds[0] = later
    assert tokens.current() == f"key-{asked}"


@pytest.mark.parametrize("lasts", [None, 0, 60])
def test_a_key_that_says_no_end_is_used_once(service: Service, lasts: int | None) -> None:
    service.lasts = lasts
    tokens = Tokens(grant(service))
    assert [tokens.current(), tokens.current()] == ["key-1", "key-2"]


def test_somebody_may_have_let_the_program_in_for_good(service: Service) -> None:
    Tokens(grant(service, refresh_token="r/1+")).current()
    assert service.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "r/1+",
            "scope": "mail.send",
            "client_id": "lagesbild",
            "client_secret": SECRET,
        }
    ]


def test_a_new_refresh_token_replaces_the_one_before_it(service: Service) -> None:
    service.also, service.lasts = {"refresh_token": "second"}, 0
    tokens = Tokens(grant(service, refresh_token="first"))
    for _ in range(2):
        tokens.current()
    assert [asked["refresh_token"] for asked in service.asked] == ["first", "second"]


def test_a_key_that_is_no_longer_ours_is_not_forgotten_twice(service: Service) -> None:
    tokens = Tokens(grant(service))
    tokens.current()
    tokens.forget("another")
    assert tokens.current() == "key-1"


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"error": "invalid_client"}', r"säger nej \(invalid_client\)\."),
        (400, b'{"error": "invalid_grant"}', r"säger nej \(invalid_grant\)\."),
        (400, b'{"error": "%s"}' % SECRET.encode(), r"säger nej\."),
        (400, b'{"error": ["a", "b"]}', r"säger nej\."),
        (400, b"<html>", r"svarar 400\."),
        (503, b"Busy", r"svarar 503\."),
        (200, b"<html>", r"svarar något som inte går att läsa\."),
        (200, b"[1]", r"svarar något som inte går att läsa\."),
        (200, b"{}", r"svarar något som inte går att läsa\."),
        (200, b'{"access_token": "a", "expires_in": "soon"}', r"inte går att läsa\."),
        (200, b'{"access_token": ""}', r"inte går att läsa\."),
        (200, '{"access_token": "nyckelö"}'.encode(), r"inte går att läsa\."),
        (200, b'{"access_token": "a\\u0001b"}', r"inte går att läsa\."),
        (200, b'{"access_token": {"a": 1}}', r"inte går att läsa\."),
    ],
)
def test_a_failure_is_a_sentence_without_a_secret(
    service: Service, status: int, body: bytes, says: str
) -> None:
    service.status, service.body = status, body
    with pytest.raises(UnreachableError, match=says) as caught:
        Tokens(grant(service, refresh_token="förnyas")).current()
    assert SECRET not in str(caught.value)
    assert "förnyas" not in str(caught.value)


def test_what_was_asked_with_a_secret_follows_nobody_elsewhere(service: Service) -> None:
    with giving() as other:
        service.status, service.headers = 307, {"Location": other.address}
        with pytest.raises(UnreachableError):
            Tokens(grant(service)).current()
    assert other.asked == []


def test_a_service_that_is_silent_is_not_waited_for(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lagesbild.base.mail.tokens.TIMEOUT_SECONDS", 0.1)
    service.silent = 0.3
    with pytest.raises(UnreachableError, match="svarar inte i tid"):
        Tokens(grant(service)).current()


def test_a_service_that_is_not_there_cannot_be_reached() -> None:
    with giving() as gone:
        pass
    with pytest.raises(UnreachableError, match="går inte att nå"):
        Tokens(grant(gone)).current()


def test_no_secret_is_shown(service: Service) -> None:
    shown = repr(grant(service, refresh_token="förnyas"))
    assert SECRET not in shown
    assert "förnyas" not in shown


WHOLE: dict[str, Any] = {
    "smtp_url": "smtps://post@as.example",
    "smtp_token_url": "https://login.example/token",
    "smtp_client_id": "lagesbild",
    "smtp_client_secret": SecretStr(SECRET),
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"smtp_token_url": ""}, "saknas LAGESBILD_SMTP_TOKEN_URL"),
        ({"smtp_client_id": ""}, "saknas LAGESBILD_SMTP_CLIENT_ID"),
        ({"smtp_client_secret": SecretStr("")}, "saknas LAGESBILD_SMTP_CLIENT_SECRET"),
        (
            {"smtp_token_url": "", "smtp_client_id": "", "smtp_client_secret": SecretStr("")}
            | {"smtp_scope": "mail.send"},
            "TOKEN_URL och LAGESBILD_SMTP_CLIENT_ID och LAGESBILD_SMTP_CLIENT_SECRET",
        ),
        ({"smtp_url": ""}, "börja med"),
        ({"smtp_url": "smtp://post@as.example"}, "börja med"),
        ({"smtp_url": "smtps://as.example"}, "brevlådan"),
        ({"smtp_url": "smtps://post:hemligt@as.example"}, "inget lösenord"),
    ],
)
def test_what_is_half_said_about_keys_is_a_sentence(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(SetupError, match=says) as caught:
        mailers(Settings(**WHOLE | changes))
    assert "hemligt" not in str(caught.value)
    assert SECRET not in str(caught.value)
