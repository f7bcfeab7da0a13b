"""The letter on paper: the letter's own HTML, tagged, for printing and for the archive."""

import base64
import logging
import warnings
from typing import Any
from xml.etree.ElementTree import Element

from lagesbild.digests.rules import Letter
from lagesbild.digests.rules.mailing import PICTURE

# Beside what the letter itself says of print. The face is narrow enough for one page, and has all
# signs; what stands at the foot of a page is whose letter it is.
SHEET = """
@page {
  @bottom-left { content: string(whose); font: 7pt "DejaVu Sans"; color: #555555; }
  @bottom-right {
    content: counter(page) " (" counter(pages) ")"; font: 7pt "DejaVu Sans"; color: #555555;
  }
}
h1 { string-set: whose attr(data-whose); }
h1, h2, p, li, .tab th, .tab td {
  font-family: "DejaVu Sans" !important; font-stretch: condensed !important;
}
"""
RUNNING = "p, li, .small, .tab th, .tab td, .tab thead th, .tab .mark"
LARGE = (
    f"{RUNNING} {{ font-size: 9.5pt !important; }}"
    " h2 { font-size: 10.5pt !important; margin-top: 2.6mm !important; }"
)
SMALL = (
    f"{RUNNING} {{ font-size: 7.8pt !important; line-height: 1.2 !important; }}"
    " h2 { margin-top: 1.3mm !important; } p, li { margin-bottom: 0.4mm !important; }"
)
# Mail needs styles that the library does not know, and says so of each; faults it tells as errors.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
LAYOUT = ("table", "tbody", "tr", "td")  # of tables that only place things


def pdf(letter: Letter) -> bytes:
    """Return a letter as a tagged PDF."""
    return _written(_document(letter), "pdf/ua-1")


def archive_pdf(letter: Letter) -> bytes:
    """Return a letter as PDF/A, tagged too."""
    return _written(_document(letter), "pdf/a-3a")


def _written(document: Any, variant: str) -> bytes:  # noqa: ANN401 – the library has no types
    with warnings.catch_warnings():
        # The library reads the colour profile of PDF/A and leaves it to Python to close the file.
        warnings.simplefilter("ignore", ResourceWarning)
        made: bytes = document.write_pdf(pdf_variant=variant)
    return made


def _document(letter: Letter) -> Any:  # noqa: ANN401 – likewise
    # A second to import, and wanted only where something is printed.
    from weasyprint import CSS, HTML  # noqa: PLC0415 – the reason stands above
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 – likewise

    page = HTML(string=letter.html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    _prepare(page.etree_element, letter.picture)
    # As large as one page has room for; "" is the size that the letter itself says.
    sheets = (CSS(string=SHEET + size) for size in (LARGE, "", SMALL))
    tried = [page.render(stylesheets=[next(sheets)])]
    while len(tried[-1].pages) > 1 and (smaller := next(sheets, None)):
        tried.append(page.render(stylesheets=[smaller]))
    return tried[-1]


def _prepare(root: Any, picture: bytes | None) -> None:  # noqa: ANN401 – likewise
    """Put the picture in its place, and let no table that only places things be read as one."""
    for table in [each for each in root.iter("table") if each.get("role") == "presentation"]:
        _unmake(table)
    for image in root.iter("img"):
        if picture is not None and image.get("src") == f"cid:{PICTURE}":
            image.set("src", f"data:image/png;base64,{base64.b64encode(picture).decode()}")


def _unmake(element: Element) -> None:
    element.tag = "div"
    element.attrib.pop("role", None)
    for child in element:
        if child.tag in LAYOUT[1:]:
            _unmake(child)
