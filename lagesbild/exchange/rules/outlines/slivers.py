"""Where districts overlap, and what they leave open between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from lagesbild.base.errors import InvalidError

M2_PER_HECTARE = 10_000
NOISE_M2 = 1  # what the arithmetic of two coordinate systems may leave along a shared border
SLIVERS_HECTARES = 1.0  # overlaps, or gaps, of more than this together are refused
NEIGHBOURS_SHOWN = 3


@dataclass(frozen=True)
class Flaw:
    """A place where districts overlap, or that none of them covers, with those around it."""

    hectares: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class Flaws:
    """Overlaps and gaps of a layer, the largest first."""

    overlaps: tuple[Flaw, ...] = ()
    gaps: tuple[Flaw, ...] = ()


def flaws(areas: Sequence[BaseGeometry], names: Sequence[str]) -> Flaws:
    """Return where areas overlap and what they leave open between them. Coordinates in metres."""
    tree = shapely.STRtree(areas)
    overlaps = []
    for one, other in zip(*tree.query(areas, predicate="intersects"), strict=True):
        size = shapely.intersection(areas[one], areas[other]).area if one < other else 0
        if size > NOISE_M2:
            overlaps.append(Flaw(size / M2_PER_HECTARE, (names[one], names[other])))
    union = shapely.union_all(areas)
    gaps = []
    for part in shapely.get_parts(union):
        for ring in part.interiors:
            hole = shapely.difference(Polygon(ring), union)
            if hole.area > NOISE_M2:
                near = sorted(tree.query(hole, predicate="dwithin", distance=1))
                gaps.append(Flaw(hole.area / M2_PER_HECTARE, tuple(names[i] for i in near)))
    return Flaws(*(tuple(sorted(f, key=lambda e: -e.hectares)) for f in (overlaps, gaps)))


def refuse(found: Flaws) -> None:
    """Raise `InvalidError` when overlaps or gaps together are larger than `SLIVERS_HECTARES`."""
    total = max(sum(f.hectares for f in some) for some in (found.overlaps, found.gaps))
    if total > SLIVERS_HECTARES:
        raise InvalidError(
            "file",
            f"Områdena går inte ihop: {in_words(found)}."
            " Rätta filen, eller lägg till --accept-slivers om det ska vara så.",
        )


def in_words(found: Flaws) -> str:
    """Return the overlaps and gaps in words: number, area, and where the largest one is."""
    told = (("överlapp", "överlapp", found.overlaps), ("lucka", "luckor", found.gaps))
    return " och ".join(_told(one, many, some) for one, many, some in told if some)


def _told(one: str, many: str, some: Sequence[Flaw]) -> str:
    total = decimal(sum(flaw.hectares for flaw in some), 2)
    around = [f"”{name}”" for name in some[0].names[:NEIGHBOURS_SHOWN]]
    where = " och ".join(filter(None, [", ".join(around[:-1]), around[-1]])) if around else "–"
    size = decimal(some[0].hectares, 2)
    largest = f"den största på {size} hektar" if len(some) > 1 else "den"
    return (
        f"{len(some)} {one if len(some) == 1 else many} på tillsammans {total} hektar"
        f" ({largest} ligger vid {where})"
    )


def decimal(number: float, places: int) -> str:
    """Return a number with a decimal comma."""
    return f"{number:.{places}f}".replace(".", ",")
