"""A mail server on loopback in a process of its own, which only counts what it gets."""

import multiprocessing
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

READY_SECONDS = 30


class Got(NamedTuple):
    """What has arrived: how many letters for each address, of how many different ones, how large."""

    by_address: Counter[str]
    different: int
    bytes: int


class _Counting:
    """Takes everything."""

    def __init__(self) -> None:
        self.addresses: Counter[str] = Counter()
        self.ids: set[bytes] = set()
        self.bytes = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 – aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes)
        _, _, rest = content.partition(b"Message-ID: ")
        self.ids.add(rest[: rest.index(b"\r\n")])
        self.addresses.update(envelope.rcpt_tos)
        self.bytes += len(content)
        return "250 OK"


def _serve(end: Connection) -> None:
    handler = _Counting()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=READY_SECONDS)
    controller.start()
    end.send(port)
    while end.recv():
        end.send(Got(handler.addresses, len(handler.ids), handler.bytes))
    controller.stop()


@contextmanager
def server() -> Iterator[tuple[int, Callable[[], Got]]]:
    """Run it until the block ends; yield its port, and how to ask what has arrived."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()

    def got() -> Got:
        ours.send(True)  # noqa: FBT003 – go on
        found = ours.recv()
        assert isinstance(found, Got)
        return found

    try:
        yield ours.recv(), got
    finally:
        ours.send(False)  # noqa: FBT003 – stop
        process.join()
