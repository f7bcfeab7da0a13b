"""The two forms that a list of places comes in: a text file with columns, and GeoJSON points."""

import csv
import io
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from lagesbild.base.errors import InvalidError

MAX_BYTES = 50_000_000
MAX_ROWS = 200_000
SEPARATORS = ";\t,"
FEATURE_ID = "id"


@dataclass(frozen=True)
class Record:
    """An object of a file. `row` is the line in a text file, and counts from 1 in GeoJSON."""

    row: int
    values: Mapping[str, str]
    position: tuple[float, float] | None = None  # longitude first; only GeoJSON has it


@dataclass(frozen=True)
class Sheet:
    """What stands in a file. `noun` is what a sentence calls an object of it."""

    fields: tuple[str, ...]
    records: tuple[Record, ...]
    noun: str
    has_positions: bool


def sheet(content: bytes) -> Sheet:
    """Return what stands in a file, or raise `InvalidError` when it is another kind of file."""
    if len(content) > MAX_BYTES:
        raise InvalidError("file", "Filen är större än 50 MB. Dela den i flera.")
    if content.startswith(b"PK\x03\x04"):
        raise InvalidError("file", "Filen är ett Excelark. Spara den som CSV UTF-8.")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _geojson(content.removeprefix(b"\xef\xbb\xbf"))
    return _table(_decoded(content))


def clean(value: object) -> str:
    """Return a value as one line of text; a whole number has no decimals."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidError("file", "Filen går inte att läsa som text. Spara den som CSV UTF-8.")


def _table(text: str) -> Sheet:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows = list(_rows(text, separator))
    if not rows:
        raise InvalidError("file", "Filen är tom.")
    _, headings = rows[0]
    named = {name: place for place, name in reversed(list(enumerate(headings))) if name}
    records = [
        Record(line, {n: cells[p] if p < len(cells) else "" for n, p in named.items()})
        for line, cells in rows[1:]
    ]
    return _filled(Sheet(tuple(reversed(named)), tuple(records), "Rad", has_positions=False))


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Return each row that is not empty, with the line that it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            cleaned = [clean(cell) for cell in cells]
            if any(cleaned):
                yield reader.line_num, cleaned
    except csv.Error as error:
        line = reader.line_num
        raise InvalidError(
            "file", f"Rad {line} går inte att läsa: ett citattecken saknas, eller står fel."
        ) from error


def _geojson(content: bytes) -> Sheet:
    wrong = "Filen går inte att läsa som GeoJSON. Den ska vara en FeatureCollection med punkter."
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InvalidError("file", wrong) from error
    features = found.get("features")
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise InvalidError("file", wrong)
    if "crs" in found and "CRS84" not in str(found["crs"]) and "4326" not in str(found["crs"]):
        raise InvalidError(
            "file", "Filen är inte i WGS 84 (EPSG:4326). Spara den så, och läs in den igen."
        )
    records = tuple(_record(row, each) for row, each in enumerate(features, start=1))
    fields = dict.fromkeys(name for record in records for name in record.values)
    return _filled(Sheet(tuple(fields), records, "Objekt", has_positions=True))


def _record(row: int, feature: Mapping[str, object]) -> Record:
    properties = feature.get("properties")
    values = properties if isinstance(properties, dict) else {}
    texts = {clean(name): clean(value) for name, value in values.items()}
    if FEATURE_ID in feature:
        texts.setdefault(FEATURE_ID, clean(feature[FEATURE_ID]))
    return Record(row, texts, _position(feature.get("geometry")))


def _position(geometry: object) -> tuple[float, float] | None:
    """Return the position of a point, None for anything else."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    match geometry.get("coordinates"):
        case [int() | float() as longitude, int() | float() as latitude, *_]:
            return float(longitude), float(latitude)
    return None


def _filled(sheet: Sheet) -> Sheet:
    if not sheet.records:
        raise InvalidError("file", "Filen har inga platser.")
    if len(sheet.records) > MAX_ROWS:
        raise InvalidError("file", f"Filen har fler än {MAX_ROWS} platser. Dela den i flera.")
    return sheet
