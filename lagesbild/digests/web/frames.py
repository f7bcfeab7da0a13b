"""Letters as files, and as pages that can stand in a frame."""

import base64
import hashlib
import re

import orjson
from flask import Response

from lagesbild.digests.rules import Letter
from lagesbild.digests.rules.mailing import PICTURE

STYLE = re.compile(r'style="([^"]*)"')
SHEET = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def framed(letter: Letter) -> Response:
    """Return the HTML of a letter exactly as it is sent, but for its picture, which stands in it.

    A letter carries its styles as attributes. Each of them is allowed by its hash, so that the
    page needs no `unsafe-inline`; it may run no script and load nothing. It counts as this site
    so that the page around it can ask how high it is.
    """
    drawn = base64.b64encode(letter.picture or b"").decode()
    body = letter.html.replace(f'src="cid:{PICTURE}"', f'src="data:image/png;base64,{drawn}"')
    body = body.replace("<head>", '<head><base target="_blank">', 1)  # links leave the frame
    styles = {_hash(style) for style in (*STYLE.findall(body), *SHEET.findall(body))}
    answer = Response(body, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-hashes' {' '.join(sorted(styles))};"
        " sandbox allow-same-origin allow-popups; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _hash(style: str) -> str:
    plain = style.replace("&#39;", "'").replace("&quot;", '"').replace("&amp;", "&")
    digest = base64.b64encode(hashlib.sha256(plain.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def plain(letter: Letter) -> Response:
    """Return the text of a letter exactly as it is sent."""
    return Response(letter.text, mimetype="text/plain")


def paper(content: bytes, name: str) -> Response:
    """Return a PDF under a name that one finds again."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def values(letter: Letter, name: str) -> Response:
    """Return a letter for machines, as it stands in the archive."""
    body = orjson.dumps(letter.content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    answer = Response(body, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.json"'
    return answer
