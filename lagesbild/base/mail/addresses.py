"""What the addresses in the settings mean. A wrong one is a sentence that does not repeat it."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from lagesbild.base.errors import SetupError
from lagesbild.base.mail.fallback import Both
from lagesbild.base.mail.folder import FileMailer
from lagesbild.base.mail.kinds import Mailers
from lagesbild.base.mail.smtp import SmtpMailer
from lagesbild.base.mail.tokens import Grant, Tokens
from lagesbild.base.settings import Settings

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
FIRST, SECOND = "LAGESBILD_SMTP_URL", "LAGESBILD_SMTP_FALLBACK_URL"
FORMS = (
    "Skriv smtp://server:25, smtps://server:465, smtp+starttls://server:587"
    " (med namn:lösenord@ före servern om den vill ha det) eller file:mapp."
)

Way = FileMailer | SmtpMailer

_tokens = cache(Tokens)  # so that a key outlives a tick


def mailer(url: str) -> Way:
    """Return what an address in the settings means, or raise `SetupError`."""
    if url.startswith("file:") and url != "file:":
        return FileMailer(Path(url.removeprefix("file:")))
    return _server(url, FIRST)


def ways(settings: Settings) -> list[Way]:
    """Return the ways that mail can leave by, the first first.

    Raises `SetupError` for what cannot work.
    """
    first = _with_tokens(settings, mailer(settings.mail_url))
    if not settings.smtp_fallback_url:
        return [first]
    second = _server(settings.smtp_fallback_url, SECOND)
    if isinstance(first, FileMailer):
        raise SetupError(f"{SECOND} är andra vägen för mejl. Den första, {FIRST}, saknas.")
    return [first, second]


def mailers(settings: Settings) -> Mailers:
    """Return how letters and alarms leave. Raises `SetupError` for what cannot work."""
    first, *others = ways(settings)
    if not others:
        return Mailers(first, first)
    [second] = others
    return Mailers(Both(first, second), Both(second, first))


def _with_tokens(settings: Settings, first: Way) -> Way:
    """Return a way that signs in with keys, where the settings say so."""
    needed = {
        "TOKEN_URL": settings.smtp_token_url,
        "CLIENT_ID": settings.smtp_client_id,
        "CLIENT_SECRET": settings.smtp_client_secret.get_secret_value(),
    }
    refresh_token = settings.smtp_refresh_token.get_secret_value()
    if not any((*needed.values(), settings.smtp_scope, refresh_token)):
        return first
    if missing := [f"LAGESBILD_SMTP_{name}" for name, value in needed.items() if not value]:
        raise SetupError(f"För inloggning med XOAUTH2 saknas {' och '.join(missing)}.")
    if not isinstance(first, SmtpMailer) or first.scheme == "smtp":
        raise SetupError(f"Med XOAUTH2 ska {FIRST} börja med smtp+starttls:// eller smtps://.")
    if not first.username or first.password:
        raise SetupError(
            f"Med XOAUTH2 ska brevlådan, men inget lösenord, stå i {FIRST}:"
            " smtp+starttls://post%40example.se@server:587."
        )
    url, client_id, secret = needed.values()
    grant = Grant(url, client_id, secret, settings.smtp_scope, refresh_token)
    return replace(first, tokens=_tokens(grant))


def _server(url: str, setting: str) -> SmtpMailer:
    """Return the mail server of an address, or raise `SetupError`."""
    try:
        target = urlsplit(url)
        host, port = target.hostname or "", target.port
        host.encode("idna")
    except ValueError as error:
        raise SetupError(f"{setting} går inte att läsa. {FORMS}") from error
    username, password = unquote(target.username or ""), unquote(target.password or "")
    if target.scheme not in PORTS or not host or _has_more(target):
        raise SetupError(f"{setting} går inte att läsa. {FORMS}")
    if not (username + password).isascii():
        raise SetupError(f"Namn och lösenord i {setting} får bara ha tecken som finns i ASCII.")
    return SmtpMailer(target.scheme, host, port or PORTS[target.scheme], username, password)


def _has_more(target: SplitResult) -> bool:
    """Whether an address goes on after the server: a password with an unquoted sign does."""
    return target.path not in {"", "/"} or bool(target.query or target.fragment)
