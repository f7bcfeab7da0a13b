"""Letters to a mail server: one transaction and one recipient each, several on a connection.

After anything that went wrong the next letter gets a new connection: servers have been seen that
answer a second letter with what they thought of the first.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from lagesbild.base.mail.answers import (
    ACCEPTED,
    GO_ON,
    NEVER,
    DeferredError,
    LostError,
    MailError,
    TooLargeError,
    UnknownError,
    UnreachableError,
    judge,
    reason,
)
from lagesbild.base.mail.message import Letter, letter
from lagesbild.base.mail.tokens import Tokens

TIMEOUT_SECONDS = 20.0
VERDICT_SECONDS = 120.0  # a server may look for viruses before it answers a letter
GOODBYE_SECONDS = 5.0
LETTERS = 100  # on one connection: servers count, and hang up on those who go on and on
XOAUTH2 = "XOAUTH2"
NOT_OFFERED = "Mejlservern tar inte emot inloggning med XOAUTH2."
GARBLED = "Inloggningen hos mejlservern gick inte att förstå."
KILOBYTE = 1000


@dataclass(frozen=True)
class SmtpMailer:
    """The mail server of the municipality, and how one speaks with it."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None  # whom to trust; without it, whom the machine trusts
    timeout_seconds: float = TIMEOUT_SECONDS
    verdict_seconds: float = VERDICT_SECONDS
    tokens: Tokens | None = None  # in place of a password
    letters: int = LETTERS

    @property
    def name(self) -> str:
        """What it is called in an answer."""
        return self.host

    @contextmanager
    def opened(self) -> Iterator["SmtpLine"]:
        """Open a line for several letters. It connects with the first one, and never raises."""
        line = SmtpLine(self)
        try:
            yield line
        finally:
            line.close()

    def send(self, message: EmailMessage) -> str:
        """Hand over a single letter and return the server's answer, or raise a `MailError`."""
        with self.opened() as line:
            return line.send(message)

    def reach(self) -> None:
        """Begin a conversation and end it, for nothing. Raises `UnreachableError`."""
        with self.opened() as line:
            line.begin()

    def connected(self) -> smtplib.SMTP:
        """Return a conversation that has begun, or raise `UnreachableError`.

        Certificates are verified, and nothing falls back to clear text.
        """
        token = self.tokens.current() if self.tokens else ""
        try:
            server = self._server()
        except (OSError, UnicodeError) as error:
            raise UnreachableError(reason(error)) from error
        try:
            self._introduce(server, token)
        except OSError as error:
            server.close()
            raise UnreachableError(reason(error)) from error
        except ValueError as error:  # a challenge that is not Base64, a name that is not ASCII
            server.close()
            raise UnreachableError(GARBLED) from error
        return server

    def _server(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_seconds, context=self._trusted()
            )
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)

    def _trusted(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context()

    def _introduce(self, server: smtplib.SMTP, token: str) -> None:
        """Say who is calling."""
        server.ehlo_or_helo_if_needed()
        if self.scheme == "smtp+starttls":
            server.starttls(context=self._trusted())
            server.ehlo_or_helo_if_needed()
        if self.tokens:
            self._show(server, self.tokens, token)
        elif self.username:
            server.login(self.username, self.password)

    def _show(self, server: smtplib.SMTP, tokens: Tokens, token: str) -> None:
        """Sign in with a token; one that the server refuses is never shown again."""
        if XOAUTH2 not in server.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError(NOT_OFFERED)

        def said(challenge: bytes | None = None) -> str:
            """Return what is said first; a challenge is a refusal, which wants an empty line."""
            if challenge is not None:
                return ""
            return f"user={self.username}\x01auth=Bearer {token}\x01\x01"

        try:
            server.auth(XOAUTH2, said)
        except smtplib.SMTPAuthenticationError:
            tokens.forget(token)
            raise


class SmtpLine:
    """A conversation with a mail server, begun anew when it has to be."""

    def __init__(self, mailer: SmtpMailer) -> None:
        """Connect nowhere yet."""
        self._mailer = mailer
        self._server: smtplib.SMTP | None = None
        self._begun = 0  # letters on this connection

    def send(self, message: EmailMessage) -> str:
        """Hand over a letter and return the server's answer, or raise a `MailError`.

        A connection that was closed since the last letter is replaced once, and only before
        this one begins.
        """
        one = letter(message)
        if self._begun >= self._mailer.letters:
            self.close()
        was_open = self._server is not None
        try:
            server = self._addressed(one)
        except LostError:
            if not was_open:
                raise
            server = self._addressed(one)
        return self._deliver(server, one.content)

    def begin(self) -> smtplib.SMTP:
        """Connect, where there is no connection. Raises `UnreachableError`."""
        self._server = self._server or self._mailer.connected()
        return self._server

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to. Nothing depends on the answer."""
        if self._server is not None and self._server.sock:
            self._server.sock.settimeout(GOODBYE_SECONDS)
            with suppress(OSError):
                self._server.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server, self._begun = None, 0

    def _addressed(self, one: Letter) -> smtplib.SMTP:
        """Say who writes to whom. Whatever fails here, nothing has been accepted."""
        server = self.begin()
        _refuse_too_large(server, len(one.content))
        self._begun += 1
        options = [f"size={len(one.content)}"] if server.has_extn("size") else []
        try:
            judge(*server.mail(one.sender, options))
            code, answer = server.rcpt(one.recipient)
        except OSError as error:
            self._hang_up()
            raise LostError(reason(error)) from error
        except MailError:
            self.close()
            raise
        if code // 100 != ACCEPTED:
            self._clear(server, code)
        judge(code, answer)
        return server

    def _clear(self, server: smtplib.SMTP, code: int) -> None:
        """Take back what was begun for a recipient; only after a plain no may the line go on."""
        with suppress(OSError):
            if code // 100 == NEVER and server.rset()[0] // 100 == ACCEPTED:
                return
        self.close()

    def _deliver(self, server: smtplib.SMTP, content: bytes) -> str:
        """Hand over the letter itself, and return what the server said to it."""
        try:
            judge(*server.docmd("DATA"), wanted=GO_ON)
        except OSError as error:
            self._hang_up()
            raise DeferredError(reason(error)) from error
        except MailError:
            self.close()
            raise
        try:  # from here on silence tells nothing
            assert server.sock is not None, "it has just answered"
            server.sock.settimeout(self._mailer.verdict_seconds)
            server.send(_framed(content))
            code, answer = server.getreply()
        except OSError as error:
            self._hang_up()
            raise UnknownError(reason(error)) from error
        if code // 100 == ACCEPTED:
            server.sock.settimeout(self._mailer.timeout_seconds)
        else:
            self.close()
        return judge(code, answer, otherwise=UnknownError)


def _refuse_too_large(server: smtplib.SMTP, size: int) -> None:
    """Raise `TooLargeError` where the server has said that it takes no letter of this size."""
    most = server.esmtp_features.get("size", "")
    if most.isdecimal() and 0 < int(most) < size:  # nought: no fixed limit [RFC 1870 4]
        letter_size, limit = -(-size // KILOBYTE), int(most) // KILOBYTE
        raise TooLargeError(
            f"Brevet är {letter_size} kB, och mejlservern tar emot högst {limit} kB."
        )


def _framed(content: bytes) -> bytes:
    """Return a letter as it stands after DATA, with its end [RFC 5321 4.5.2]."""
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + end
