"""A layer of a file of districts, and what its objects are called."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import AROUND, slug_of
from lagesbild.exchange.rules.outlines.tables import Table

WHOLE = "kommun"  # the division that is the municipality's own outline
LONGEST_NAME = 80
NAME_FIELDS = ("name", "namn", "kommundel")
KEY_FIELDS = ("key", "id", "kod")
# What å, ä, ö and é become when UTF-8 is read as Windows-1252 or Latin-1, or the other way round.
MISREAD = frozenset("\ufffdÃ")


@dataclass(frozen=True)
class Feature:
    """An object of a layer as the file has it. `row` counts from 1."""

    row: int
    values: Mapping[str, object]
    wkb: bytes | None


@dataclass(frozen=True)
class Layer:
    """A layer of a file. Without a coordinate system it is WGS 84 (RFC 7946)."""

    fields: tuple[str, ...]
    crs: str | None
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class Wanted:
    """What the person at the machine asked for.

    `group_by` joins small areas by a field of the layer, or by a column of the table.
    """

    division: str
    valid_from: date
    key: str | None = None
    name: str | None = None
    layer: str | None = None  # of a file that has several
    group_by: str | None = None
    table: Table | None = None
    schematic: bool = False
    accept_slivers: bool = False
    accept_offset: bool = False  # though the layer seems to lie 200 m off
    correct: bool = False  # the stored outlines of the day were wrong

    @property
    def whole(self) -> bool:
        """Whether the layer is the municipality's own outline."""
        return slug_of(self.division) == WHOLE

    @property
    def around(self) -> bool:
        """Whether the layer is what the ground of maps is drawn from, and no division."""
        return slug_of(self.division) in AROUND


@dataclass(frozen=True)
class Named:
    """What an object is called in the program and in sentences about it."""

    row: int
    key: str
    name: str

    @property
    def text(self) -> str:
        """The beginning of a sentence about it."""
        return f"Område {self.row} i filen (”{self.name}”)"


def named(layer: Layer, wanted: Wanted, *, municipality: str) -> list[Named]:
    """Return the name and key of each feature, both unique, or raise `InvalidError`."""
    name_field = field_of(layer.fields, wanted.name, (*NAME_FIELDS, slug_of(wanted.division)))
    if name_field is None and not wanted.whole:
        raise InvalidError(
            "name",
            "Filen har inget fält som heter name, namn eller kommundel. Välj ett av fälten"
            f" med --name. De som finns: {listed(layer.fields)}.",
        )
    key_field = field_of(layer.fields, wanted.key, KEY_FIELDS)
    found = []
    for feature in layer.features:
        name = municipality if name_field is None else text_of(feature, name_field)
        default = WHOLE if wanted.whole else slug_of(name)
        key = default if key_field is None else text_of(feature, key_field)
        _check_name(feature.row, str(name_field), name)
        _check_name(feature.row, str(key_field), key)
        found.append(Named(feature.row, key, name))
    _check_unique(found, key_field=key_field, name_field=name_field)
    return found


def field_of(fields: Sequence[str], asked: str | None, usual: Sequence[str] = ()) -> str | None:
    """Return the field that was asked for, or the first usual one, in the file's own spelling."""
    if asked is not None and asked in fields:
        return asked
    spelled = {field.casefold(): field for field in reversed(fields)}
    if asked is not None and asked.casefold() not in spelled:
        raise InvalidError(
            "field",
            f"Fältet {asked} finns inte i filen. De som finns: {listed(fields)}.",
        )
    candidates = usual if asked is None else (asked,)
    return next((spelled[u.casefold()] for u in candidates if u.casefold() in spelled), None)


def listed(fields: Sequence[str]) -> str:
    """Return the names of fields as they stand in a sentence."""
    return ", ".join(fields) or "inga"


def text_of(feature: Feature, field: str) -> str:
    """Return a value as text; a whole number has no decimals, though the layer may give it some."""
    value = feature.values[field]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def _check_name(row: int, field: str, text: str) -> None:
    if not MISREAD.isdisjoint(text):
        raise InvalidError(
            field,
            f"Namnet på område {row} i filen, i fältet {field}, är läst med fel teckenkodning."
            " Spara lagret som GeoPackage, eller rätta .cpg-filen.",
        )
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise InvalidError(
            field,
            f"Område {row} i filen har inget namn i fältet {field}, eller ett som är längre"
            f" än {LONGEST_NAME} tecken.",
        )
    try:
        privacy.guard(field, text, confirmed=True)
    except InvalidError as error:
        raise InvalidError(field, f"Område {row} i filen, fältet {field}: {error}") from error


def _check_unique(named: Sequence[Named], *, key_field: str | None, name_field: str | None) -> None:
    names: dict[str, Named] = {}
    keys: dict[str, Named] = {}
    for each in named:
        same = names.setdefault(slug_of(each.name), each)
        if same is not each:
            raise InvalidError(
                "name",
                f"{each.text} heter som område {same.row} (”{same.name}”) i fältet"
                f" {name_field}. Varje område ska ha ett eget namn.",
            )
        same = keys.setdefault(each.key, each)
        if same is not each:
            raise InvalidError(
                "key",
                f"{each.text} har samma nyckel som område {same.row} i fältet {key_field}."
                " Välj ett fält med egna värden med --key.",
            )
