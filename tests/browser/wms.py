"""A WMS and WMTS on this machine: it answers pictures as a real one does, and notes what it got."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.basemaps import png

NEEDED = {
    "WMS": {"version", "layers", "styles", "crs", "bbox", "width", "height", "format"},
    "WMTS": {
        "version",
        "layer",
        "style",
        "tilematrixset",
        "tilematrix",
        "tilerow",
        "tilecol",
        "format",
    },
}
OPERATION = {"WMS": "GetMap", "WMTS": "GetTile"}


@dataclass
class Peer:
    """The service: where it listens, and each question as its parameters with their names small."""

    address: str
    asked: list[dict[str, str]] = field(default_factory=list)
    referrers: list[str] = field(default_factory=list)

    def of(self, service: str) -> list[dict[str, str]]:
        return [each for each in self.asked if each["service"] == service]


@contextmanager
def listening() -> Iterator[Peer]:
    peer = Peer("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
            asked = {name.casefold(): values[0] for name, values in said.items()}
            peer.asked.append(asked)
            peer.referrers.append(self.headers.get("Referer", ""))
            service = asked.get("service", "")
            is_good = asked.get("request") == OPERATION.get(service, "") and NEEDED.get(
                service, {"?"}
            ) <= set(asked)
            body = png(120, 160, 90) if is_good else b"<ServiceExceptionReport/>"
            self.send_response(200)  # as WMS servers do with errors, too
            self.send_header("Content-Type", "image/png" if is_good else "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield peer
    server.shutdown()
    thread.join()
    server.server_close()
