"""What watchers outside get, from a real little server on loopback."""

import json
import logging
import os
import socket
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lagesbild import VERSION
from lagesbild.base import signals

Call = Callable[[str], bool]

SECRET = "/services/hemligt"
CALLS: list[tuple[str, Call]] = [
    ("GET", signals.alive),
    ("POST", lambda url: signals.webhook(url, "Brevet dröjer.")),
]


@dataclass
class Watcher:
    """What the server answers, and what it was asked."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    address: str = ""


@contextmanager
def running() -> Iterator[Watcher]:
    watcher = Watcher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            watcher.asked.append((self.command, self.path, body))
            self.send_response(watcher.status)
            for name, value in watcher.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_POST = do_GET  # noqa: N815 – the name that the library calls

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    watcher.address = f"http://127.0.0.1:{server.server_port}{SECRET}"
    try:
        yield watcher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as watcher:
        yield watcher


def test_an_alarm_is_a_sentence_as_json(watcher: Watcher) -> None:
    assert signals.webhook(watcher.address, "Brevet för v. 47 har inte gått.")
    [(method, path, body)] = watcher.asked
    assert (method, path) == ("POST", SECRET)
    assert json.loads(body) == {"text": "Brevet för v. 47 har inte gått."}


def test_a_sign_of_life_is_one_empty_question(watcher: Watcher) -> None:
    assert signals.alive(watcher.address)
    assert watcher.asked == [("GET", SECRET, b"")]


@pytest.mark.parametrize("status", [200, 204, 299, 300, 304, 404, 500])
@pytest.mark.parametrize(("method", "call"), CALLS)
def test_only_a_good_answer_counts_and_no_other_raises(
    watcher: Watcher,
    caplog: pytest.LogCaptureFixture,
    status: int,
    method: str,
    call: Call,
) -> None:
    watcher.status = status
    is_good = 200 <= status < 300
    assert call(watcher.address) is is_good
    assert [each[0] for each in watcher.asked] == [method]
    assert ("answered" in caplog.text) is not is_good
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("method", "call"), CALLS)
def test_nobody_is_followed_elsewhere(watcher: Watcher, method: str, call: Call) -> None:
    with running() as other:
        watcher.status, watcher.headers = 307, {"Location": other.address}
        assert not call(watcher.address)
        assert ([each[0] for each in watcher.asked], other.asked) == ([method], [])


def closed_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.mark.parametrize(("method", "call"), CALLS)
def test_nobody_there_is_logged_without_the_address(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, method: str, call: Call
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    caplog.set_level(logging.INFO)
    assert not call(f"http://127.0.0.1:{closed_port()}{SECRET}?token=hemligt")
    assert f"{method} to 127.0.0.1: ConnectionError" in caplog.text
    assert "hemligt" not in caplog.text


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """A server that says something to the first who comes, and waits until they go."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(answer)
                while connection.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}{SECRET}"
        thread.join()


def test_a_broken_head_of_an_answer_puts_no_address_in_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    caplog.set_level(logging.INFO)
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nno colon here\r\nX: 1\r\n\r\n"
    with saying(head) as address:
        signals.alive(address)
    assert "hemligt" not in caplog.text


def test_one_who_never_answers_is_left(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(signals, "TIMEOUT", (0.2, 0.2))
    with saying(b"") as address:
        assert not signals.alive(address)
    assert "Timeout" in caplog.text
    assert "hemligt" not in caplog.text


@pytest.mark.parametrize(
    "address", ["http://as.example/hemligt", "ftp://127.0.0.1/hemligt", "hemligt", "https://["]
)
def test_nobody_is_asked_where_others_can_listen(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("requests.request", pytest.fail)
    assert not signals.alive(address)
    assert "hemligt" not in caplog.text
    assert len(caplog.records) == 1


def test_a_tick_leaves_its_mark(tmp_path: Path) -> None:
    assert signals.last_beat(tmp_path) is None
    signals.beat(tmp_path)
    os.utime(tmp_path / signals.BEAT, (1795100400, 1795100400))
    assert signals.last_beat(tmp_path) == datetime(2026, 11, 19, 15, tzinfo=UTC)


def test_the_version_is_the_packages() -> None:
    file = Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert tomllib.loads(file.read_text())["project"]["version"] == VERSION
