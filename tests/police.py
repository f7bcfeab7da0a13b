"""The police's service on loopback, for tests that ask it; events as its API writes them."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Service:
    """What the service answers next, and how it was asked."""

    status: int = 200
    body: bytes = b"[]"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def tells(self, *events: dict[str, object]) -> None:
        self.body = json.dumps(events).encode()


@contextlib.contextmanager
def running() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append((self.path, dict(self.headers)))
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in service.headers:
                self.send_header("Content-Length", str(len(service.body)))
            self.end_headers()
            self.wfile.write(service.body)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}/api/events"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def event(id_: int = 1, **changes: object) -> dict[str, object]:
    """Return an event of Ås as the API gives it, on the Tuesday of 2026-W47."""
    usual: dict[str, object] = {
        "id": id_,
        "datetime": "2026-11-17 9:05:12 +01:00",
        "name": "17 november 08.50, Trafikolycka, Ås",
        "summary": "Två bilar har krockat vid torget.",
        "url": "/aktuellt/handelser/2026/november/17/17-november-08.50-trafikolycka-as/",
        "type": "Trafikolycka",
        "location": {"name": "Stockholms län", "gps": "59.3,18.0"},
    }
    return usual | changes
