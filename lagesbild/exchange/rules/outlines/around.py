"""What lies around the districts: built-up areas and neighbours, drawn as the ground of maps."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import shapely

from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import NEIGHBOURS, slug_of
from lagesbild.exchange.rules.outlines import areas
from lagesbild.exchange.rules.outlines.layers import (
    NAME_FIELDS,
    Feature,
    Layer,
    Wanted,
    field_of,
    listed,
    text_of,
)

NEAR_M = 10_000  # of the municipality; a map of it shows no more
MOST_UNPICKED = 100  # areas, where nothing tells which of them are near
NAMES = ("tätort", "namn1", "ortnamn", "kommunnamn", "kommun", "knnamn")


def picked(layer: Layer, wanted: Wanted, code: str, own: bytes | None) -> tuple[Layer, Wanted]:
    """Return the areas that are to be kept, one for each name, in WGS 84, and their name's field.

    A file may be of the whole country: what is farther off than `NEAR_M` from the municipality's
    own outline (WKB, WGS 84) is left out, and so is the municipality itself. One without a name
    is nothing that a map could speak of.
    """
    usual = (*NAME_FIELDS, slug_of(wanted.division), *NAMES)
    field = field_of(layer.fields, wanted.name, usual)
    if field is None:
        raise InvalidError(
            "name",
            f"Välj fältet med områdenas namn med --name. De som finns: {listed(layer.fields)}.",
        )
    if own is None and len(layer.features) > MOST_UNPICKED:
        raise InvalidError(
            "file",
            f"Filen har {len(layer.features)} områden, och bara de i närheten behövs. Läs in"
            " kommunens egen gräns först: --division kommun.",
        )
    left_out = code if slug_of(wanted.division) == NEIGHBOURS else ""
    by_name: dict[str, list[Feature]] = {}
    for feature in layer.features:
        name = text_of(feature, field)
        if name and not (left_out and left_out in _texts(feature, layer)):
            by_name.setdefault(slug_of(name), []).append(feature)
    joined = [_joined(same, layer.crs, text_of(same[0], field)) for same in by_name.values()]
    kept = tuple(joined if own is None else _near(joined, own))
    if not kept:
        raise InvalidError(
            "file", f"Inget område i filen ligger inom {NEAR_M // 1000} km från kommunen."
        )
    return Layer(layer.fields, None, kept), replace(wanted, name=field)


def _texts(feature: Feature, layer: Layer) -> set[str]:
    return {text_of(feature, field) for field in layer.fields}


def _joined(same: list[Feature], crs: str | None, name: str) -> Feature:
    shapes = [
        areas.whole(each.wkb, crs, subject=f"Område {each.row} i filen (”{name}”)")[0]
        for each in same
    ]
    return replace(same[0], wkb=shapely.to_wkb(shapely.union_all(shapes)))


def _near(found: Sequence[Feature], own: bytes) -> Iterator[Feature]:
    outline = areas.in_metres(shapely.from_wkb(own))
    shapely.prepare(outline)
    for feature in found:
        if shapely.dwithin(outline, areas.in_metres(shapely.from_wkb(feature.wkb)), NEAR_M):
            yield feature
