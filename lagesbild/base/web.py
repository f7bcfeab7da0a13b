"""What all pages and the API share: errors, headers, the words of dates and numbers."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from lagesbild.base import clock, errors, privacy
from lagesbild.base.openapi import PROBLEM

STATUS: dict[type[errors.LagesbildError], int] = {
    errors.NotFoundError: 404,
    errors.NotAllowedError: 403,
    errors.SignInError: 401,
    errors.TooManyError: 429,
    errors.ConflictError: 409,
    errors.InvalidError: 422,
    errors.SetupError: 503,
}
API = "/api/"
PACKED = [
    "text/css", "text/javascript", "image/svg+xml", "application/geo+json",
    "application/vnd.mapbox-vector-tile",
]  # fmt: skip
compress = Compress()
YEAR_SECONDS = 365 * 24 * 3600
TITLES = {
    400: "Det gick inte att läsa",
    401: "Logga in först",
    403: "Du saknar behörighet",
    404: "Sidan finns inte",
    405: "Det går inte att göra så här",
    409: "Någon annan hann före",
    413: "För stort",
    415: "Fel sorts innehåll",
    422: "Något behöver rättas",
    429: "För många försök",
    500: "Något gick fel hos oss",
    503: "Något saknas i installationen",
}
SENTENCES = {
    400: "Det du skickade gick inte att läsa. Gå tillbaka, ladda om sidan och försök igen.",
    404: "Adressen leder inte till någon sida. Kontrollera den, eller börja från veckan.",
    405: "Sidan tar inte emot det du skickade.",
    413: "Det du skickade är för stort. Korta texten och försök igen.",
    415: "Skicka innehållet som JSON (application/geo+json eller application/json).",
    500: "Felet är noterat. Det du redan har sparat finns kvar. Försök igen om en stund.",
}
WRONG_TYPE = {
    "missing": "Uppgiften saknas.",
    "extra_forbidden": "Uppgiften är okänd och tas inte emot.",
    "json_invalid": "Innehållet går inte att läsa som JSON.",
    "string_too_long": "Texten är för lång.",
    "string_too_short": "Skriv något här.",
    "timezone_aware": "Tiden saknar tidszon. Skriv till exempel 2026-11-19T14:30:00+01:00.",
    "uuid_parsing": "Det är inte ett id (UUID).",
    "enum": "Värdet finns inte i listan.",
    "literal_error": "Värdet finns inte i listan.",
    "finite_number": "Talet är för stort eller inget tal.",
}
WRONG_KIND = {  # by the beginning of pydantic's type
    "datetime": "Det är inte en tid. Skriv till exempel 2026-11-19T14:30.",
    "date": "Det är inte ett datum. Skriv till exempel 2026-11-19.",
    "time": "Det är inte ett klockslag. Skriv till exempel 09:00.",
    "float": "Det är inte ett tal.",
    "int": "Det är inte ett heltal.",
    "bool": "Svara ja eller nej (true eller false).",
    "string": "Det är inte en text.",
    "list": "Det är inte en lista.",
    "greater": "Talet är för litet.",
    "less": "Talet är för stort.",
}


def sentence_of(error: Mapping[str, Any]) -> str:
    """Return the Swedish sentence for one of pydantic's errors. Never repeats the input."""
    kind = error["type"]
    if kind == "value_error":
        return str(error.get("ctx", {}).get("error", "Värdet stämmer inte."))
    by_kind = next((text for start, text in WRONG_KIND.items() if kind.startswith(start)), None)
    return WRONG_TYPE.get(kind) or by_kind or "Värdet stämmer inte."


def invalid(error: ValidationError) -> errors.InvalidError:
    """Return the first wrong field of a form or body as the error that a person can act on."""
    first = error.errors(include_url=False, include_input=False)[0]
    names = [str(part) for part in first["loc"]] or ["body"]
    inner = [name for name in names if name != "properties"]
    return errors.InvalidError((inner or names)[0], sentence_of(first))


def _answer(status: int, sentence: str, field: str | None = None) -> Response:
    title = TITLES.get(status, TITLES[400])
    if request.path.startswith(API):
        body = {"type": "about:blank", "title": title, "status": status, "detail": sentence}
        if field is not None:
            body["field"] = field
        answer = make_response(body, status)
        answer.mimetype = PROBLEM
        if status == STATUS[errors.SignInError]:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    page = render_template("error.html", title=title, sentence=sentence, field=field)
    return make_response(page, status)


def show_error(error: errors.LagesbildError) -> ResponseReturnValue:
    """Return the error page or problem, with the status from the table."""
    field = getattr(error, "field", None)  # may be the sender's own word
    safe = privacy.redacted(field) if field is not None else None
    return _answer(STATUS[type(error)], privacy.redacted(str(error)), safe)


def show_form_error(error: ValidationError) -> ResponseReturnValue:
    """Return the first field that was sent in the wrong form."""
    return show_error(invalid(error))


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """Return what Flask itself refuses, in our own words."""
    status = error.code or 500
    answer = _answer(status, SENTENCES.get(status, SENTENCES[400]))
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def new_nonce() -> None:
    """Give the request the nonce that its own scripts and styles carry."""
    g.nonce = secrets.token_urlsafe(16)


def refuse_nul() -> None:
    """Stop the one sign that PostgreSQL cannot store, wherever an address carries it."""
    if "\x00" in request.path:
        raise errors.NotFoundError(SENTENCES[404])
    for name, value in request.args.items(multi=True):
        if "\x00" in name + value:
            raise errors.InvalidError(
                name.replace("\x00", ""), "Adressen innehåller ett tecken som inte går att läsa."
            )


def harden(response: Response) -> Response:
    """Set the security headers that a page has not set itself."""
    images = " ".join(("'self'", "data:", g.get("tile_host", "")))
    nonce = g.get("nonce", "none")
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}';"
        f" img-src {images.strip()}; connect-src 'self'; form-action 'self'; frame-src 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    for name, value in (
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:  # people come by https, and shall go on so
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def pack(response: Response) -> Response:
    """Make files smaller, and what a route says may be: it sets `g.packed`.

    Never pages: how small one with a token in it becomes tells of the token (BREACH). Nor what
    has a tag that programs send back.
    """
    if request.endpoint == "static" and response.mimetype in PACKED:
        response.direct_passthrough = False
        response.make_sequence()  # the library leaves a file open that it reads bit by bit
    elif not g.get("packed"):
        return response
    return compress.after_request(response)


def inside(address: str) -> str:
    """Return an address of this site, never another's, and none with a personal number in it."""
    parts = urlsplit(address.replace("\\", "/"))
    path = parts.path if parts.path.startswith("/") and not parts.path.startswith("//") else "/"
    found = f"{path}?{parts.query}" if parts.query else path
    return "/" if privacy.is_refused(unquote_plus(found)) else found


def mean_text(mean: float) -> str:
    """Return a mean as people write it: whole from ten, else one decimal and a comma; 0 is 0."""
    text = f"{mean:.0f}" if mean >= 10 or not mean else f"{mean:.1f}"  # noqa: PLR2004 – see above
    return text.replace(".", ",")


def input_time(moment: datetime | None) -> str:
    """Return a moment as a `datetime-local` field takes it, in Swedish local time."""
    return moment.astimezone(clock.STOCKHOLM).strftime("%Y-%m-%dT%H:%M") if moment else ""


def register(app: Flask) -> None:
    """Attach errors, headers, packing and filters to the application."""
    app.config.update(COMPRESS_MIMETYPES=PACKED, COMPRESS_REGISTER=False)
    compress.init_app(app)
    app.after_request(pack)
    app.register_error_handler(errors.LagesbildError, show_error)
    app.register_error_handler(ValidationError, show_form_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.before_request(new_nonce)
    app.before_request(refuse_nul)
    app.after_request(harden)
    app.jinja_env.filters.update(
        day=lambda day: clock.day_text(day, seen=clock.now()),
        moment=lambda moment: clock.moment_text(moment, seen=clock.now()),
        period=clock.period_text,
        mean=mean_text,
        input_time=input_time,
    )
