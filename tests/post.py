"""A mail server on loopback, for tests that send letters. It misbehaves on command.

server = Server(refused={"skola"}, greylist=1)
server.next["DATA"] = ["hang"]          # the next time that DATA is said
with running(server) as port: ...
"""

import asyncio
import contextlib
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

# Where it can misbehave, beside the names of commands: before it greets, and when it has read a
# letter to its end and has not answered yet. "DATA" is before it asks for the letter.
GREETING, CONTENT = "greeting", "content"
HANG, CUT = "hang", "cut"  # what it can do instead of answering
FOREVER = 3600


@dataclass
class Server:
    """What the mail server of a test answers, and what it has got."""

    rcpt: str = "250 OK"
    data: str = "250 Queued as 17"
    refused: set[str] = field(default_factory=set)  # words in addresses that do not exist
    got: list[bytes] = field(default_factory=list)
    greylist: int = 0  # how often each recipient is put off first
    thinks: float = 0  # for how many seconds, before it answers a letter
    size: int | None = None  # what it says that it takes, in bytes
    # At a stage: answers, "hang" or "cut", each once. An answer 421 also closes the connection.
    next: dict[str, list[str]] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)  # the same, each time
    connections: int = 0
    heard: list[str] = field(default_factory=list)  # commands, without what stands after them
    ready: bool = False
    conversations: "WeakSet[Conversation]" = field(default_factory=WeakSet)
    _tries: Counter[str] = field(default_factory=Counter)

    def misbehaviour(self, stage: str) -> str:
        """Return what is to be done at a stage instead of what is right, or nothing."""
        if waiting := self.next.get(stage):
            return waiting.pop(0)
        return self.always.get(stage, "")

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's name
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        self._tries[address] += 1
        if any(word in address for word in self.refused):
            return "550 No such user"
        if self._tries[address] <= self.greylist:
            return "451 4.7.1 Greylisted"
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 – aiosmtpd's name
        self, server: "Conversation", _session: object, envelope: Envelope
    ) -> str:
        if told := self.misbehaviour(CONTENT):
            return await server.misbehave(told)
        await asyncio.sleep(self.thinks)
        if self.data.startswith("250"):
            assert envelope.original_content is not None
            self.got.append(envelope.original_content)
        return self.data


class Conversation(SMTP):
    """What is said on one connection."""

    def __init__(self, handler: Server, **options: Any) -> None:  # noqa: ANN401 – aiosmtpd's
        super().__init__(handler, **options)
        self._told = handler
        for command, method in self._smtp_methods.items():
            self._smtp_methods[command] = partial(self._perhaps, command, method)

    def cut(self) -> None:
        """Break the connection off, without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def _handle_client(self) -> None:
        self._told.conversations.add(self)
        if self._told.ready:
            self._told.connections += 1
            if told := self._told.misbehaviour(GREETING):
                await self.push(await self.misbehave(told))
                return
        await super()._handle_client()

    async def _perhaps(
        self, command: str, method: Callable[[str], Awaitable[None]], argument: str
    ) -> None:
        self._told.heard.append(command)
        if told := self._told.misbehaviour(command):
            await self.push(await self.misbehave(told))
        else:
            await method(argument)

    async def misbehave(self, told: str) -> str:
        """Never answer, or hang up, or return an answer; after 421 nothing more is said."""
        if told == HANG:
            await asyncio.sleep(FOREVER)
        if told == CUT:
            self.cut()
            await asyncio.sleep(FOREVER)  # until the loss of the connection has been noticed
        if told.startswith("421"):
            asyncio.get_running_loop().call_soon(self._close)
        return told

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class _Controller(Controller):
    def factory(self) -> Conversation:
        return Conversation(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def running(server: Server, **options: Any) -> Iterator[int]:  # noqa: ANN401 – aiosmtpd's
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    if server.size is not None:
        options["data_size_limit"] = server.size
    controller = _Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()  # which connects once, to see that it runs
    server.ready = True
    try:
        yield port
    finally:
        server.ready = False
        asyncio.run_coroutine_threadsafe(_cut_all(server), controller.loop).result(5)
        controller.stop()


async def _cut_all(server: Server) -> None:
    """Leave no connection open: asyncio complains of those when its loop is closed."""
    for conversation in [*server.conversations]:
        conversation.cut()
    await asyncio.sleep(0.001)  # until that has been noticed


def letter(to: str = "kommun@as.example") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Lägesbild Ås"
    message["From"] = "Lägesbild <post@as.example>"
    message["To"] = to
    message["Message-ID"] = "<17@as.example>"
    message.set_content("En rad.\n.en punkt först\nÅäö.\n")
    return message


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Return a key and a certificate for 127.0.0.1 that nobody has signed but itself."""
    key, signed = folder / "key.pem", folder / "certificate.pem"
    program = shutil.which("openssl")
    assert program is not None, "openssl is needed (Debian: apt-get install openssl)"
    subprocess.run(  # noqa: S603 – fixed words
        [
            *(program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(signed)),
        ],
        check=True,
        capture_output=True,
    )
    return key, signed
