"""A mail server on loopback, for tests that send letters."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


@dataclass
class Server:
    """What the mail server of a test answers, and what it has got."""

    rcpt: str = "250 OK"
    data: str = "250 Queued as 17"
    refused: set[str] = field(default_factory=set)  # words in addresses that do not exist
    got: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's name
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if any(word in address for word in self.refused):
            return "550 No such user"
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 – aiosmtpd's name
        self, _server: object, _session: object, envelope: Envelope
    ) -> str:
        if self.data.startswith("250"):
            assert envelope.original_content is not None
            self.got.append(envelope.original_content)
        return self.data


@contextlib.contextmanager
def running(server: Server, **options: Any) -> Iterator[int]:  # noqa: ANN401 – aiosmtpd's
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
