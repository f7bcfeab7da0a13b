"""How the districts of a layer fit the municipality's own outline, where that is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import shapely
from shapely.geometry.base import BaseGeometry

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import areas
from lagesbild.exchange.rules.outlines.slivers import M2_PER_HECTARE

# Measured on Huddinge, DeSO and basområden against the outline of Lantmäteriet's map in
# 1:250 000: all they differ by is strips narrower than 250 m, 53–96 ha missing and 158–166 ha
# outside of 14 026. A forgotten or foreign district is wider.
STRIP_WIDTH_M = 250
# The same layers lie 27 m (median) from the outline, and 121–131 m with the wrong datum; three
# areas of an original with the wrong datum 140 m, and 26 m when it is put right.
STEP_M = 25
SAMPLES = 2000  # points along the border; fewer than a step apart on a long one
NEAR_M = 400  # what is farther off is a border inside the municipality, or another one's
FEWEST_NEAR = 40  # 1 km of border at least; less says nothing
BETTER_TIMES, BETTER_M = 3, 50


@dataclass(frozen=True)
class Offset:
    """The layer seems to be in RT90: its median distance to the outline now, and put right."""

    metres: float
    corrected_metres: float


@dataclass(frozen=True)
class Piece:
    """A place wider than `STRIP_WIDTH_M` that only one of the two covers, and the area nearest."""

    hectares: float
    near: str


@dataclass(frozen=True)
class Fit:
    """What the districts leave of the municipality, and what they have outside it, in hectares."""

    missing: float
    outside: float
    missing_pieces: tuple[Piece, ...]
    outside_pieces: tuple[Piece, ...]
    offset: Offset | None


def fit(metres: Sequence[BaseGeometry], names: Sequence[str], own: bytes) -> Fit:
    """Return how districts (SWEREF 99 TM) fit the municipality's own outline (WKB, WGS 84)."""
    outline = areas.in_metres(shapely.from_wkb(own))
    union = shapely.union_all(metres)
    missing = shapely.difference(outline, union)
    outside = shapely.difference(union, outline)
    return Fit(
        missing.area / M2_PER_HECTARE,
        outside.area / M2_PER_HECTARE,
        _pieces(missing, metres, names),
        _pieces(outside, metres, names),
        offset_of(_distances(union, outline)),
    )


def refuse_offset(found: Fit) -> None:
    """Raise `InvalidError` for a layer that lies clearly better when it is read as RT90."""
    if found.offset is None:
        return
    raise InvalidError(
        "file",
        "Lagret ligger omkring 200 m fel åt nordost: koordinaterna verkar vara i RT90."
        f" Gränsen ligger {found.offset.metres:.0f} m från kommunens egen gräns, men bara"
        f" {found.offset.corrected_metres:.0f} m om koordinaterna läses som RT90 (EPSG:4124)."
        " Spara om lagret från RT90 till SWEREF 99 TM, eller lägg till --accept-offset om det"
        " ligger rätt ändå.",
    )


def _pieces(
    part: BaseGeometry, metres: Sequence[BaseGeometry], names: Sequence[str]
) -> tuple[Piece, ...]:
    """Return the pieces that are no strips, the largest first."""
    tree = shapely.STRtree(metres)
    half = STRIP_WIDTH_M / 2
    found = []
    for piece in shapely.get_parts(part):
        if not piece.buffer(-half).is_empty:
            near = names[int(tree.nearest(piece.representative_point()))]
            found.append(Piece(piece.area / M2_PER_HECTARE, near))
    return tuple(sorted(found, key=lambda piece: -piece.hectares))


def _distances(union: BaseGeometry, outline: BaseGeometry) -> list[tuple[float, float]]:
    """Return how far points of the outer border are from the outline, now and if put right."""
    border = shapely.boundary(outline)
    now = shapely.multipoints(_samples(union))
    before, after = (
        shapely.distance(shapely.get_parts(points), border).tolist()
        for points in (now, areas.as_if_rt90(now))
    )
    return list(zip(before, after, strict=True))


def offset_of(distances: Sequence[tuple[float, float]]) -> Offset | None:
    """Return the offset that distances now and put right speak for; None without a clear one."""
    near = [pair for pair in distances if max(pair) < NEAR_M]
    if len(near) < FEWEST_NEAR:
        return None
    metres, corrected = (median(each) for each in zip(*near, strict=True))
    if metres < BETTER_TIMES * corrected or metres - corrected < BETTER_M:
        return None
    return Offset(metres, corrected)


def _samples(union: BaseGeometry) -> list[BaseGeometry]:
    """Return points along the outer borders, `STEP_M` apart or more."""
    rings = shapely.get_exterior_ring(shapely.get_parts(union))
    step = max(STEP_M, float(shapely.length(rings).sum()) / SAMPLES)
    return [
        ring.interpolate(step * number)
        for ring in rings
        for number in range(int(ring.length / step) + 1)
    ]
