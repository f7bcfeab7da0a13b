"""A letter as mail servers want it: one sender, one recipient, and bytes."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from lagesbild.base.mail.answers import RefusedError
from lagesbild.base.outbox import WRONG_ADDRESS

WIRE = SMTP.clone(cte_type="7bit")  # CRLF, and no server has to know 8BITMIME or SMTPUTF8


@dataclass(frozen=True)
class Letter:
    """What is handed to a server."""

    sender: str
    recipient: str
    content: bytes


def letter(message: EmailMessage) -> Letter:
    """Return a message as it is handed over. Raises `RefusedError` for an address that is none."""
    sender, recipient = address(message, "From"), address(message, "To")
    return Letter(sender, recipient, message.as_bytes(policy=WIRE))


def address(message: EmailMessage, name: str) -> str:
    """Return the one address of a header, or raise `RefusedError` when it is none."""
    found = [a.addr_spec for a in getattr(message[name], "addresses", ())]
    if len(found) != 1 or not found[0].isascii() or not found[0].rpartition("@")[0]:
        raise RefusedError(WRONG_ADDRESS)
    return str(found[0])


def domain(sender: str) -> str:
    """Return the domain of a sender such as `Lägesbild <post@as.example>`; `localhost` without."""
    return parseaddr(sender)[1].partition("@")[2] or "localhost"
