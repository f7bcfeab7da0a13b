"""The letter as HTML and as text, from templates that know no Flask."""

import logging
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from lagesbild.analysis.rules.reduction import number_text
from lagesbild.base.clock import DAYS, MONTHS
from lagesbild.digests.draw import picture, words
from lagesbild.digests.draw.picture import PictureError
from lagesbild.digests.draw.words import Basis, Numbers
from lagesbild.digests.rules import Letter

log = logging.getLogger(__name__)

COLUMNS = 72
NAME_COLUMNS, NUMBER_COLUMNS = 34, 9
NO_BREAK = "\u00a0"
# What stands together on a line: `tors 19 nov`, `kl. 15.00`, `v. 47`.
TOGETHER = re.compile(rf"\b(?:{'|'.join(DAYS)}) \d+ (?:{'|'.join(MONTHS)})\b|\b(?:kl|v)\. (?=\d)")


def compose(basis: Basis) -> Letter:
    """Return the letter. When the map cannot be drawn the letter goes without it and says so."""
    drawn = _map(basis)
    alt = words.alt_text(basis) if drawn else ""
    shown = words.values(basis, alt=alt)
    page = _templates.get_template("digests/letter.html").render(shown)
    text = _templates.get_template("digests/letter.txt").render(shown)
    return Letter(words.subject(basis), _inliner.inline(page), text, drawn)


def _map(basis: Basis) -> bytes | None:
    numbers = {d.slug: number_text(d.this) for d in basis.content.districts}
    note = "Schematisk karta" if basis.schematic else ""
    try:
        return picture.png(basis.outlines, numbers, note=note)
    except PictureError as error:
        log.warning("letter %s has no map: %s", basis.publication.id, error)
        return None


def _together(text: str) -> str:
    """Return a text whose dates and times are not broken over two lines."""
    return TOGETHER.sub(lambda found: found[0].replace(" ", NO_BREAK), text)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a text in lines of at most 72 signs; an address is never broken."""
    lines = textwrap.wrap(
        _together(text),
        COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(NO_BREAK, " ")


def _lined(name: str, cells: Sequence[object]) -> str:
    """Return a row of the text's table; a long name takes lines of its own."""
    lines = textwrap.wrap(name, NAME_COLUMNS - 2) or [""]
    last = f"  {lines[-1]}".ljust(NAME_COLUMNS)
    numbers = "".join(str(cell).rjust(NUMBER_COLUMNS) for cell in cells)
    return "\n".join([*(f"  {line}" for line in lines[:-1]), last + numbers])


def _row(numbers: Numbers, name: str = "") -> str:
    return _lined(name or numbers.name, numbers.shown)


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_templates.filters |= {"together": _together, "wrapped": _wrapped, "row": _row, "lined": _lined}
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
