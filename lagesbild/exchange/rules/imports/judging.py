"""What becomes of each row of a list, as far as the row itself and its sender tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import orjson

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import District
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.imports import words
from lagesbild.exchange.rules.imports.reports import Fate, Insist, State
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.imports.words import Codes
from lagesbild.exchange.rules.lists import Column, Numbered, Row, Table
from lagesbild.exchange.rules.rows import meaning
from lagesbild.exchange.rules.rows.positions import Systems
from lagesbild.incidents.rules import Draft, Facts, GeoJson, KnownBy, Part
from lagesbild.incidents.rules.checks import OUTSIDE
from lagesbild.places.rules import Found, Place
from lagesbild.police.rules.places import place_word

NAMED_PRECISION_M = 100  # a stop or a square stands for what happened around it
WIDE = frozenset({"ort", "område"})  # kinds of places whose point is the middle of something large
WIDE_PRECISION_M = 1_000


@dataclass(frozen=True)
class Sender:
    """What the rows of one list are judged by. `districts` by plain name."""

    organisation_id: UUID
    municipality: frozenset[str]  # what the list may call it: plain names, the code
    table: Table
    systems: Systems
    codes: Codes
    districts: Mapping[str, District]
    ways: Ways


@dataclass(frozen=True)
class Judged:
    """A row with its fate, and its draft while it may still come in.

    `word` is not one code; `asks` is a name to look for among the places, `unplaced` one that
    was not found there.
    """

    row: Row
    fate: Fate
    draft: Draft | None = None
    word: str | None = None
    asks: str | None = None
    unplaced: str | None = None

    def noted(self, note: str) -> "Judged":
        """Return the same with one more remark."""
        text = " ".join(filter(None, [self.fate.text, note]))
        return replace(self, fate=replace(self.fate, text=text))


def judged(sender: Sender, numbered: Numbered, *, is_known: bool, id_: UUID) -> Judged:
    """Return what becomes of a row by itself; `is_known` tells that it came in before.

    `id_` is the id of the incident that it may become.
    """
    row = numbered.row
    row = replace(row, cells={**row.cells, **sender.ways.corrections.get(row.line, {})})
    settled_by_itself = _known(sender, numbered, is_known=is_known) or _elsewhere(sender, row)
    if settled_by_itself:
        return Judged(row, settled_by_itself)
    word = row.text(Column.CATEGORY)
    codes = sender.codes[word]
    if len(codes) != 1:
        return Judged(row, _word_fate(sender, row, codes), word=word or None)
    return _drafted(sender, numbered, row, code=codes[0], id_=id_)


def reference_of(sender: Sender, numbered: Numbered) -> str:
    """Return what tells a row from all others: the corrected reference, if somebody did that."""
    corrected = sender.ways.corrections.get(numbered.row.line, {})
    return corrected.get(Column.REFERENCE) or numbered.reference


def _known(sender: Sender, numbered: Numbered, *, is_known: bool) -> Fate | None:
    line, twin = numbered.row.line, numbered.twin
    if is_known:
        return Fate(line, State.KNOWN)
    is_corrected = reference_of(sender, numbered) != numbered.reference
    if not numbered.own or twin is None or is_corrected:
        return None
    if numbered.same:
        return Fate(line, State.KNOWN, text=f"Samma som rad {twin}.")
    text = f"Referensen står redan på rad {twin}, med annat innehåll."
    return Fate(line, State.WRONG, sender.table.headings[Column.REFERENCE], text)


def _elsewhere(sender: Sender, row: Row) -> Fate | None:
    told = row.text(Column.MUNICIPALITY)
    if not told or municipality_words(told) & sender.municipality:
        return None
    return Fate(row.line, State.ELSEWHERE, text=f"Raden gäller {lists.shown(told)}.")


def municipality_words(text: str) -> frozenset[str]:
    """Return the names that a text stands for: `huddinge kommun` and `huddinge`; `0126`."""
    if text.isdecimal():
        return frozenset({text.zfill(4)})
    return frozenset({words.plain(text), words.plain(place_word(text))})


def _word_fate(sender: Sender, row: Row, codes: tuple[str, ...]) -> Fate:
    word = row.text(Column.CATEGORY)
    text = f"”{lists.shown(word)}” är ett okänt ord. Välj vad det betyder."
    if codes:
        text = f"”{lists.shown(word)}” kan betyda flera typer. Välj en."
    if not word:
        text = "Typen saknas."
    # A word with a personal number is nothing to remember: its row is corrected instead.
    can_be_told = bool(word) and privacy.redacted(word) == word
    insist = Insist.WORD if can_be_told else Insist.NOTHING
    return Fate(row.line, State.WRONG, sender.table.headings[Column.CATEGORY], text, insist)


def _drafted(sender: Sender, numbered: Numbered, row: Row, *, code: str, id_: UUID) -> Judged:
    part = Part(
        sender.organisation_id,
        summary=row.text(Column.SUMMARY),
        reporter_role=row.text(Column.REPORTER),
    )
    try:
        told = meaning.told(
            row,
            code,
            id_=id_,
            part=part,
            source_ref=reference_of(sender, numbered),
            systems=sender.systems,
        )
    except InvalidError as error:
        return _wrong(sender, row, error)
    ways = sender.ways
    draft = replace(
        told.draft,
        facts=replace(told.draft.facts, known_by=KnownBy.LIST),
        confirmed=row.line in ways.confirmed,
        outside=row.line in ways.outside,
        historical=ways.historical,
    )
    found = Judged(row, Fate(row.line, State.SAVED, text=" ".join(told.notes)), draft)
    if numbered.twin is not None:
        found = found.noted(f"Samma innehåll som rad {numbered.twin}.")
    if row.hidden:
        found = found.noted("Raden är dold i arket.")
    if draft.facts.place is not None:
        return found
    if name := row.text(Column.PLACE):
        return replace(found, asks=name)
    return _in_district(sender, found)


def placed(sender: Sender, each: Judged, found: Found | None, *, chosen: Place | None) -> Judged:
    """Return a row whose place was looked for: with a point where it is certain or chosen."""
    draft = each.draft
    assert draft is not None, "only a row that may come in asks for a place"
    place = chosen or (found.place if found else None)
    if place is None:
        each = replace(each, unplaced=each.asks).noted(_unplaced(each.asks or "", found))
        return _in_district(sender, each)
    point = {"type": "Point", "coordinates": [place.point.longitude, place.point.latitude]}
    facts = replace(
        draft.facts,
        place=GeoJson(orjson.dumps(point).decode()),
        place_precision_m=WIDE_PRECISION_M if place.kind in WIDE else NAMED_PRECISION_M,
    )
    each = replace(each, draft=replace(draft, facts=facts))
    return each.noted(f"Platsen är ”{place.name}” i platslistan.")


def _unplaced(name: str, found: Found | None) -> str:
    shown = lists.shown(name)
    if found is None or not found.near:
        return f"Platsen ”{shown}” finns inte i platslistan, så raden får ingen punkt på kartan."
    return (
        f"Platsen ”{shown}” liknar andra i platslistan. Välj en, annars får raden ingen punkt på"
        " kartan."
    )


def _in_district(sender: Sender, each: Judged) -> Judged:
    """Return a row without a point in the district that the list names, if it does."""
    told = each.row.text(Column.DISTRICT)
    if not told or each.draft is None:
        return each
    district = sender.districts.get(words.plain(told))
    if district is None:
        return each.noted(f"Området ”{lists.shown(told)}” finns inte i indelningen.")
    return replace(each, draft=replace(each.draft, district=district.slug))


def settled(sender: Sender, each: Judged, outcome: Facts | InvalidError) -> Judged:
    """Return a row after the rules of incidents: district, lengths, identity guard."""
    if not isinstance(outcome, InvalidError):
        return _compared(sender, each, outcome)
    if str(outcome) == OUTSIDE and sender.ways.only_here:
        text = "Platsen ligger utanför kommunen."
        return Judged(each.row, Fate(each.row.line, State.ELSEWHERE, text=text))
    return _wrong(sender, each.row, outcome)


def _compared(sender: Sender, each: Judged, facts: Facts) -> Judged:
    """Tell when the list names another district than the one that holds the place."""
    told = each.row.text(Column.DISTRICT)
    district = sender.districts.get(words.plain(told)) if told else None
    if district is None or facts.place is None or facts.district_id == district.id:
        return each
    real = next((d.name for d in sender.districts.values() if d.id == facts.district_id), None)
    return each.noted(f"Listan säger {district.name}, men platsen ligger i {real}." if real else "")


def _wrong(sender: Sender, row: Row, error: InvalidError) -> Judged:
    column = _COLUMN.get(error.field)
    heading = sender.table.headings.get(column, "") if column else ""
    insist = Insist.TEXT if error.confirmable else Insist.NOTHING
    if str(error) == OUTSIDE:
        insist = Insist.OUTSIDE
    return Judged(row, Fate(row.line, State.WRONG, heading, str(error), insist))


# The column that a field of an incident comes from; the rules of rows name the column itself.
_COLUMN = {
    **{column.value: column for column in Column},
    "occurred_from": Column.DATE,
    "occurred_to": Column.UNTIL,
    "place": Column.LATITUDE,
}
