"""The letter as HTML and as text, and the picture in it."""

import logging

from lagesbild.analysis.rules.reduction import number_text
from lagesbild.digests.draw import figures, notices, picture, view, words
from lagesbild.digests.draw.picture import PictureError, Shown
from lagesbild.digests.draw.templates import set_out
from lagesbild.digests.draw.words import Basis
from lagesbild.digests.rules import Form, Kind, Letter

log = logging.getLogger(__name__)

NOTE = "Schematisk karta"


def compose(basis: Basis, form: Form = Form.FULL) -> Letter:
    """Return the letter. When the map cannot be drawn the letter goes without it and says so."""
    if form is Form.NOTICE:
        return notices.arrived(basis)
    drawn = _map(basis, form)
    alt = figures.alt_text(basis) if drawn else ""
    return set_out("letter", words.subject(basis), view.values(basis, form, alt=alt), drawn)


def _map(basis: Basis, form: Form) -> bytes | None:
    if form is not Form.FULL or basis.head.kind is Kind.EXTRA or figures.is_small(basis):
        return None
    shown = {d.slug: Shown(number_text(d.this), d.mark) for d in basis.content.districts}
    try:
        return picture.png(basis.outlines, shown, note=NOTE if basis.schematic else "")
    except PictureError as error:
        log.warning("letter %s has no map: %s", basis.publication.id, error)
        return None
