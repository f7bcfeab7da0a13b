"""Taking in the outlines of districts: all of a layer or nothing of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source, slug_of
from lagesbild.districts.store import versions
from lagesbild.exchange.rules.lists import shown
from lagesbild.exchange.rules.outlines import checked
from lagesbild.exchange.rules.outlines.checked import Beside, Checked
from lagesbild.exchange.rules.outlines.layers import WHOLE, Wanted
from lagesbild.exchange.service import corrections
from lagesbild.exchange.service.layers import read_layer
from lagesbild.exchange.store import outlines as store
from lagesbild.people.rules import Actor, Permission, require


def import_districts(
    session: Session, actor: Actor, file: Path, wanted: Wanted, *, now: datetime
) -> Checked:
    """Store a layer as the outlines of a division, or raise `InvalidError` and store nothing.

    A correction also moves the incidents of the outlines that were wrong.
    """
    require(actor, Permission.ADMINISTER)
    municipality_id = actor.group.municipality_id
    layer = read_layer(actor, file, wanted.layer)
    own = versions.outline_on(session, municipality_id, WHOLE, wanted.valid_from)
    code = store.municipality_code(session, municipality_id)
    found = checked.checked(layer, wanted, Beside(actor.group.municipality, code, own))
    _check_keys(found, store.district_keys(session, municipality_id, wanted.division))
    called = shown(file.name)
    source = Source(wanted.division, wanted.valid_from, called, schematic=wanted.schematic)
    if not wanted.correct:
        districts.put_version(session, actor, source, found.districts, now=now)
        return found
    corrected = districts.correct_version(session, actor, source, found.districts, now=now)
    return replace(found, moves=corrections.move_incidents(session, actor, corrected, now=now))


def _check_keys(found: Checked, known: Mapping[str, str]) -> None:
    """Refuse a name that another district keeps; those that change names are all in the layer."""
    keys = {district.key for district in found.districts}
    for district in found.districts:
        _check_key(district, {slug: key for slug, key in known.items() if key not in keys})


def _check_key(district: NewDistrict, known: Mapping[str, str]) -> None:
    key = known.get(slug_of(district.name), district.key)
    if key != district.key:
        raise ConflictError(
            f"Området ”{district.name}” finns redan i indelningen med nyckeln {key}, men har"
            f" nyckeln {district.key} i filen. Välj samma nyckelfält som förra gången med --key."
        )
