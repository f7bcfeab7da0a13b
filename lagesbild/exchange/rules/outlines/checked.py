"""What a layer must be before its districts are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import shapely

from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import NewDistrict
from lagesbild.exchange.rules.outlines import areas, around, fit, grouping, slivers
from lagesbild.exchange.rules.outlines.fit import Fit
from lagesbild.exchange.rules.outlines.grouping import Grouped
from lagesbild.exchange.rules.outlines.layers import Layer, Wanted, named, text_of
from lagesbild.exchange.rules.outlines.moves import Moves
from lagesbild.exchange.rules.outlines.slivers import Flaws

M2_PER_KM2 = 1_000_000


@dataclass(frozen=True)
class Checked:
    """A layer that may be stored. `square_km` has the area of each district, by name."""

    districts: tuple[NewDistrict, ...]
    square_km: Mapping[str, float]
    repaired: tuple[str, ...]
    flaws: Flaws
    fit: Fit | None = None  # with the municipality's own outline, where that is stored
    joined: Grouped | None = None
    moves: Moves | None = None  # what a correction does to the incidents


@dataclass(frozen=True)
class Beside:
    """What a layer is checked against: the name, code and outline of the municipality."""

    municipality: str
    code: str = ""
    own: bytes | None = None  # WKB, WGS 84


def checked(layer: Layer, wanted: Wanted, beside: Beside) -> Checked:
    """Return the districts of a layer, or raise `InvalidError` for the first thing wrong."""
    if not layer.features:
        raise InvalidError("file", "Filen har inga områden.")
    if wanted.group_by is None:
        return _checked(layer, wanted, beside)
    joined = grouping.grouped(layer, wanted)
    named_by = replace(wanted, name=wanted.name or wanted.group_by)
    return replace(_checked(joined.layer, named_by, beside), joined=joined)


def _checked(layer: Layer, wanted: Wanted, beside: Beside) -> Checked:
    if wanted.whole:
        layer = _own(layer, beside.code)
    if wanted.around:
        layer, wanted = around.picked(layer, wanted, beside.code, beside.own)
    objects = named(layer, wanted, municipality=beside.municipality)
    found = [
        areas.whole(feature.wkb, layer.crs, subject=each.text)
        for feature, each in zip(layer.features, objects, strict=True)
    ]
    metres = [areas.in_metres(area) for area, _ in found]
    alone = wanted.whole or wanted.around
    flaws = Flaws() if wanted.around else slivers.flaws(metres, [each.name for each in objects])
    if not (wanted.accept_slivers or alone):  # a municipality may go round a lake or a city
        slivers.refuse(flaws)
    fits = None
    if beside.own is not None and not alone:
        fits = fit.fit(metres, [each.name for each in objects], beside.own)
        if not wanted.accept_offset:
            fit.refuse_offset(fits)
    return Checked(
        tuple(
            NewDistrict(each.key, each.name, shapely.to_wkb(area))
            for each, (area, _) in zip(objects, found, strict=True)
        ),
        {e.name: area.area / M2_PER_KM2 for e, area in zip(objects, metres, strict=True)},
        tuple(each.name for each, (_, mended) in zip(objects, found, strict=True) if mended),
        flaws,
        fits,
    )


def _own(layer: Layer, code: str) -> Layer:
    """Return the layer with the one area that it has, or that has the municipality's code."""
    if len(layer.features) == 1:
        return layer
    found = tuple(
        feature
        for feature in layer.features
        if code and code in {text_of(feature, field) for field in layer.fields}
    )
    if len(found) != 1:
        raise InvalidError(
            "file",
            f"Filen har {len(layer.features)} områden. Kommunens egen gräns ska vara ett enda,"
            " eller ha kommunens kod i ett fält.",
        )
    return replace(layer, features=found)
