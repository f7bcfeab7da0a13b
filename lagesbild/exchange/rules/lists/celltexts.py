"""What the texts of a workbook say."""

import re
from functools import lru_cache

from lagesbild.exchange.rules.lists.columns import clean
from lagesbild.exchange.rules.lists.lines import LONGEST_CELL, too_long

LONGEST_ESCAPED = 7 * LONGEST_CELL  # _x000D_ is one sign
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATES = range(0xD800, 0xE000)


def told(text: str, where: str) -> str:
    """Return what a text of a workbook says: `_x000D_` is the sign that it stands for."""
    if "_x" in text:
        pieces = _ESCAPE.split(text)
        pieces[1::2] = map(_sign, pieces[1::2])
        text = "".join(pieces)
    if len(text) > LONGEST_CELL:
        raise too_long(where)
    return clean(text)


@lru_cache(1_000)
def _sign(code: str) -> str:
    number = int(code, 16)
    return "\ufffd" if number in _SURROGATES else chr(number)
