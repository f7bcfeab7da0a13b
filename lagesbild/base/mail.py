"""Outgoing mail, one letter to one recipient: to a mail server, or as files in a folder.

What went wrong is told apart by what it means for the letter: refused for good, deferred, unknown.
"""

import os
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from lagesbild.base.errors import SetupError
from lagesbild.base.outbox import WRONG_ADDRESS, Outcome, State, next_attempt

WIRE = SMTP.clone(cte_type="7bit")  # CRLF, and no server has to know 8BITMIME or SMTPUTF8
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
TIMEOUT_SECONDS = 20.0
VERDICT_SECONDS = 120.0  # a server may look for viruses before it answers a letter
LONGEST_ANSWER = 200
FORMS = (
    "Skriv smtp://server:25, smtps://server:465, smtp+starttls://server:587"
    " (med namn:lösenord@ före servern om den vill ha det) eller file:mapp."
)


class MailError(Exception):
    """The letter was not accepted for certain. The text is the server's answer, or ours."""


class RefusedError(MailError):
    """The server refused the letter for good."""


class DeferredError(MailError):
    """Nothing was accepted, and it may go better later."""


class UnknownError(MailError):
    """The connection was lost after the letter began: it may have been accepted or not."""


ACCEPTED, FAILED = 2, {4: DeferredError, 5: RefusedError}  # first digits [RFC 5321 4.2.1]


class Mailer(Protocol):
    """Anything that can hand over a letter."""

    def send(self, message: EmailMessage) -> str:
        """Hand a letter to its one recipient and return the answer, or raise a `MailError`."""
        ...


@dataclass(frozen=True)
class SmtpMailer:
    """Hands letters to the mail server of the municipality, each on a connection of its own."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None  # whom to trust; without it, whom the machine trusts
    timeout_seconds: float = TIMEOUT_SECONDS
    verdict_seconds: float = VERDICT_SECONDS

    def send(self, message: EmailMessage) -> str:
        """Hand over a letter; certificates are verified, and nothing falls back to clear text."""
        sender, recipient = _address(message, "From"), _address(message, "To")
        content = message.as_bytes(policy=WIRE)
        try:
            server = self._connected()
        except (OSError, UnicodeError) as error:
            raise DeferredError(_said(error)) from error
        try:
            self._introduce(server, sender, recipient, size=len(content))
            answer = self._deliver(server, content)
        except MailError:
            server.close()
            raise
        with suppress(OSError):  # the letter is accepted, whatever happens to the goodbye
            server.quit()
        return answer

    def _connected(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_seconds, context=self._trusted()
            )
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)

    def _trusted(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context()

    def _introduce(self, server: smtplib.SMTP, sender: str, recipient: str, *, size: int) -> None:
        """Say who writes to whom. Whatever fails here, nothing has been accepted."""
        try:
            server.ehlo_or_helo_if_needed()
            if self.scheme == "smtp+starttls":
                server.starttls(context=self._trusted())
                server.ehlo_or_helo_if_needed()
            if self.username:
                server.login(self.username, self.password)
            options = [f"size={size}"] if server.has_extn("size") else []
            _judge(*server.mail(sender, options), otherwise=DeferredError)
            _judge(*server.rcpt(recipient), otherwise=DeferredError)
        except OSError as error:
            raise DeferredError(_said(error)) from error

    def _deliver(self, server: smtplib.SMTP, content: bytes) -> str:
        """Hand over the letter itself. From here on silence tells nothing."""
        if server.sock:
            server.sock.settimeout(self.verdict_seconds)
        try:
            code, answer = server.data(content)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except OSError as error:
            raise UnknownError(_said(error)) from error
        return _judge(code, answer, otherwise=UnknownError)


@dataclass(frozen=True)
class FileMailer:
    """Writes letters into a folder, for an installation without a mail server."""

    folder: Path

    def send(self, message: EmailMessage) -> str:
        """Write the letter as `<Message-ID>.eml`, whole or not at all; twice is once."""
        _address(message, "To")
        name = re.sub(r"[^A-Za-z0-9@._-]", "_", str(message["Message-ID"]).strip("<>")) + ".eml"
        complete, growing = self.folder / name, self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with growing.open("wb") as file:
                file.write(message.as_bytes(policy=WIRE))
                file.flush()
                os.fsync(file.fileno())
            growing.replace(complete)
        except OSError as error:
            growing.unlink(missing_ok=True)
            raise DeferredError(_said(error)) from error
        return f"sparat som {name}"


def mailer(url: str) -> Mailer:
    """Return what an address in the settings means, or raise `SetupError`."""
    if url.startswith("file:") and url != "file:":
        return FileMailer(Path(url.removeprefix("file:")))
    try:
        target = urlsplit(url)
        host, port = target.hostname or "", target.port
        host.encode("idna")
    except ValueError as error:
        raise SetupError(f"LAGESBILD_SMTP_URL går inte att läsa. {FORMS}") from error
    if target.scheme not in PORTS or not host or _has_more(target):
        raise SetupError(f"LAGESBILD_SMTP_URL går inte att läsa. {FORMS}")
    return SmtpMailer(
        target.scheme,
        host,
        port or PORTS[target.scheme],
        unquote(target.username or ""),
        unquote(target.password or ""),
    )


@dataclass(frozen=True)
class Post:
    """How mail leaves: by what, from whom, and where its links lead."""

    mailer: Mailer
    sender: str
    base_url: str


def hand_over(
    mailer: Mailer,
    make: Callable[[], EmailMessage],
    *,
    attempt: int,
    first: datetime,
    now: datetime,
) -> Outcome:
    """Make a letter and hand it over, with no transaction open; return what became of it."""
    try:
        return Outcome(State.ACCEPTED, mailer.send(make()))
    except DeferredError as error:
        again = next_attempt(attempt, first, now)
        return Outcome(State.PENDING if again else State.REFUSED, str(error), again)
    except MailError as error:
        lost = isinstance(error, UnknownError)
        return Outcome(State.UNKNOWN if lost else State.REFUSED, str(error))
    except ValueError:  # an address that cannot stand in a header
        return Outcome(State.REFUSED, WRONG_ADDRESS)


def domain(sender: str) -> str:
    """Return the domain of a sender such as `Lägesbild <post@as.example>`; `localhost` without."""
    return parseaddr(sender)[1].partition("@")[2] or "localhost"


def _has_more(target: SplitResult) -> bool:
    """Whether an address goes on after the server: a password with an unquoted sign does."""
    return target.path not in {"", "/"} or bool(target.query or target.fragment)


def _address(message: EmailMessage, name: str) -> str:
    """Return the one address of a header, or raise `RefusedError` when it is none."""
    found = [a.addr_spec for a in getattr(message[name], "addresses", ())]
    if len(found) != 1 or not found[0].isascii() or not found[0].rpartition("@")[0]:
        raise RefusedError(WRONG_ADDRESS)
    return str(found[0])


def _judge(code: int, answer: bytes, *, otherwise: type[MailError]) -> str:
    """Return the answer of a server that said yes; raise what its code means."""
    said = f"{code} {' '.join(answer.decode(errors='replace').split())}"[:LONGEST_ANSWER]
    if code // 100 == ACCEPTED:
        return said
    raise FAILED.get(code // 100, otherwise)(said)


def _said(error: Exception) -> str:
    """Return what happened in a few words."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {_bytes(error.smtp_error).decode(errors='replace')}"
    else:
        text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:LONGEST_ANSWER]


def _bytes(answer: bytes | str) -> bytes:
    """Return a server's answer as bytes: smtplib gives both."""
    return answer if isinstance(answer, bytes) else answer.encode()
