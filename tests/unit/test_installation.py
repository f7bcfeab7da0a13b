"""What `lagesbild check` says of the ways that mail can leave by."""

import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from lagesbild.base import installation
from lagesbild.base.finding import Finding
from lagesbild.base.settings import Settings
from tests.hosted import giving
from tests.post import CUT, GREETING, HANG, Server, running

NOBODY = "smtp://127.0.0.1:1"


def found(**changes: object) -> list[Finding]:
    return [*installation.mail_findings(Settings.model_validate(changes))]


def test_a_server_that_answers_is_told_and_gets_no_letter() -> None:
    server = Server()
    with running(server) as port:
        assert found(smtp_url=f"smtp://127.0.0.1:{port}") == [
            Finding(good=True, text=f"Mejlservern 127.0.0.1:{port} svarar.")
        ]
    assert server.heard == ["EHLO", "QUIT"]


def test_a_server_that_does_not_let_us_in_is_told_without_the_password() -> None:
    with running(Server(), auth_require_tls=False) as port:
        [only] = found(smtp_url=f"smtp://post:hemligt@127.0.0.1:{port}")
    assert (only.good, "535" in only.text, "hemligt" in only.text) == (False, True, False)


def test_a_server_that_lets_us_in_is_told() -> None:
    with running(Server(), auth_require_tls=False, auth_callback=lambda *_: True) as port:
        [only] = found(smtp_url=f"smtp://post:hemligt@127.0.0.1:{port}")
    assert only == Finding(
        good=True, text=f"Mejlservern 127.0.0.1:{port} svarar och släpper in oss."
    )


@pytest.mark.parametrize("answer", ["421 Busy", CUT, HANG])
def test_a_server_that_does_not_greet_is_told(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "WAIT_SECONDS", 0.2)
    begun = time.monotonic()
    with running(Server(next={GREETING: [answer]})) as port:
        [only] = found(smtp_url=f"smtp://127.0.0.1:{port}")
    assert (only.good, f"127.0.0.1:{port} svarar inte som den ska: " in only.text) == (False, True)
    assert time.monotonic() - begun < 5


def test_both_servers_are_asked_and_each_is_told() -> None:
    server = Server()
    with running(server) as port:
        first, second = found(smtp_url=NOBODY, smtp_fallback_url=f"smtp://127.0.0.1:{port}")
    assert (first.good, "127.0.0.1:1 svarar inte" in first.text) == (False, True)
    assert (second.good, str(port) in second.text) == (True, True)


def test_a_second_server_without_a_first_is_told() -> None:
    [only] = found(smtp_fallback_url=NOBODY)
    assert (only.good, "LAGESBILD_SMTP_URL, saknas" in only.text) == (False, True)


def test_keys_that_are_half_said_are_told() -> None:
    [only] = found(smtp_url="smtps://post@127.0.0.1", smtp_client_id="lagesbild")
    assert not only.good
    assert "saknas LAGESBILD_SMTP_TOKEN_URL och LAGESBILD_SMTP_CLIENT_SECRET" in only.text


def test_a_service_that_gives_no_key_is_told() -> None:
    with giving() as service:
        service.status, service.body = 401, b'{"error": "invalid_client"}'
        [only] = found(
            smtp_url="smtps://post@127.0.0.1:1",
            smtp_token_url=service.address,
            smtp_client_id="lagesbild",
            smtp_client_secret=SecretStr("hemligt"),
        )
    assert (only.good, "säger nej (invalid_client)" in only.text) == (False, True)


@pytest.mark.parametrize("url", ["http://post.example", "smtp://a:b@as.example:x", "smtp://"])
def test_a_wrong_address_is_told(url: str) -> None:
    [only] = found(smtp_url=url)
    assert (only.good, "LAGESBILD_SMTP_URL går inte att läsa" in only.text) == (False, True)


def test_a_folder_is_told_before_it_is_made(tmp_path: Path) -> None:
    [only] = found(data_dir=tmp_path / "ny")
    assert only == Finding(
        good=True, text=f"Mejl skickas inte, utan sparas i {tmp_path / 'ny' / 'mail'}."
    )
