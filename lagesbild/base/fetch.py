"""Asking another host by HTTP: for so long and so much, and nobody that it leads on to."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urljoin, urlsplit

import requests

from lagesbild.base import hosts

CHUNK = 64 * 1024
MAX_REDIRECTS = 3
SLOW = "det tog för lång tid"


class FetchError(Exception):
    """There is no answer that can be used; the message is the Swedish clause that says why."""


@dataclass(frozen=True)
class Limits:
    """Seconds until there is a connection, of silence, and for everything; bytes of an answer."""

    connect: float
    silent: float
    whole: float
    size: int


@dataclass(frozen=True)
class Reply:
    """What a host answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    address: str,
    limits: Limits,
    *,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    unread: Container[int] = (),
) -> Reply:
    """Return the answer of an address, or of where it leads on the same host.

    The body is left out for a status in `unread`. Raises `FetchError`.
    """
    if not hosts.is_safe(address):
        raise FetchError("adressen är inte https")
    until = monotonic() + limits.whole
    try:
        for _ in range(MAX_REDIRECTS + 1):
            with requests.get(
                address,
                params=params,
                headers=headers,
                timeout=(limits.connect, limits.silent),
                stream=True,
                allow_redirects=False,
            ) as found:
                if not found.is_redirect:
                    skipped = found.status_code in unread
                    body = b"" if skipped else _body(found, limits.size, until)
                    return Reply(found.status_code, found.headers, body)
                address, params = _led_to(found), None
    except requests.Timeout as error:
        raise FetchError(SLOW) from error
    except requests.RequestException as error:
        raise FetchError("den går inte att nå, eller anslutningen bröts") from error
    raise FetchError("den hänvisar i en ring")


def _led_to(found: requests.Response) -> str:
    """Return where a redirect leads, which must have the same scheme, host and port."""
    try:
        address = urljoin(found.url, found.headers["Location"])
        is_same = urlsplit(address)[:2] == urlsplit(found.url)[:2]
    except ValueError as error:
        raise FetchError("den hänvisar till något som inte är en adress") from error
    if not is_same:
        raise FetchError("den hänvisar till en annan värd")
    return address


def _body(found: requests.Response, size: int, until: float) -> bytes:
    body = bytearray()
    for chunk in found.iter_content(CHUNK):
        body += chunk
        if len(body) > size:
            raise FetchError("svaret är för stort")
        if monotonic() > until:
            raise FetchError(SLOW)
    return bytes(body)
