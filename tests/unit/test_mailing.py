"""A letter as a mail to one recipient."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import quote

import pytest

from lagesbild.base.mail.message import letter as as_sent
from lagesbild.base.outbox import State
from lagesbild.digests.rules import Delivery, Letter
from lagesbild.digests.rules.mailing import Envelope, message
from tests.build import NOBODY

NOW = datetime(2026, 11, 19, 14, tzinfo=UTC)
HTML = '<html><head></head><body class="b"><p>Ås</p><img src="cid:karta"></body></html>'
LETTER = Letter("Lägesbild Ås", HTML, "Ås\n", b"\x89PNG")
DELIVERY = Delivery(
    NOBODY, NOBODY, "ordf@as.example", State.SENDING, 1, "", None, "<17@as.example>"
)
ENVELOPE = Envelope("Lägesbild <post@as.example>")


def mail(letter: Letter = LETTER, envelope: Envelope = ENVELOPE, to: str = "") -> EmailMessage:
    made = message(letter, replace(DELIVERY, recipient=to or DELIVERY.recipient), envelope, NOW)
    return message_from_bytes(as_sent(made).content, _class=EmailMessage, policy=policy.default)


def kinds(made: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in made.walk()]


def body(made: EmailMessage, kind: str) -> str:
    part = made.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_it_is_text_and_html_with_its_picture_inside() -> None:
    assert kinds(mail()) == [
        *("multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png")
    ]


def test_the_picture_is_the_one_that_the_html_shows_and_no_attachment() -> None:
    [picture] = [part for part in mail().walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<karta>"
    assert picture.get_content_disposition() == "inline"


def test_without_a_picture_it_is_text_and_html() -> None:
    plain = replace(LETTER, picture=None)
    assert kinds(mail(plain)) == ["multipart/alternative", "text/plain", "text/html"]


def test_without_html_it_is_text_alone() -> None:
    assert kinds(mail(Letter("Påminnelse", "", "Text\n", None))) == ["text/plain"]


def test_a_pdf_is_attached_beside_the_rest() -> None:
    made = mail(replace(LETTER, pdf=b"%PDF-1.7"))
    assert made.get_content_type() == "multipart/mixed"
    [attached] = made.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == (
        "application/pdf",
        "lagesbild.pdf",
    )
    assert attached.get_content() == b"%PDF-1.7"


def test_the_head_says_whose_it_is_when_and_that_a_machine_wrote_it() -> None:
    made = mail()
    assert made["From"] == "Lägesbild <post@as.example>"
    assert made["To"] == "ordf@as.example"
    assert made["Date"] == "Thu, 19 Nov 2026 15:00:00 +0100"
    assert made["Message-ID"] == "<17@as.example>"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Content-Language"] == "sv"
    assert made["Reply-To"] is None


def test_answers_go_to_the_coordinator() -> None:
    assert mail(envelope=replace(ENVELOPE, reply_to="kommun@as.example"))["Reply-To"] == (
        "kommun@as.example"
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ås kommun", "Ås kommun"),
        ("Trygghet, As kommun", "Trygghet, As kommun"),
        ("Trygghet, Ås kommun", "Trygghet Ås kommun"),
        ('Gruppen "Ås" <x@as.example>; (a)', "Gruppen Ås x as.example a"),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_whoever_it_is_from_there_is_one_sender(name: str, shown: str, *, own: bool) -> None:
    sender = f'"{quote(name)}" <post@as.example>'
    envelope = replace(ENVELOPE, name=name) if own else Envelope(sender)
    [found] = mail(envelope=envelope)["From"].addresses
    assert (found.display_name, found.addr_spec) == (shown, "post@as.example")


def test_a_sender_without_a_name_is_an_address() -> None:
    assert mail(envelope=Envelope("post@as.example"))["From"] == "post@as.example"


def test_a_note_stands_before_the_letter_which_stays_as_it_was() -> None:
    said = "Det här brevet skulle ha gått <tors> kl. 15.00."
    made = mail(envelope=replace(ENVELOPE, note=said))
    assert body(made, "plain") == f"{said}\n\nÅs\n"
    html = body(made, "html")
    assert html.index("&lt;tors&gt; kl. 15.00") < html.index("<p>Ås</p>")
    assert html.count("<body") == 1


def test_without_a_note_the_letter_is_what_was_approved_to_the_letter() -> None:
    made = mail()
    assert body(made, "plain") == LETTER.text
    assert body(made, "html").rstrip("\n") == LETTER.html


@pytest.mark.parametrize("to", ["a@as.example\r\nBcc: b@as.example", "a@as.example\nX: y"])
def test_a_recipient_cannot_add_headers(to: str) -> None:
    with pytest.raises(ValueError, match="Header"):
        mail(to=to)


def test_nothing_is_fetched_when_it_is_opened() -> None:
    assert "http" not in body(mail(), "html")
