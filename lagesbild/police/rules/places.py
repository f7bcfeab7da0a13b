"""The name that the police use for a municipality."""

import re

_COUNTY = re.compile(r" län$|^hela landet$")
_OFFICIAL = re.compile(r"(?:region )?(.+?)( kommun| stad)?", re.IGNORECASE)
# Names that end in s by themselves; with others the s before "kommun" is a genitive.
_OWN_S = ("ås", "näs", "fors", "grums", "hus")
_IRREGULAR = {"Falu": "Falun"}


def plain(place: str) -> str:
    """Return a place as it is compared: small letters, single spaces."""
    return " ".join(place.split()).casefold()


def place_word(municipality: str) -> str:
    """Return a municipality's name as the police write it: `Huddinge` for `Huddinge kommun`."""
    name = " ".join(municipality.split())
    found = _OFFICIAL.fullmatch(name)
    if found is None:
        return name
    word: str = found[1]
    if found[2] and word.endswith("s") and not word.casefold().endswith(_OWN_S):
        word = word[:-1]
    return _IRREGULAR.get(word, word)


def is_county(place: str) -> bool:
    """Whether an event is told for a whole county and no municipality."""
    return _COUNTY.search(plain(place)) is not None
