"""Asking a map service (OGC WFS 2.0) for the areas of a municipality, and reading its answer."""

import re
from dataclasses import dataclass

import orjson

from lagesbild.base.errors import InvalidError
from lagesbild.base.hosts import is_safe

SCB = "https://geodata.scb.se/geoserver/stat/wfs"
SAID = 200  # letters of what a service says that are passed on


@dataclass(frozen=True)
class Question:
    """What is asked for: a layer's areas of a municipality, by its four digits."""

    code: str
    layer: str
    url: str
    code_field: str


def parameters(question: Question) -> dict[str, str]:
    """Return the parameters of a question; the filter is GeoServer's CQL."""
    if not re.fullmatch(r"[A-Za-z_]\w*", question.code_field):
        raise InvalidError("code_field", "Fältets namn får ha bokstäver, siffror och _.")
    return {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": question.layer,
        "srsName": "EPSG:3006",
        "outputFormat": "application/json",
        "cql_filter": f"{question.code_field}='{question.code}'",
    }


def check_url(url: str) -> None:
    """Raise `InvalidError` for an address that may not be asked."""
    if not is_safe(url):
        raise InvalidError("url", "Karttjänstens adress ska börja med https://.")


def count(content: bytes, question: Question) -> int:
    """Return how many areas an answer has; raise `InvalidError` for anything but all of them."""
    if content.lstrip()[:1] == b"<":
        raise InvalidError("url", f"Karttjänsten svarade inte med områden. {_exception(content)}")
    try:
        answer = orjson.loads(content)
        features = answer["features"]
        number = len(features)
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InvalidError(
            "url", "Karttjänstens svar går inte att läsa. Är adressen rätt?"
        ) from error
    if not number:
        raise InvalidError(
            "layer",
            f"Karttjänsten har inga områden i {question.layer} med {question.code_field}"
            f" {question.code}.",
        )
    matched = answer.get("numberMatched")
    if isinstance(matched, int) and matched > number:
        raise InvalidError(
            "url", f"Karttjänsten gav bara {number} av {matched} områden. Hämta dem för hand."
        )
    return number


def _exception(content: bytes) -> str:
    """Return what a service says in its exception (XML), as text without signs that steer."""
    text = content.decode("utf-8", errors="replace")
    found = re.search(
        r"<(?:\w+:)?(?:ExceptionText|ServiceException)\b[^>]*>(.*?)</", text, re.DOTALL
    )
    if found is None:
        return "Är adressen rätt?"
    said = " ".join(re.sub(r"<!\[CDATA\[|\]\]>", "", found[1]).split())
    return f"Den säger: ”{''.join(sign for sign in said if sign.isprintable())[:SAID]}”"
