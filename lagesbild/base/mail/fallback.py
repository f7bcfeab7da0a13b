"""Two ways for a letter: what the first puts off is tried at the second, in the same attempt."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from lagesbild.base.mail.answers import DeferredError, RefusedError, UnreachableError
from lagesbild.base.mail.kinds import Line, Mailer
from lagesbild.base.mail.message import address


@dataclass(frozen=True)
class Both:
    """A mailer, and another for what it puts off.

    What the first has refused, or may have taken, is tried nowhere else: it might arrive twice.
    """

    first: Mailer
    second: Mailer

    @property
    def name(self) -> str:
        """What they are called together."""
        return f"{self.first.name}, {self.second.name}"

    @contextmanager
    def opened(self) -> Iterator["_Fork"]:
        """Open lines for several letters."""
        with self.first.opened() as first, self.second.opened() as second:
            yield _Fork(first, second, self.second.name)

    def send(self, message: EmailMessage) -> str:
        """Hand over a single letter and return the answer, or raise a `MailError`."""
        with self.opened() as line:
            return line.send(message)


class _Fork:
    """Lines to both. A first that cannot be reached is asked once, not once for each letter."""

    def __init__(self, first: Line, second: Line, via: str) -> None:
        self._first, self._second, self._via = first, second, via
        self._out_of_reach = ""

    def send(self, message: EmailMessage) -> str:
        for name in ("From", "To"):
            address(message, name)  # one that is none is refused, whichever is asked
        said = self._out_of_reach
        if not said:
            try:
                return self._first.send(message)
            except UnreachableError as error:
                said = self._out_of_reach = str(error)
            except DeferredError as error:
                said = str(error)
        try:
            return f"{self._second.send(message)} ({self._via})"
        except (DeferredError, RefusedError) as error:  # the first one's no is what counts
            raise DeferredError(f"{said} ({self._via}: {error})") from error
