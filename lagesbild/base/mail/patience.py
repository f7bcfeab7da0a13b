"""Waiting once for a mail server that does not answer, and not once for each letter.

With many groups a tick would else last for hours, and what tells of the silence waits as long.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from time import monotonic

from lagesbild.base.mail.answers import UnreachableError
from lagesbild.base.mail.fallback import Both
from lagesbild.base.mail.kinds import Line, Mailer, Post

SLOW_SECONDS = 5.0  # a no at once costs little, and the next letter may fare better


def patient(post: Post) -> Post:
    """Return the same ways for mail, each of which is waited for once. For the time of a tick."""
    return replace(post, mailer=_once(post.mailer), alarms=post.alarms and _once(post.alarms))


def _once(mailer: Mailer) -> Mailer:
    if isinstance(mailer, Both):
        return Both(_once(mailer.first), _once(mailer.second))
    return _Once(mailer)


@dataclass
class _Once:
    """A mailer, and what it was when it was waited for in vain."""

    mailer: Mailer
    out_of_reach: str = ""

    @property
    def name(self) -> str:
        """What it is called in an answer."""
        return self.mailer.name

    @contextmanager
    def opened(self) -> Iterator[Line]:
        """Open a line for several letters."""
        with self.mailer.opened() as line:
            yield _Line(self, line)

    def send(self, message: EmailMessage) -> str:
        """Hand over a single letter and return the answer, or raise a `MailError`."""
        with self.opened() as line:
            return line.send(message)


@dataclass
class _Line:
    of: _Once
    line: Line

    def send(self, message: EmailMessage) -> str:
        if self.of.out_of_reach:
            raise UnreachableError(self.of.out_of_reach)
        began = monotonic()
        try:
            return self.line.send(message)
        except UnreachableError as error:
            if monotonic() - began >= SLOW_SECONDS:
                self.of.out_of_reach = str(error)
            raise
