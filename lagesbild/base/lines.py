"""Plain text in lines, as mails and minutes have it, and numbers in it."""

import textwrap

NO_BREAK = "\u00a0"  # keeps two words on a line; in the lines it is a space


def grouped(number: int) -> str:
    """Return a number with its thousands apart: `31 200`."""
    return f"{number:,}".replace(",", NO_BREAK)


def wrapped(text: str, columns: int, first: str = "", rest: str = "") -> str:
    """Return a text in lines that begin with `first` and `rest`; an address is never broken."""
    room = columns - len(rest)
    lines = textwrap.wrap(
        " ".join(_broken(word, room) for word in text.split(" ")),
        columns,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(NO_BREAK, " ")


def _broken(word: str, room: int) -> str:
    if len(word) <= room or "://" in word:
        return word
    return " ".join(word[at : at + room] for at in range(0, len(word), room))
