"""Fetching a layer from a map service to a file. Nothing is stored, and no transaction is open."""

import time
from pathlib import Path

import requests

from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import wfs
from lagesbild.exchange.rules.outlines.wfs import Question
from lagesbild.exchange.store import outlines as store
from lagesbild.people.rules import Actor, Permission, require

CHUNK = 65_536


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
    try:
        with requests.get(
            question.url,
            params=wfs.parameters(question),
            timeout=(wfs.CONNECT_SECONDS, wfs.SILENT_SECONDS),
            stream=True,
            headers={"Accept": "application/json"},
        ) as response:
            content = _content(response)
            if not response.ok and content.lstrip()[:1] != b"<":
                raise InvalidError(
                    "url", f"Karttjänsten svarade med fel {response.status_code}. Försök senare."
                )
            return content
    except requests.RequestException as error:
        raise InvalidError(
            "url", "Karttjänsten går inte att nå, eller svarade inte i tid. Försök senare."
        ) from error


def _content(response: requests.Response) -> bytes:
    """Return the body, or raise `InvalidError` when it is too large or takes too long."""
    content = bytearray()
    began = time.monotonic()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > wfs.MAX_BYTES:
            raise InvalidError(
                "url", f"Karttjänstens svar är större än {wfs.MAX_BYTES // 1_000_000} MB."
            )
        if time.monotonic() - began > wfs.LONGEST_SECONDS:
            raise InvalidError("url", "Karttjänsten blev inte klar i tid. Försök senare.")
    return bytes(content)
