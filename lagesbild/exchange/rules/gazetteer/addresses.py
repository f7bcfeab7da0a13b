"""Addresses whose street, number and letter stand in fields of their own."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

KIND = "adress"

# The headings of the municipalities' and the land survey's lists, and of OpenStreetMap.
_STREET = (
    *("addr:street", "gatunamn", "gatuadress", "gata", "adressområde", "adressomrade"),
    *("adressomrade_faststalltnamn", "faststalltnamn", "street"),
)
_NUMBER = (
    *("addr:housenumber", "gatunummer", "husnummer", "adressnummer", "adressplatsnummer"),
    *("adressplats_nummer", "adressplatsbeteckning", "housenumber", "nummer", "nr"),
)
_LETTER = ("bokstav", "bokstavstillägg", "bokstavstillagg", "littera")


class Address(NamedTuple):
    """The fields of a file that an address stands in; only the street is always there."""

    street: str
    number: str | None
    letter: str | None

    def of(self, values: Mapping[str, str]) -> str:
        """Return an address as people write it: `Storgatan 12 B`; empty without a street."""
        street = values.get(self.street, "")
        number = values.get(self.number, "") if self.number else ""
        letter = values.get(self.letter, "").upper() if self.letter else ""
        return " ".join(filter(None, (street, number, letter))) if street else ""


def address(fields: Sequence[str]) -> Address | None:
    """Return where the addresses of a file stand, None where it has no field for a street."""
    spelled = {field.casefold(): field for field in reversed(fields)}
    street, number, letter = (
        next((spelled[usual] for usual in usuals if usual in spelled), None)
        for usuals in (_STREET, _NUMBER, _LETTER)
    )
    return Address(street, number, letter) if street else None
