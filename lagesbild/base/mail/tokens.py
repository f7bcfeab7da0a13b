"""Keys for hosted mail, which takes no passwords: asked for, and kept until shortly before the end.

No text that leaves here holds a secret, nor anything that the other side has said freely.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from lagesbild.base.mail.answers import UnreachableError

TIMEOUT_SECONDS = 20.0
MARGIN_SECONDS = 60.0
# In the form, not in a header: programs disagree about signs like % and + in the latter.
AUTHENTICATION = "client_secret_post"
# What a service may say no with [RFC 6749 5.2]; anything else is not repeated.
KNOWN = {
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
}


@dataclass(frozen=True)
class Grant:
    """Where keys come from, and what they are given for."""

    url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = ""
    refresh_token: str = field(default="", repr=False)


class Tokens:
    """The keys of one grant."""

    def __init__(self, grant: Grant, clock: Callable[[], float] = monotonic) -> None:
        """Ask nobody yet."""
        self._grant, self._clock = grant, clock
        self._refresh_token = grant.refresh_token
        self._token, self._until = "", 0.0

    def current(self) -> str:
        """Return a key that can be used. Raises `UnreachableError`."""
        if not self._token or self._clock() >= self._until:
            asked_at = self._clock()
            token, lasts = self._asked()
            self._token, self._until = token, asked_at + lasts - MARGIN_SECONDS
        return self._token

    def forget(self, token: str) -> None:
        """Use a key no more: the mail server did not take it."""
        if token == self._token:
            self._token = ""

    def _asked(self) -> tuple[str, float]:
        """Return a new key, and how many seconds it lasts."""
        try:
            found = self._fetched()
            token, lasts = _shown(found["access_token"]), float(found.get("expires_in") or 0)
        except (requests.RequestException, AuthlibBaseError, LookupError, ValueError) as error:
            who = urlsplit(self._grant.url).hostname
            raise UnreachableError(f"Ingen nyckel till mejlen: {who} {_why(error)}.") from error
        self._refresh_token = found.get("refresh_token") or self._refresh_token
        return token, lasts

    def _fetched(self) -> Mapping[str, Any]:
        """Return what the service gives: on somebody's behalf, or to the program itself."""
        grant = self._grant
        limits = {"timeout": TIMEOUT_SECONDS, "allow_redirects": False}
        with OAuth2Session(
            grant.client_id,
            grant.secret,
            token_endpoint_auth_method=AUTHENTICATION,
            scope=grant.scope or None,
        ) as session:
            for kind in ("access_token_response", "refresh_token_response"):
                session.register_compliance_hook(kind, _whole)
            found: Mapping[str, Any] = (
                session.refresh_token(grant.url, self._refresh_token, **limits)
                if self._refresh_token
                else session.fetch_token(grant.url, grant_type="client_credentials", **limits)
            )
        return found


def _whole(answer: requests.Response) -> requests.Response:
    """Return an answer of the service itself: what was asked with a secret is not passed on."""
    if answer.is_redirect:
        raise ValueError("it leads elsewhere")
    return answer


def _shown(token: object) -> str:
    """Return a key as it is shown to a mail server, or raise `ValueError`."""
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        raise ValueError("no key")
    return token


def _why(error: Exception) -> str:
    """Return what went wrong as the end of a sentence, without anything that was sent."""
    if isinstance(error, AuthlibBaseError):
        return f"säger nej ({error.error})" if str(error.error) in KNOWN else "säger nej"
    if isinstance(error, requests.HTTPError):
        return f"svarar {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "svarar inte i tid"
    unread = not isinstance(error, requests.ConnectionError)
    return "svarar något som inte går att läsa" if unread else "går inte att nå"
