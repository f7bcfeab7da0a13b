"""A mail as it goes out: one or more notices to one person, as plain text."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.lines import NO_BREAK, wrapped
from lagesbild.base.sender import one_sender
from lagesbild.notices.rules import Kind, Notice
from lagesbild.people.rules import Group

COLUMNS = 72
SEVERAL = {
    Kind.REPORT: "påminnelser att rapportera",
    Kind.INQUIRY: "frågor till er",
    Kind.ACTION: "era åtgärder",
    Kind.LED: "åtgärder som era rapporter ledde till",
    Kind.PICTURE: "fastställda bilder",
}


def message(
    group: Group,
    told: Sequence[Notice],
    *,
    addresses: tuple[str, str],
    message_id: str,
    now: datetime,
) -> EmailMessage:
    """Return the mail that tells one person; `addresses` are the sender's and that of the site."""
    sender, base_url = addresses
    made = EmailMessage()
    made["Subject"] = f"Lägesbild {group.name}: {subject(told)}"
    made["From"] = one_sender(sender)
    made["To"] = told[0].place.mail
    made["Date"] = now.astimezone(STOCKHOLM)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"  # no answers from machines [RFC 3834]
    made.set_content(text(group, told, base_url), cte="quoted-printable")
    made["Content-Language"] = "sv"  # last: setting the content takes such headers away
    return made


def subject(told: Sequence[Notice]) -> str:
    """Return what a mail is about, in a few words."""
    kinds = {notice.event.kind for notice in told}
    if len(told) == 1:
        return told[0].event.head
    return f"{SEVERAL[told[0].event.kind] if len(kinds) == 1 else 'aviseringar'} ({len(told)})"


def text(group: Group, told: Sequence[Notice], base_url: str) -> str:
    """Return the text of a mail: each thing once, with its link."""
    home = f"{base_url}/g/{group.slug}"
    parts = dict.fromkeys(f"{_lines(n.event.text)}\n{home}/{n.path}" for n in told)
    why = _lines(
        f"Du får det här för att du är med i {group.name}. Länkarna frågar efter inloggning."
        " Vad du vill få veta väljer du här:"
    )
    return "\n\n".join([*parts, f"--\n{why}\n{home}/aviseringar"]) + "\n"


def _lines(said: str) -> str:
    """Return a sentence in lines of at most 72 signs; the time of day stays on one."""
    return wrapped(said.replace(" kl. ", f" kl.{NO_BREAK}"), COLUMNS)
