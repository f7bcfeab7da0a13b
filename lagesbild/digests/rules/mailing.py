"""A letter as a mail to one recipient."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from html import escape

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.sender import one_sender
from lagesbild.digests.rules import Delivery, Letter

BODY = re.compile(r"<body[^>]*>")
NOTE_STYLE = "margin: 0; padding: 12px 16px; font: 16px/24px Arial, sans-serif"
PICTURE = "karta"  # what the HTML calls the picture: `cid:karta`


@dataclass(frozen=True)
class Envelope:
    """From whom a letter is, and where answers to it go; empty for nowhere else."""

    sender: str
    name: str = ""
    reply_to: str = ""
    note: str = ""  # said before the letter itself, which stays as it was approved

    @property
    def from_(self) -> str:
        """The sender as it stands in the head: under the group's own name where it has one."""
        return one_sender(self.sender, self.name)


def message(letter: Letter, delivery: Delivery, envelope: Envelope, now: datetime) -> EmailMessage:
    """Return a letter as it goes to one recipient: text, HTML with its picture inside, the PDF."""
    made = EmailMessage()
    made["Subject"] = letter.subject
    made["From"] = envelope.from_
    made["To"] = delivery.recipient
    if envelope.reply_to:
        made["Reply-To"] = envelope.reply_to
    made["Date"] = now.astimezone(STOCKHOLM)
    made["Message-ID"] = delivery.message_id
    made["Auto-Submitted"] = "auto-generated"  # no answers from machines [RFC 3834]
    text, html = _noted(letter, envelope.note)
    made.set_content(text, cte="quoted-printable")
    if html:
        made.add_alternative(html, subtype="html", cte="quoted-printable")
    if letter.picture is not None:
        page = made.get_payload(1)
        assert isinstance(page, EmailMessage), "the HTML, added just above"
        page.add_related(
            letter.picture,
            "image",
            "png",
            cid=f"<{PICTURE}>",
            disposition="inline",
            filename="karta.png",
        )
    if letter.pdf is not None:
        made.add_attachment(letter.pdf, "application", "pdf", filename="lagesbild.pdf")
    made["Content-Language"] = "sv"  # last: what is added moves such headers to a part
    return made


def _noted(letter: Letter, note: str) -> tuple[str, str]:
    """Return the text and the HTML of a letter, with a note before each."""
    if not note:
        return letter.text, letter.html
    said = f'<p style="{NOTE_STYLE}">{escape(note)}</p>'
    html = BODY.sub(lambda found: found[0] + said, letter.html, count=1)
    return f"{note}\n\n{letter.text}", html
