"""What the permission matrix is made of: who asks, what must be guarded, and where it would show.

Written from domain.md 6.5 and 6.7, not from the code that it tests.
"""

import io
import re
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from pypdf import PdfReader
from pyproj import Transformer

from lagesbild.people.rules import Role

SENSITIVITY = {"A": "BRA01", "B": "ORD01", "C": "STO01", "D": "VAL05"}
VISIBILITIES = ("egen", "osg", "intern", "oppen")
OWNER = "polis"
STRANGER = "stranger"
# Of the first canary; no other has its longitude or lies near. None is in the middle of a square.
WEST, SOUTH = 17.9515, 59.271


@dataclass(frozen=True)
class Canary:
    """An incident of the police with texts and a point that nobody else uses."""

    number: int
    sensitivity: str
    visibility: str
    marked: bool = False

    @property
    def id(self) -> UUID:
        return UUID(int=0x0197F5AA000070008000000000000100 + self.number)

    @property
    def point(self) -> tuple[float, float]:
        return round(WEST + 0.0019 * self.number, 6), SOUTH + 0.0023 * (self.number % 5)

    def word(self, field: str) -> str:
        return f"kanarie{field}{self.number:02d}x"

    @property
    def properties(self) -> dict[str, object]:
        return {
            "category": SENSITIVITY[self.sensitivity],
            "occurred_from": "2026-11-18T12:30:00+01:00",
            "visibility": self.visibility,
            "secrecy_basis": "18:1" if self.marked else None,
            "summary": self.word("text"),
            "details": self.word("mer"),
            "place_text": self.word("plats"),
            "reporter_role": self.word("roll"),
            "source_ref": self.word("ref"),
            "tags": [self.word("tagg")],
        }


def canaries() -> list[Canary]:
    """Every sensitivity at every level, and each once more with a mark."""
    plain = [(s, v, False) for s in SENSITIVITY for v in VISIBILITIES]
    marked = [(s, "intern", True) for s in SENSITIVITY]
    return [Canary(n, *each) for n, each in enumerate((*plain, *marked))]


@dataclass(frozen=True)
class Person:
    """Who asks: a role for an organisation; in another municipality where `group` is another."""

    role: str
    organisation: str
    group: str = "as"

    @property
    def label(self) -> str:
        return f"{self.role} of {self.organisation} in {self.group}"


PEOPLE = (
    Person(Role.MEMBER, "polis"),
    Person(Role.REPORTER, "polis"),
    Person(Role.MEMBER, "brand"),
    Person(Role.REPORTER, "brand"),
    Person(Role.COORDINATOR, "kommun"),
    Person(Role.ANALYST, "kommun"),
    Person(Role.READER, "kommun"),
    Person(Role.ADMIN, "kommun"),
    Person(Role.AUDITOR, "kommun"),
    Person(Role.MEMBER, "brand", "berg"),
    Person(STRANGER, ""),
)
_GROUP = {Role.MEMBER, Role.COORDINATOR, Role.ANALYST}


def sees_row(person: Person, canary: Canary) -> bool:
    """Whether somebody may know of the incident and read what the police say of it."""
    if person.group != "as" or person.role not in _GROUP | {Role.REPORTER}:
        return False
    if person.organisation == OWNER:
        return True
    return person.role in _GROUP and canary.visibility != "egen"


def sees_place(person: Person, canary: Canary) -> bool:
    """Whether somebody may see the exact place without asking for it."""
    open_to_group = canary.sensitivity in "AB"
    return sees_row(person, canary) and (person.organisation == OWNER or open_to_group)


def leaks(person: Person, shown: str, guarded: Iterable[Canary]) -> list[str]:
    """Return what of the canaries stands in an answer and must not be there."""
    found = []
    for canary in guarded:
        texts = ("text", "mer", "roll", "tagg")
        if not sees_row(person, canary):
            found += [canary.word(t) for t in texts if canary.word(t) in shown]
        if not sees_place(person, canary):
            found += [w for w in (canary.word("plats"),) if w in shown]
            found += [f"point {canary.number}"] if has_point(shown, canary) else []
        if person.organisation != OWNER and canary.word("ref") in shown:
            found.append(canary.word("ref"))
    return found


_TO_METRES = Transformer.from_crs(4326, 3006, always_xy=True)
_DEGREES = re.compile(r"(?<![0-9])(?:1[78]|59)[.,][0-9]{4,}")
_METRES = re.compile(r"(?<![0-9])6[0-9]{5,6}(?![0-9])")
NEAR_DEGREES, NEAR_METRES = 0.00008, 5


def has_point(shown: str, canary: Canary) -> bool:
    """Whether both coordinates of a canary stand there, in degrees or metres, nearly exactly."""
    degrees = {float(hit.replace(",", ".")) for hit in _DEGREES.findall(shown)}
    metres = {float(hit) for hit in _METRES.findall(shown)}
    return _stands(canary.point, degrees, NEAR_DEGREES) or _stands(
        _TO_METRES.transform(*canary.point), metres, NEAR_METRES
    )


def _stands(pair: tuple[float, float], numbers: set[float], near: float) -> bool:
    return all(any(abs(number - wanted) < near for number in numbers) for wanted in pair)


def readable(data: bytes, mimetype: str) -> str:
    """Return the text of an answer; of a workbook and a layer what stands inside."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "\n".join(package.read(name).decode() for name in package.namelist())
    if data.startswith(b"SQLite format 3"):
        return "\n".join(_rows(data))
    if data.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(data)).pages
        return "\n".join(page.extract_text() for page in pages)
    return "" if mimetype.startswith("image/") else data.decode()


def _rows(layer: bytes) -> Iterator[str]:
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(layer)
        file.flush()
        with sqlite3.connect(file.name) as opened:
            tables = [row[0] for row in opened.execute("SELECT table_name FROM gpkg_contents")]
            for table in tables:
                for row in opened.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 – its own names
                    yield " ".join(_cell(value) for value in row)
        opened.close()


def _cell(value: object) -> str:
    """Return a value as text; a geometry by its numbers, which stand at its end."""
    if isinstance(value, bytes) and value[:2] == b"GP" and len(value) >= 16:
        return " ".join(f"{number:.6f}" for number in struct.unpack("<2d", value[-16:]))
    return str(value)
