"""Taking in other people's files: all of a file or nothing of it."""

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyogrio
from pyogrio import raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base import privacy
from lagesbild.base.db import Session, new_id
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source, slug_of
from lagesbild.exchange import store
from lagesbild.exchange.rules import lists, outlines, rows, words
from lagesbild.exchange.rules.layers import Feature, Layer, Wanted
from lagesbild.exchange.rules.lists import Column, Numbered, Row
from lagesbild.exchange.rules.outlines import Checked
from lagesbild.exchange.rules.reports import Fate, Outcome, State, Unclear
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Category, Draft, Part
from lagesbild.incidents.store import read
from lagesbild.people.rules import Actor, Permission, require


def import_districts(
    session: Session, actor: Actor, file: Path, wanted: Wanted, *, now: datetime
) -> Checked:
    """Store a layer as the outlines of a division, or raise `InvalidError` and store nothing."""
    require(actor, Permission.ADMINISTER)
    layer = _layer(file)
    found = outlines.checked(layer, wanted, municipality=actor.group.municipality)
    known = store.district_keys(session, actor.group.municipality_id, wanted.division)
    for district in found.districts:
        _check_key(district, known)
    source = Source(wanted.division, wanted.valid_from, file.name, schematic=wanted.schematic)
    districts.put_version(session, actor, source, found.districts, now=now)
    return found


def _layer(file: Path) -> Layer:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong with a geometry is told by the rules
            names = [str(name) for name, _ in pyogrio.list_layers(file)]
            if len(names) != 1:
                raise InvalidError(
                    "file",
                    f"Filen har {len(names)} lager: {', '.join(names)}. Spara det som ska läsas"
                    " in som en egen GeoJSON-fil.",
                )
            about, _, shapes, columns = raw.read(file)
    except (DataLayerError, DataSourceError, FeatureError, GeometryError) as error:
        raise InvalidError(
            "file", f"Filen {file.name} går inte att läsa som en karta. Spara den som GeoJSON."
        ) from error
    fields = tuple(str(field) for field in about["fields"])
    values = zip(*(column.tolist() for column in columns), strict=True)
    table = list(values) if fields else [()] * len(shapes)
    return Layer(
        fields,
        about["crs"],
        tuple(
            Feature(row, dict(zip(fields, line, strict=True)), shape)
            for row, (line, shape) in enumerate(zip(table, shapes, strict=True), start=1)
        ),
    )


def _check_key(district: NewDistrict, known: Mapping[str, str]) -> None:
    key = known.get(slug_of(district.name), district.key)
    if key != district.key:
        raise ConflictError(
            f"Området ”{district.name}” finns redan i indelningen med nyckeln {key}, men har"
            f" nyckeln {district.key} i filen. Välj samma nyckelfält som förra gången med --key."
        )


@dataclass(frozen=True)
class Ways:
    """How a list is taken in. `maps` are options like `Våld/hot=VAL01`."""

    maps: tuple[str, ...] = ()
    good_rows: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class _Sender:
    """What a row is judged by."""

    organisation_id: UUID
    headings: Mapping[Column, str]
    categories: Mapping[str, Category]
    words: Mapping[str, str]
    stored: frozenset[str]
    confirmed: bool


@dataclass(frozen=True)
class _Judged:
    fate: Fate
    draft: Draft | None = None
    word: str | None = None  # that is not one code


def import_list(
    session: Session, actor: Actor, content: bytes, ways: Ways, *, now: datetime
) -> Outcome:
    """Store a list's incidents for the actor's organisation, or none of them when one is wrong."""
    require(actor, Permission.IMPORT_LIST)
    organisation_id = _lock(session, actor)
    table = lists.table(content)
    categories = incidents.categories(session, actor)
    mapped = words.mapped(ways.maps, categories)
    for word in mapped:
        privacy.guard("map", word, confirmed=ways.confirmed)
    municipality_id = actor.group.municipality_id
    numbered = lists.numbered(table.rows)
    sender = _Sender(
        organisation_id,
        table.headings,
        categories,
        store.synonyms(session, municipality_id, organisation_id) | mapped,
        frozenset(
            read.known_sources(
                session, municipality_id, organisation_id, [each.reference for each in numbered]
            )
        ),
        ways.confirmed,
    )
    judged = _ruled(session, actor, sender, [_judged(sender, n) for n in numbered], now=now)
    outcome = Outcome(
        tuple(each.fate for each in judged),
        _unclear(judged, sender),
        table.ignored,
        good_rows=ways.good_rows,
    )
    if not outcome.refused:
        drafts = [each.draft for each in judged if each.draft is not None]
        incidents.report_all(session, actor, drafts, now=now)
        _remember(session, actor, mapped, outcome, now=now)
    return outcome


def _lock(session: Session, actor: Actor) -> UUID:
    """Return the sender, whom no other import can now be about until the transaction ends."""
    if actor.organisation_id is None:
        raise InvalidError("organisation", "Välj vilken organisation listan kommer från.")
    if not store.lock(session, actor.group.municipality_id, actor.organisation_id):
        raise ConflictError(
            "En annan lista från samma organisation läses in just nu. Försök igen om en stund."
        )
    return actor.organisation_id


def _judged(sender: _Sender, numbered: Numbered) -> _Judged:
    """Return what becomes of a row by itself, with a draft when it says something new."""
    row, twin = numbered.row, numbered.twin
    if numbered.reference in sender.stored:
        return _Judged(Fate(row.line, State.KNOWN))
    if numbered.own and twin is not None:
        return _Judged(_twin_fate(sender, row, twin))
    word = row.text(Column.CATEGORY)
    codes = words.codes_of(word, sender.words, sender.categories)
    if len(codes) != 1:
        return _Judged(_word_fate(sender, row, codes), word=word or None)
    return _drafted(sender, numbered, codes[0])


def _drafted(sender: _Sender, numbered: Numbered, code: str) -> _Judged:
    row, twin = numbered.row, numbered.twin
    part = Part(
        sender.organisation_id,
        summary=row.text(Column.SUMMARY),
        reporter_role=row.text(Column.REPORTER),
    )
    try:
        told = rows.told(row, code, id_=new_id(), part=part, source_ref=numbered.reference)
    except InvalidError as error:
        return _Judged(_wrong(sender, row.line, error))
    same = f"Samma innehåll som rad {twin.line}." if twin else ""
    note = " ".join(filter(None, [told.note, same]))
    draft = replace(told.draft, confirmed=sender.confirmed)
    return _Judged(Fate(row.line, State.SAVED, text=note), draft)


def _ruled(
    session: Session, actor: Actor, sender: _Sender, judged: Sequence[_Judged], *, now: datetime
) -> list[_Judged]:
    """Return the same rows after the rules of incidents: district, lengths, identity guard."""
    drafts = [each.draft for each in judged if each.draft is not None]
    outcomes = iter(incidents.prepare(session, actor, drafts, now=now))
    found = []
    for each in judged:
        outcome = None if each.draft is None else next(outcomes)
        if isinstance(outcome, InvalidError):
            found.append(_Judged(_wrong(sender, each.fate.line, outcome)))
        else:
            found.append(each)
    return found


def _wrong(sender: _Sender, line: int, error: InvalidError) -> Fate:
    column = _COLUMN.get(error.field)
    heading = sender.headings.get(column, "") if column else ""
    return Fate(line, State.WRONG, heading, str(error), confirmable=error.confirmable)


# The column that a field of an incident comes from; the rules of rows name the column itself.
_COLUMN = {
    **{column.value: column for column in Column},
    "occurred_from": Column.DATE,
    "place": Column.LATITUDE,
}


def _twin_fate(sender: _Sender, row: Row, twin: Row) -> Fate:
    if lists.content(row) == lists.content(twin):
        return Fate(row.line, State.KNOWN, text=f"Samma som rad {twin.line}.")
    text = f"Referensen står redan på rad {twin.line}, med annat innehåll."
    return Fate(row.line, State.WRONG, sender.headings[Column.REFERENCE], text)


def _word_fate(sender: _Sender, row: Row, codes: tuple[str, ...]) -> Fate:
    word = row.text(Column.CATEGORY)
    text = f"”{lists.shown(word)}” är ett okänt ord, se nedan."
    if codes:
        text = f"”{lists.shown(word)}” kan betyda flera typer, se nedan."
    if not word:
        text = "Typen saknas."
    return Fate(row.line, State.WRONG, sender.headings[Column.CATEGORY], text)


def _unclear(judged: Sequence[_Judged], sender: _Sender) -> tuple[Unclear, ...]:
    """Return each word that is not one code, in the order of the list."""
    spelled: dict[str, str] = {}
    found = [each.word for each in judged if each.word is not None]
    for word in found:
        spelled.setdefault(words.plain(word), word)
    numbers = Counter(words.plain(word) for word in found)
    return tuple(
        Unclear(word, numbers[plain], words.codes_of(word, sender.words, sender.categories))
        for plain, word in spelled.items()
    )


def _remember(
    session: Session, actor: Actor, mapped: Mapping[str, str], outcome: Outcome, *, now: datetime
) -> None:
    """Keep what the sender's words mean from now on, and note the import."""
    municipality_id, organisation_id = actor.group.municipality_id, actor.organisation_id
    assert organisation_id is not None, "the import is locked for an organisation"
    known = store.synonyms(session, municipality_id, organisation_id)
    new = {word: code for word, code in mapped.items() if known.get(word) != code}
    for word, code in new.items():
        store.put_synonym(session, municipality_id, organisation_id, word=word, code=code)
    numbers = (
        ("rader", len(outcome.fates)),
        ("sparade", outcome.number(State.SAVED)),
        ("fanns redan", outcome.number(State.KNOWN)),
        ("fel", outcome.number(State.WRONG)),
    )
    told = [
        *(("synonym.set", {"ord": word, "kod": code}) for word, code in new.items()),
        ("list.imported", {name: str(number) for name, number in numbers}),
    ]
    subject = f"organisation:{organisation_id}"
    entries = [
        Entry(now, verb, subject, changes, actor.person_id, organisation_id)
        for verb, changes in told
    ]
    audit.record(session, municipality_id, entries)
