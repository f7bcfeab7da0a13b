"""Events out of a file or an answer, one at a time, however long it is."""

import json
from collections.abc import Iterable, Iterator

from lagesbild.base.errors import InvalidError

MAX_OBJECT = 256 * 1024  # signs; an event is about 400
_BETWEEN = " \t\r\n,[]\ufeff\x1e"
_DECODER = json.JSONDecoder(parse_constant=lambda name: name)


def objects(chunks: Iterable[str]) -> Iterator[object]:
    """Yield the objects of a JSON array, or of lines with one each, as they come in.

    Nothing at all is no error: the police's service gives an empty answer now and then. Raises
    `InvalidError` where the text stops being JSON; what came before has been given by then.
    """
    buffer, number = "", 0
    for chunk in chunks:
        buffer += chunk
        if "}" in chunk:
            found, buffer = _complete(buffer, number)
            number += len(found)
            yield from found
        if len(buffer) > MAX_OBJECT + len(chunk):
            break
    if buffer.strip(_BETWEEN):
        raise _broken(number)


def _complete(buffer: str, number: int) -> tuple[list[object], str]:
    """Return the objects that the buffer begins with, and what is left of it."""
    found: list[object] = []
    at = _next(buffer, 0)
    while at < len(buffer):
        try:
            one, at = _DECODER.raw_decode(buffer, at)
        except RecursionError as error:
            raise _broken(number + len(found)) from error
        except ValueError:
            break  # not complete yet, or never; told at the end
        found.append(one)
        at = _next(buffer, at)
    return found, buffer[at:]


def _next(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in _BETWEEN:
        at += 1
    return at


def _broken(number: int) -> InvalidError:
    return InvalidError(
        "file", f"Innehållet går inte att läsa som JSON efter händelse nummer {number}."
    )
