"""What a layer must be before its districts are stored."""

from collections.abc import Mapping
from dataclasses import dataclass

import shapely

from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import NewDistrict, slug_of
from lagesbild.exchange.rules import areas, slivers
from lagesbild.exchange.rules.layers import WHOLE, Layer, Wanted, named
from lagesbild.exchange.rules.slivers import Flaws

M2_PER_KM2 = 1_000_000


@dataclass(frozen=True)
class Checked:
    """A layer that may be stored. `square_km` has the area of each district, by name."""

    districts: tuple[NewDistrict, ...]
    square_km: Mapping[str, float]
    repaired: tuple[str, ...]
    flaws: Flaws


def checked(layer: Layer, wanted: Wanted, *, municipality: str) -> Checked:
    """Return the districts of a layer, or raise `InvalidError` for the first thing wrong."""
    if not layer.features:
        raise InvalidError("file", "Filen har inga områden.")
    whole = slug_of(wanted.division) == WHOLE
    if whole and len(layer.features) > 1:
        raise InvalidError(
            "file",
            f"Filen har {len(layer.features)} områden. Kommunens egen gräns ska vara ett enda.",
        )
    objects = named(layer, wanted, municipality=municipality)
    found = [
        areas.whole(feature.wkb, layer.crs, subject=each.text)
        for feature, each in zip(layer.features, objects, strict=True)
    ]
    metres = [areas.in_metres(area) for area, _ in found]
    flaws = slivers.flaws(metres, [each.name for each in objects])
    if not (wanted.accept_slivers or whole):  # a municipality may go round a lake or a city
        slivers.refuse(flaws)
    return Checked(
        tuple(
            NewDistrict(each.key, each.name, shapely.to_wkb(area))
            for each, (area, _) in zip(objects, found, strict=True)
        ),
        {e.name: area.area / M2_PER_KM2 for e, area in zip(objects, metres, strict=True)},
        tuple(each.name for each, (_, mended) in zip(objects, found, strict=True) if mended),
        flaws,
    )
