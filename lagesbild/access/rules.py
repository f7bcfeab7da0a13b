"""What a credential is, and how often somebody may guess."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from lagesbild.base import privacy
from lagesbild.base.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    SignInError,
    TooManyError,
)
from lagesbild.districts.rules import slug_of
from lagesbild.people.rules import Organisation, Visitor

SESSION_LASTS = timedelta(hours=12)
GUESS_WINDOW = timedelta(minutes=15)
MAX_GUESSES_PER_MAIL = 8
MAX_GUESSES_PER_ADDRESS = 40
MIN_PASSWORD = 12
MAX_NAME = 100
LONGEST_SHOWN = 40
# The example municipality and its people.
EXAMPLE, EXAMPLE_CODE, EXAMPLE_MAIL = "demo", "0000", "@demo.example"
EXAMPLE_REFUSED = "Exempelkommunens personer kan inte logga in i drift."


@dataclass(frozen=True)
class SignIn:
    """A person's stored password hash, before it is compared."""

    person_id: UUID
    password_hash: str | None


@dataclass(frozen=True)
class Newcomer:
    """Somebody to let in. Without a password they come in by another door later."""

    mail: str
    name: str
    password: str | None = None


def check_name(field: str, text: str) -> None:
    """Raise `InvalidError` for a name that is empty, breaks a line or holds a personal number."""
    if not text.strip() or not text.isprintable():
        raise InvalidError(field, "Skriv ett namn utan radbrytningar och styrtecken.")
    if len(text) > MAX_NAME:
        raise InvalidError(field, f"Namnet är för långt. Högst {MAX_NAME} tecken får plats.")
    privacy.guard(field, text, confirmed=True)


def check_mail(mail: str) -> None:
    """Raise `InvalidError` for what cannot be an e-mail address; the mail server knows the rest."""
    local, _, domain = mail.partition("@")
    if not (local and "." in domain and mail.isprintable() and " " not in mail):
        raise InvalidError("mail", "Det är inte en e-postadress. Skriv den som namn@kommun.se.")
    privacy.guard("mail", mail, confirmed=True)


def check_municipality(*, slug: str, name: str, code: str) -> None:
    """Raise `InvalidError` for what cannot be a municipality's name, code or short name."""
    check_name("name", name)
    if not (len(code) == len("0126") and code.isdecimal() and code.isascii()):
        raise InvalidError("code", "Kommunkoden ska ha fyra siffror, till exempel 0126.")
    privacy.guard("slug", slug, confirmed=True)
    if slug != slug_of(slug):
        raise InvalidError("slug", "Kortnamnet får ha a–z, siffror och bindestreck.")
    if slug == EXAMPLE and code != EXAMPLE_CODE:
        raise InvalidError("slug", "Det kortnamnet har exempelkommunen. Välj ett annat.")


def check_organisation(organisation: Organisation) -> None:
    """Raise `InvalidError` for a name or short name that cannot be an organisation's."""
    for text in (organisation.name, organisation.slug):
        check_name("organisation", text)
    if organisation.slug != slug_of(organisation.slug):
        raise InvalidError("slug", "Kortnamnet får ha a–z, siffror och bindestreck.")


def no_organisation(slug: str, known: Sequence[Organisation]) -> NotFoundError:
    """Return what is said of an organisation that is not in the group."""
    names = ", ".join(organisation.slug for organisation in known)
    asked = privacy.shown(slug, LONGEST_SHOWN)
    return NotFoundError(f"Organisationen {asked} finns inte i gruppen. De som finns: {names}.")


def check_together(slug: str, known: Collection[str]) -> None:
    """Raise `ConflictError` for the example where there is a municipality already."""
    if slug == EXAMPLE and known and EXAMPLE not in known:
        raise ConflictError("Databasen är inte tom. Exempelkommunen fylls bara i en tom databas.")


def refuse_example(mail: str) -> None:
    """Raise `SignInError` for the example's people: their password is no secret."""
    if mail.strip().lower().endswith(EXAMPLE_MAIL):
        raise SignInError(EXAMPLE_REFUSED)


def refuse_example_group(visitor: Visitor) -> None:
    """Raise `SignInError` for who is in the example, as a restored database may have it."""
    if any(actor.group.slug == EXAMPLE for actor in visitor.actors):
        raise SignInError(EXAMPLE_REFUSED)


def new_secret() -> str:
    """Return a fresh secret of 256 bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """Return what is stored of a secret: a SHA-256, since the secret itself is random."""
    return hashlib.sha256(secret.encode()).digest()


def check_guesses(*, by_mail: int, by_address: int) -> None:
    """Raise `TooManyError` when the failed attempts of the window are too many."""
    if by_mail >= MAX_GUESSES_PER_MAIL or by_address >= MAX_GUESSES_PER_ADDRESS:
        raise TooManyError("För många försök. Vänta en kvart och försök igen.")


def check_password(password: str) -> None:
    """Raise `InvalidError` for a short one [NIST SP 800-63B 3.1.1.2], or a personal number."""
    if len(password) < MIN_PASSWORD:
        raise InvalidError(
            "password", f"Lösenordet är för kort. Välj ett med minst {MIN_PASSWORD} tecken."
        )
    privacy.guard("password", password, confirmed=True)  # it stands in forms, and is guessed first
