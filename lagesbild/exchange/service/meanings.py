"""What a sender's own words mean: now chosen, or remembered from the last time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base import privacy
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.imports.words import known_codes, plain
from lagesbild.exchange.rules.lists import Column, shown
from lagesbild.exchange.store import words as store
from lagesbild.exchange.store.words import Kind
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Category
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.places import service as known_places
from lagesbild.places.rules import Place


def told(
    session: Session,
    actor: Actor,
    ways: Ways,
    *,
    maps: Mapping[str, str],
    places: Mapping[str, str],
) -> Ways:
    """Return the ways with what words mean: codes, and names of places that are in the list."""
    require(actor, Permission.IMPORT_LIST)
    texts = {"map": maps, "place": places, "column": ways.columns, "sheet": [ways.sheet or ""]}
    for field, words in texts.items():
        for word in words:
            privacy.guard(field, word, confirmed=ways.confirmed.all)
    codes = known_codes(maps, incidents.categories(session, actor))
    found = known_places.find(session, actor, list(places.values()))
    ids = {}
    for (word, name), place in zip(places.items(), found, strict=True):
        if place.place is None:
            raise InvalidError(
                "place", f"Platsen {shown(name)} i --place finns inte i platslistan."
            )
        ids[word] = str(place.place.id)
    return replace(ways, words=codes, places=ids)


def words(
    session: Session, actor: Actor, ways: Ways, known: Mapping[str, Category]
) -> dict[str, str]:
    """Return plain word → code, of the codes that there are."""
    require(actor, Permission.IMPORT_LIST)
    meant = _stored(session, actor, Kind.CATEGORY) | dict(ways.words)
    return {plain(word): code for word, code in meant.items() if code in known}


def columns(session: Session, actor: Actor, ways: Ways) -> dict[str, Column | None]:
    """Return heading → column, None for one that is left out."""
    require(actor, Permission.IMPORT_LIST)
    stored = _stored(session, actor, Kind.COLUMN)
    return {h: Column(c) if c else None for h, c in stored.items()} | dict(ways.columns)


def chosen_places(session: Session, actor: Actor, ways: Ways) -> dict[str, Place]:
    """Return plain word → place."""
    require(actor, Permission.IMPORT_LIST)
    meant = _stored(session, actor, Kind.PLACE) | dict(ways.places)
    ids = {word: UUID(id_) for word, id_ in meant.items()}
    found = known_places.by_ids(session, actor, list(ids.values()))
    return {word: found[id_] for word, id_ in ids.items() if id_ in found}


def remember(session: Session, actor: Actor, ways: Ways, *, now: datetime) -> None:
    """Keep what the sender's words mean from now on, and note what is new."""
    require(actor, Permission.IMPORT_LIST)
    chosen: dict[Kind, Mapping[str, str]] = {
        Kind.CATEGORY: {plain(word): code for word, code in ways.words.items()},
        Kind.COLUMN: {heading: column or "" for heading, column in ways.columns.items()},
        Kind.PLACE: ways.places,
    }
    organisation_id = actor.organisation_id
    assert organisation_id is not None, "words belong to a sender"
    news = [
        (word, meaning)
        for kind, meant in chosen.items()
        for word, meaning in store.remember(
            session, actor.group.municipality_id, organisation_id, kind, meant
        ).items()
    ]
    entries = [
        Entry(
            now,
            "synonym.set",
            f"organisation:{organisation_id}",
            {"ord": word, "betyder": meaning},
            actor.person_id,
            organisation_id,
        )
        for word, meaning in news
    ]
    audit.record(session, actor.group.municipality_id, entries)


def _stored(session: Session, actor: Actor, kind: Kind) -> dict[str, str]:
    if actor.organisation_id is None:
        return {}
    return store.meanings(session, actor.group.municipality_id, actor.organisation_id, kind)
