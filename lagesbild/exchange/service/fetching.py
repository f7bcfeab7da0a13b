"""Fetching a layer from a map service to a file. Nothing is stored, and no transaction is open."""

from pathlib import Path

from lagesbild.base import fetch as http
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.base.fetch import FetchError, Limits
from lagesbild.exchange.rules.outlines import wfs
from lagesbild.exchange.rules.outlines.wfs import Question
from lagesbild.exchange.store import outlines as store
from lagesbild.people.rules import Actor, Permission, require

# SCB's service was seen to need 90 s for 500 areas; Stockholm has 600.
LIMITS = Limits(connect=10, silent=120, whole=300, size=50_000_000)
ERROR = 400  # the first status of one


def municipality_code(session: Session, actor: Actor) -> str:
    """Return the four digits of the actor's municipality."""
    require(actor, Permission.ADMINISTER)
    return store.municipality_code(session, actor.group.municipality_id)


def fetch(actor: Actor, question: Question, file: Path) -> int:
    """Write a map service's areas to a file and return their number, or raise `InvalidError`."""
    require(actor, Permission.ADMINISTER)
    wfs.check_url(question.url)
    content = _answer(question)
    number = wfs.count(content, question)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidError("file", f"Filen {file} går inte att skriva.") from error
    return number


def _answer(question: Question) -> bytes:
    headers = {"Accept": "application/json"}
    parameters = wfs.parameters(question)
    try:
        reply = http.ask(question.url, LIMITS, headers=headers, params=parameters)
    except FetchError as error:
        raise InvalidError(
            "url", f"Karttjänsten svarade inte som den ska: {error}. Försök senare."
        ) from error
    if reply.status >= ERROR and reply.body.lstrip()[:1] != b"<":
        raise InvalidError("url", f"Karttjänsten svarade med fel {reply.status}. Försök senare.")
    return reply.body
