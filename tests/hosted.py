"""Hosted mail on loopback: a service that gives keys, and a mail server that takes them."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from aiosmtpd.smtp import MISSING, SMTP, AuthResult

from tests.post import Server

WRONG = {"status": "401", "schemes": "bearer", "scope": "https://mail.example/"}


@dataclass
class Service:
    """What the service answers next, and what it was asked for."""

    status: int = 200
    body: bytes | None = None  # without it, a key such as key-1
    headers: dict[str, str] = field(default_factory=dict)
    lasts: int | None = 3600
    also: dict[str, str] = field(default_factory=dict)  # what stands beside the key
    silent: float = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        token: dict[str, object] = {"access_token": f"key-{len(self.asked)}", **self.also}
        if self.lasts is not None:
            token["expires_in"] = self.lasts
        return json.dumps({"token_type": "Bearer", **token}).encode()


@contextlib.contextmanager
def giving() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            service.asked.append(dict(parse_qsl(self.rfile.read(length).decode())))
            time.sleep(service.silent)
            body = service.answer()
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked may have gone
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}/oauth2/v2.0/token"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Hosted(Server):
    """A mail server that takes keys, and what it was shown."""

    shown: list[bytes] = field(default_factory=list)
    unknown: set[bytes] = field(default_factory=set)  # keys that it does not take

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 – aiosmtpd's name
        shown = base64.b64decode(args[1])
        self.shown.append(shown)
        if not any(b"Bearer " + key + b"\x01" in shown for key in self.unknown):
            return AuthResult(success=True)
        # It says why, wants an empty line, and then says no.
        answered = await server.challenge_auth(json.dumps(WRONG))
        assert answered in {b"", MISSING}
        return AuthResult(success=False, handled=False, message="535 5.7.3 Unsuccessful")
