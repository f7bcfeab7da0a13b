"""Joining small areas (DeSO, RegSO) to districts, by a field of the layer or a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import areas, slivers
from lagesbild.exchange.rules.outlines.layers import (
    Feature,
    Layer,
    Wanted,
    field_of,
    listed,
    text_of,
)
from lagesbild.exchange.rules.outlines.slivers import Flaw, Flaws
from lagesbild.exchange.rules.outlines.tables import Table

MEND_WIDTH_M = 100  # a layer thinned by 0.0005° (56 m) has gaps and overlaps up to this
AREA_FIELDS = ("deso", "desokod", "regsokod", "kod", "id", "namn", "name")
SHOWN = 10  # areas that are told by name


@dataclass(frozen=True)
class Grouped:
    """A layer of joined districts in WGS 84, of how many areas, and what was mended between."""

    layer: Layer
    areas: int
    mended: Flaws


@dataclass(frozen=True)
class _Area:
    feature: Feature
    text: str
    group: str
    shape: MultiPolygon


def grouped(layer: Layer, wanted: Wanted) -> Grouped:
    """Return the layer with its areas joined, or raise `InvalidError`.

    A field is kept where all areas of every district have the same value in it.
    """
    groups = _groups(layer, str(wanted.group_by), wanted.table)
    texts = [_text(feature, _name_field(layer)) for feature in layer.features]
    _check_all(texts, groups)
    found = [
        _Area(feature, text, group, areas.whole(feature.wkb, layer.crs, subject=text)[0])
        for feature, text, group in zip(layer.features, texts, groups, strict=True)
    ]
    shapes, mended = _coverage(found)
    members: dict[str, list[int]] = {}
    for place, area in enumerate(found):
        members.setdefault(area.group, []).append(place)
    kept = _kept(layer, found, members, wanted)
    joined = tuple(
        Feature(
            row,
            {field: found[places[0]].feature.values[field] for field in kept}
            | {str(wanted.group_by): group},
            shapely.to_wkb(shapely.coverage_union_all([shapes[place] for place in places])),
        )
        for row, (group, places) in enumerate(members.items(), start=1)
    )
    fields = tuple(dict.fromkeys([*kept, str(wanted.group_by)]))
    return Grouped(Layer(fields, None, joined), len(found), mended)


def _groups(layer: Layer, group_by: str, given: Table | None) -> list[str]:
    if given is None:
        field = field_of(layer.fields, group_by)
        return [text_of(feature, str(field)) for feature in layer.features]
    if group_by not in given.columns:
        raise InvalidError(
            "group_by",
            f"Kolumnen {group_by} finns inte i tabellen. De som finns: {listed(given.columns)}.",
        )
    # The codes of the areas are where most different values meet: a municipality's code is one.
    pairs = [
        (len({text_of(f, field) for f in layer.features} & given.values(column)), field, column)
        for field in layer.fields
        for column in given.columns
        if column != group_by
    ]
    most, field, column = max(pairs, key=lambda pair: pair[0], default=(0, "", ""))
    if not most:
        raise InvalidError(
            "group_by_file", "Inget område i filen har en kod som står i tabellen. Är den rätt?"
        )
    known = _codes(given, column, group_by)
    return [known.get(text_of(feature, field), "") for feature in layer.features]


def _codes(given: Table, column: str, group_by: str) -> dict[str, str]:
    """Return code → district; a code may stand twice, but not in two districts."""
    known: dict[str, str] = {}
    for row in given.rows:
        code, group = row[column], row[group_by]
        if code and known.setdefault(code, group) != group:
            raise InvalidError(
                "group_by_file",
                f"Koden {code[:40]} står två gånger i tabellen, med olika {group_by}.",
            )
    return known


def _name_field(layer: Layer) -> str | None:
    return field_of(layer.fields, None, AREA_FIELDS)


def _text(feature: Feature, field: str | None) -> str:
    name = text_of(feature, field) if field else ""
    shown = "".join(sign for sign in name if sign.isprintable())[:40]
    return f"Område {feature.row} i filen" + (f" (”{shown}”)" if shown else "")


def _check_all(texts: Sequence[str], groups: Sequence[str]) -> None:
    without = [text for text, group in zip(texts, groups, strict=True) if not group]
    if without:
        more = len(without) - SHOWN
        tail = f" och {more} till" if more > 0 else ""
        raise InvalidError(
            "group_by",
            f"{len(without)} av {len(texts)} områden saknar värde att slås ihop efter:"
            f" {', '.join(without[:SHOWN])}{tail}. Fyll i dem, eller välj ett annat fält.",
        )


def _kept(
    layer: Layer, found: Sequence[_Area], members: Mapping[str, list[int]], wanted: Wanted
) -> list[str]:
    """Return the fields that are the same in all of each district; the asked ones must be."""
    kept = []
    for field in layer.fields:
        mixed = next(
            (
                group
                for group, places in members.items()
                if len({text_of(found[place].feature, field) for place in places}) > 1
            ),
            None,
        )
        if mixed is None:
            kept.append(field)
        elif field in (wanted.key, wanted.name):
            raise InvalidError(
                "field",
                f"Områdena som ska bli ”{mixed[:80]}” har olika värden i fältet {field}."
                " Välj ett annat fält, eller ta bort --key eller --name.",
            )
    return kept


def _coverage(found: Sequence[_Area]) -> tuple[list[BaseGeometry], Flaws]:
    """Return the areas without overlaps and gaps between them, and what there were of those."""
    metres = [areas.in_metres(area.shape) for area in found]
    names = [area.text for area in found]
    before = slivers.flaws(metres, names)
    shapes: list[BaseGeometry] = [area.shape for area in found]
    if before == Flaws() and shapely.coverage_is_valid(shapes):
        return shapes, before
    _check_overlaps(metres, found)
    cleaned = list(shapely.coverage_clean(metres, gap_width=MEND_WIDTH_M))
    after = slivers.flaws(cleaned, names)
    return [areas.in_degrees(shape) for shape in cleaned], Flaws(
        before.overlaps, _without(before.gaps, after.gaps)
    )


def _without(before: Sequence[Flaw], after: Sequence[Flaw]) -> tuple[Flaw, ...]:
    """Return the gaps that are no longer there."""
    left = {round(flaw.hectares, 2) for flaw in after}
    return tuple(flaw for flaw in before if round(flaw.hectares, 2) not in left)


def _check_overlaps(metres: Sequence[BaseGeometry], found: Sequence[_Area]) -> None:
    """Refuse areas that overlap by more than a sliver: which of them is right is not for us."""
    tree = shapely.STRtree(metres)
    for one, other in zip(*tree.query(metres, predicate="intersects"), strict=True):
        common = shapely.intersection(metres[one], metres[other]) if one < other else None
        if common is not None and not common.buffer(-MEND_WIDTH_M / 2).is_empty:
            raise InvalidError(
                "file",
                f"{found[one].text} och {found[other].text} ligger över varandra med mer än"
                f" {MEND_WIDTH_M} meter. Rätta filen.",
            )
