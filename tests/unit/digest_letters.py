"""Letters for tests: the worked example of the group's own design, and what differs from it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from html import unescape
from typing import Any

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.digests.draw.words import Basis, Head
from lagesbild.digests.rules.wording import Wording
from lagesbild.districts.rules import District, Outline, slug_of
from lagesbild.meetings.rules.publication import Publication
from lagesbild.people.rules import Group
from tests.build import NOBODY, NOW

GROUP = Group(NOBODY, NOBODY, "demo", "Demokommunen", "Demokommunen", 3, time(9), time(15), NOW)
W47 = Period.named("2026-W47")
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
FIXED = datetime(2026, 11, 19, 13, 40, tzinfo=STOCKHOLM)

# Name, and the four numbers of the example; Skogås alone is above its limit.
EXAMPLE = (
    ("Flemingsberg", 31, 24, 24, 25),
    ("Segeltorp", 7, 9, 8, 6),
    ("Sjödalen-Fullersta", 28, 33, 32, 31),
    ("Skogås", 34, 19, 19, 20),
    ("Stuvsta-Snättringe", 9, 11, 10, 13),
    ("Trångsund", 12, 10, 11, 9),
    ("Vårby", 17, 21, 22, 26),
)
# Where each lies, as columns and rows of a chessboard.
PLACES = ((0, 1), (1, 3), (1, 0), (4, 0), (2, 2), (3, 1), (0, 2))

CELL = {
    "slug": "skogas",
    "district": "Skogås",
    "code": "BRA01",
    "category": "Anlagd brand ute",
    "number": 6,
    "expected": 1,
    "proposed": True,
}
HEAD = Head(
    number="2026:43",
    role="säkerhetssamordnaren",
    organisations=("kommun", "polis", "brandförsvar"),
    fixed_at=FIXED,
    contact="08-xxx xx xx",
    record="KS-2026/xxxx",
)
WORDING = Wording(
    short="Skogås sticker ut: 34 händelser mot väntat 19. Sex mindre anlagda bränder ute, normalt"
    " ungefär en i veckan.\nBelysningen i gångtunneln i Skogås behöver ett beslut i nämnden.",
    attention="Belysning i gångtunnel, Skogås. Beställd 8 okt, skulle varit klar 5 nov, 14 dagar"
    " sen. Ansvarig förvaltning saknar medel i år. Förslag: lyft frågan till nämndens ordförande.",
    deviations="Skogås, anlagd brand ute: 6 (väntat 1). Papperskorgar och en container, kvällstid,"
    " de flesta inom samma område. Ingen skadad. En del kan bero på att bostadsbolaget började"
    " rapportera 9 nov. Åtgärd 2026-118 och 2026-119.\nÖvriga typer av händelser ligger inom det"
    " vanliga i alla kommundelar.",
    problems="P-19 Små bränder, Skogås: ny.\nP-17 Misstänkt öppen narkotikahandel, Flemingsberg"
    " (sedan v. 44): oförändrad.\nP-14 Buskörning med moped, Stuvsta-Snättringe (sedan v. 38):"
    " minskar.",
    new="2026-118 Besök i högstadieskolor, film om skolbränder. Brandförsvaret, fre 27 nov.\n"
    "2026-119 Töm och lås containrar kvällstid. Bostadsbolaget, lör 21 nov.\n"
    "2026-120 Synlig närvaro fredag och lördag. Fältgruppen med polis, sön 22 nov.",
    late="2026-097 Belysning i gångtunnel. Teknisk förvaltning, 14 dagar sen.\n"
    "2026-110 Klottersanering station. Trafikbolaget via kommunen, 3 dagar sen.",
    done="2026-101 Extra tillsyn av serveringsställen. Effekten kan inte bedömas än.\n"
    "2026-108 Belysning vid busshållplats, Vårby. Minskat.",
    coming="Trygghetsvandring i Vårby tis 24 nov kl. 18. Julskyltning i Huddinge centrum sön"
    " 29 nov. Inga lov.",
    counts=(11, 3, 2, 2),
)


def outline(name: str, west: int, south: int) -> Outline:
    """Return a district as a square of a chessboard of a tenth of a degree."""
    left, low = 17.9 + west * 0.08, 59.2 + south * 0.03
    right, high = left + 0.08, low + 0.03
    ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    shape = json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})
    return Outline(
        District(NOBODY, name, slug_of(name), name), shape, (left + right) / 2, (low + high) / 2
    )


OUTLINES = tuple(outline(row[0], *place) for row, place in zip(EXAMPLE, PLACES, strict=True))


def numbers(
    this: int | None,
    last: int | None = 12,
    mean: int | None = 10,
    year: int | None = 9,
    **more: object,
) -> dict[str, Any]:
    """Return a line of a publication as it is stored."""
    return {"this": this, "last": last, "mean": mean, "year": year} | more


def district(name: str, *row: int | None, **more: object) -> dict[str, Any]:
    """Return a district's line; it is as usual where nothing else is said."""
    return numbers(*row) | {"slug": slug_of(name), "name": name, "mark": "som-vanligt"} | more


def told(**changes: object) -> dict[str, Any]:
    """Return the content of the example's publication, as it is stored."""
    rows = [district(*row) for row in EXAMPLE]
    rows[3] |= {"mark": "tydligt-fler", "expected": 19}
    usual: dict[str, Any] = {
        "districts": rows,
        "unplaced": numbers(0, 0, 0, 0),
        "total": numbers(138, 127, 126, 130, mark="som-vanligt"),
        "coverage": [
            {"name": name, "answered": True} for name in ("Kommunen", "Polisen", "Brandförsvaret")
        ],
        "late": 6,
        "uncertain": 6,
        "newcomers": [],
        "cells": [],
        "weeks": {},
    }
    return usual | changes


def of(rows: Mapping[str, object] | None = None, **changes: Any) -> Basis:  # noqa: ANN401 – any field
    """Return the basis of the example's letter, with other content or other fields."""
    content = told() if rows is None else rows
    usual = Basis(
        GROUP,
        W47,
        Publication(NOBODY, W47.name, DUE, content, 1, DUE),
        OUTLINES,
        schematic=True,
        due_at=DUE,
        late=False,
        base_url="https://lagesbild.demo.example",
        next_day=date(2026, 11, 26),
        wording=WORDING,
        head=HEAD,
    )
    return replace(usual, **changes)


def outlines(names: Sequence[str]) -> tuple[Outline, ...]:
    """Return outlines of districts beside each other."""
    return tuple(outline(name, at % 4, at // 4) for at, name in enumerate(names))


def visible(page: str) -> str:
    """Return what one reads of a page, on one line."""
    body = re.sub(r"<(?:br|/?(?:p|li|h\d|td|th|tr))\b[^>]*>", " ", page.partition("<body")[2])
    plain = unescape(re.sub(r"<[^>]+>", "", body.partition(">")[2]))
    return " ".join(plain.split())


def one_line(text: str) -> str:
    return " ".join(text.split())
