"""Templates that know no Flask, and pages of them as PDF."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


def templates(
    filters: Mapping[str, Callable[..., Any]] | None = None, *, last_newline: bool = False
) -> Environment:
    """Return the templates with some filters; HTML is escaped, and what is missing is an error.

    `last_newline` keeps the one that a file ends with.
    """
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=last_newline,
    )
    made.filters |= filters or {}
    return made


def pdf(page: str, *, protocols: Sequence[str] = ()) -> bytes:
    """Return a page (HTML) as a tagged PDF for paper and archive; it may fetch by `protocols`."""
    # A second to import, and wanted only where something is printed.
    from weasyprint import HTML  # noqa: PLC0415 – the reason stands above
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 – likewise

    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=protocols))
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made
