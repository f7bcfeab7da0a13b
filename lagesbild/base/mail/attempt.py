"""One attempt to hand over a letter, and what became of it."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from lagesbild.base.mail.answers import DeferredError, MailError, TooLargeError, UnknownError
from lagesbild.base.mail.kinds import Line
from lagesbild.base.outbox import WRONG_ADDRESS, Outcome, State, next_attempt

Make = Callable[[], EmailMessage]


def hand_over(
    line: Line,
    make: Make,
    *,
    smaller: Make | None = None,
    attempt: int,
    first: datetime,
    now: datetime,
) -> Outcome:
    """Make a letter and hand it over, with no transaction open; return what became of it.

    `smaller` makes what goes in its place where the server takes no letter of that size.
    """
    try:
        return Outcome(State.ACCEPTED, _sent(line, make, smaller))
    except DeferredError as error:
        again = next_attempt(attempt, first, now)
        return Outcome(State.PENDING if again else State.REFUSED, str(error), again)
    except MailError as error:
        lost = isinstance(error, UnknownError)
        return Outcome(State.UNKNOWN if lost else State.REFUSED, str(error))
    except ValueError:  # an address that cannot stand in a header
        return Outcome(State.REFUSED, WRONG_ADDRESS)


def _sent(line: Line, make: Make, smaller: Make | None) -> str:
    try:
        return line.send(make())
    except TooLargeError:
        if smaller is None:
            raise
        return line.send(smaller())
