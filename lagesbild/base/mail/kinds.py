"""How mail leaves: what can hand over a letter."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol


class Line(Protocol):
    """Anything that can hand over a letter."""

    def send(self, message: EmailMessage) -> str:
        """Hand a letter to its one recipient and return the answer, or raise a `MailError`."""
        ...


class Mailer(Line, Protocol):
    """What can do so once, or letter after letter."""

    @property
    def name(self) -> str:
        """What it is called in an answer."""
        ...

    def opened(self) -> AbstractContextManager[Line]:
        """Open a line for several letters."""
        ...


@dataclass(frozen=True)
class Mailers:
    """What letters leave by, and what alarms leave by: the same servers, the other one first."""

    letters: Mailer
    alarms: Mailer


@dataclass(frozen=True)
class Post:
    """How mail leaves: by what, from whom, and where its links lead."""

    mailer: Mailer
    sender: str
    base_url: str
    alarms: Mailer | None = None  # where what is urgent leaves by another way
