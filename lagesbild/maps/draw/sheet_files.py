"""A map sheet as a file: PDF for paper, with the same in words, and a picture."""

import base64
from dataclasses import dataclass

import cairosvg

from lagesbild.base import printing
from lagesbild.base.lines import grouped
from lagesbild.maps.draw.sheet import Sheet, svg
from lagesbild.maps.rules import Row
from lagesbild.maps.rules.ongoing import Ongoing
from lagesbild.maps.rules.sheet import Paper, Told

PIXELS = 1600  # of the short side of an A4


@dataclass(frozen=True)
class InWords:
    """What a sheet says to who does not see it: every text of it, numbers, and incidents."""

    told: Told
    types: tuple[tuple[str, int], ...]
    districts: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    left_out: str  # a sentence, where the rows are not all
    paper: Paper
    ongoing: tuple[Ongoing, ...] = ()


def png(sheet: Sheet) -> bytes:
    """Return the picture of a sheet."""
    page = sheet.layout
    across = round(PIXELS * page.width / min(page.width, page.height))
    made: bytes = cairosvg.svg2png(svg(sheet, ratio="").encode(), output_width=across)
    return made


def pdf(sheet: Sheet, words: InWords) -> bytes:
    """Return a sheet as a tagged PDF: the drawing on its first page, on the others its words."""
    page = sheet.layout
    drawn = svg(sheet, ratio=f"1:{grouped(page.scale)} på {words.paper.upper()}")
    html = _templates.get_template("maps/sheet.html").render(
        words=words,
        told=words.told,
        picture=base64.b64encode(drawn.encode()).decode(),
        is_upright=page.height > page.width,
    )
    return printing.pdf(html, protocols=("data",))


_templates = printing.templates()
