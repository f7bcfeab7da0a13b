"""What is said about an import of outlines, in Swedish."""

from lagesbild.exchange.rules.outlines import slivers
from lagesbild.exchange.rules.outlines.checked import Checked
from lagesbild.exchange.rules.outlines.fit import Fit
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.rules.outlines.moves import move_lines

PIECES_SHOWN = 3


def district_lines(found: Checked, wanted: Wanted, *, dry_run: bool) -> list[str]:
    """Return the report of a layer: each district with its area, what was mended, what is open."""
    lines = [
        f"{name}: {slivers.decimal(area, 1)} km²" for name, area in sorted(found.square_km.items())
    ]
    names = "".join(f" ”{name}”" for name in found.repaired)
    if names:
        lines.append(f"Gränsen var trasig och lagades utan att ytan ändrades:{names}.")
    if flaws := slivers.in_words(found.flaws):
        lines.append(f"Områdena går inte riktigt ihop: {flaws}.")
    lines += _joined_lines(found)
    if found.fit is not None:
        lines += fit_lines(found.fit)
    if found.moves is not None:
        lines += move_lines(found.moves, dry_run=dry_run)
    lines.append(_last(found, wanted, dry_run=dry_run))
    return lines


def _joined_lines(found: Checked) -> list[str]:
    if found.joined is None:
        return []
    lines = [f"{found.joined.areas} områden slogs ihop till {len(found.districts)}."]
    if mended := slivers.in_words(found.joined.mended):
        lines.append(f"Mellan områdena lagades {mended}.")
    return lines


def fit_lines(found: Fit) -> list[str]:
    """Return how the layer fits the municipality's own outline; under a hectare is not told."""
    lines = []
    if max(found.missing, found.outside) >= 1:
        lines.append(
            "Jämfört med kommunens egen gräns saknas"
            f" {slivers.decimal(found.missing, 0)} hektar, och"
            f" {slivers.decimal(found.outside, 0)} hektar ligger utanför."
        )
    told = (
        ("saknas", found.missing_pieces),
        ("ligger utanför kommunens gräns", found.outside_pieces),
    )
    for what, pieces in told:
        lines += [
            f"Se efter: {slivers.decimal(piece.hectares, 0)} hektar {what} vid ”{piece.near}”."
            for piece in pieces[:PIECES_SHOWN]
        ]
    if lines and not (found.missing_pieces or found.outside_pieces):
        lines.append("Det är smala remsor: gränserna är olika noga ritade.")
    return lines


def _last(found: Checked, wanted: Wanted, *, dry_run: bool) -> str:
    number = len(found.districts)
    noun, saved = ("område", "sparat") if number == 1 else ("områden", "sparade")
    what = f"{number} {noun} i indelningen ”{wanted.division}”"
    if dry_run:
        return f"{what} skulle sparas. Det var en provkörning: inget är sparat."
    if wanted.correct:
        return f"{what} är rättade från {wanted.valid_from.isoformat()}."
    return f"{what} är {saved}, och gäller från {wanted.valid_from.isoformat()}."
