"""The templates of what is sent, which know no Flask, and the styles put where mail keeps them."""

from collections.abc import Mapping

import css_inline

from lagesbild.base import printing
from lagesbild.digests.draw import columns, marked
from lagesbild.digests.rules import Letter


def set_out(
    name: str, subject: str, shown: Mapping[str, object], picture: bytes | None = None
) -> Letter:
    """Return what the two templates of a name make of values."""
    page = _templates.get_template(f"digests/{name}.html").render(shown)
    text = _templates.get_template(f"digests/{name}.txt").render(shown)
    return Letter(subject, _inliner.inline(page), text, picture)


_templates = printing.templates(
    {
        "asked": marked.asked,
        "is_address": marked.is_address,
        "led": marked.led,
        "pieces": marked.pieces,
        "together": columns.together,
        "wrapped": columns.wrapped,
    },
    last_newline=True,
)
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
