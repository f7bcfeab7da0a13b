"""How a text can be read: sign by sign, and as the eye does."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

_MINUS = "\u2212\u2043"  # minus sign, hyphen bullet: dashes that Unicode does not call dashes
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # Hangul and braille without a shape
_SHAPELESS = frozenset({"Cc", "Cf", "Me", "Mn"})


@dataclass(frozen=True)
class Reading:
    """A text in plain signs. `odd` are the signs of the original that did not become one sign."""

    text: str
    odd: tuple[int, ...] = ()
    after: tuple[int, ...] = ()  # where in `text` each odd one ends

    def origin(self, position: int) -> int:
        """Return where in the original text a sign of the reading stands."""
        index = bisect_right(self.after, position)
        place = position + (self.odd[index - 1] + 1 - self.after[index - 1] if index else 0)
        return place if index == len(self.odd) else min(place, self.odd[index])


def readings(text: str) -> Iterator[Reading]:
    """Read sign by sign, and as the eye does: an unseen sign may split a number or end one."""
    written = {ord(sign): _written(sign) for sign in set(text)}
    seen = {code: _seen(chr(code)) for code in written}
    yield Reading(text.translate(written))
    if seen != written:
        lengths = {chr(code): len(plain) for code, plain in seen.items() if len(plain) != 1}
        odd = [place for place, sign in enumerate(text) if sign in lengths] if lengths else []
        grown = accumulate(lengths[text[place]] - 1 for place in odd)
        after = (place + 1 + more for place, more in zip(odd, grown, strict=True))
        yield Reading(text.translate(seen), tuple(odd), tuple(after))


@lru_cache(maxsize=4096)
def _written(sign: str) -> str:
    """Return the ASCII digit, hyphen or space that a sign is, or the sign itself."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if sign.isspace() and not sign.isascii():
        return " "
    return "-" if sign in _MINUS or unicodedata.category(sign) == "Pd" else sign


@lru_cache(maxsize=4096)
def _seen(sign: str) -> str:
    """Return what the eye reads: nothing for what has no shape, plain signs for ornate ones."""
    if sign.isspace():
        return _written(sign)
    if sign in _FILLERS or unicodedata.category(sign) in _SHAPELESS:
        return ""
    if sign.isdigit():
        return str(unicodedata.digit(sign))
    plain = "".join(map(_written, unicodedata.normalize("NFKC", sign)))
    return plain if plain.isascii() else _written(sign)
