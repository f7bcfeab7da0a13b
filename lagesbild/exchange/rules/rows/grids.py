"""The systems that a list may have its coordinates in, and what its headings say of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lagesbild.base.geo import SWEREF99TM, WGS84

WEB_MERCATOR = 3857
RT90_ZONES = (3021, 3022, 3020, 3023, 3019, 3024)  # 2.5 gon V first: it was the national system
# The first is Stockholm's, which most lists mean.
_ZONES = dict(
    zip(
        (
            *("18 00", "12 00", "13 30", "15 00", "16 30", "14 15"),
            *("15 45", "17 15", "18 45", "20 15", "21 45", "23 15"),
        ),
        (3011, 3007, 3008, 3009, 3010, 3012, 3013, 3014, 3015, 3016, 3017, 3018),
        strict=True,
    )
)
LOCAL_ZONES = tuple(_ZONES.values())
_GON = {"7.5v": 3019, "5v": 3020, "2.5v": 3021, "0": 3022, "2.5o": 3023, "5o": 3024}
NAMES: Mapping[int, str] = {
    WGS84: "grader (WGS 84)",
    SWEREF99TM: "SWEREF 99 TM",
    WEB_MERCATOR: "webbkartans koordinater (EPSG:3857)",
    **{code: f"SWEREF 99 {zone}" for zone, code in _ZONES.items()},
    **{
        code: f"RT 90 {gon.rstrip('vo').replace('.', ',')} gon {gon[-1].upper()}".removesuffix(" 0")
        for gon, code in _GON.items()
    },
}
# Codes that mean the same within a few centimetres.
_ALIASES: Mapping[int, int] = {
    **dict.fromkeys((4258, 4619, 4979, 4976), WGS84),
    **dict.fromkeys((25833, 32633, 5845), SWEREF99TM),
    900913: WEB_MERCATOR,
    2400: 3021,
}

_EPSG = re.compile(r"epsg[\s:]*(\d{4,6})", re.ASCII)
_SWEREF = re.compile(
    r"sweref[\s_-]*99[\s_-]*tm|(?<!\d)99[\s_-]*(\d{2})[\s_.-]*(\d{2})(?!\d)", re.ASCII
)
_RT90 = re.compile(r"rt[\s_-]*90[\s_-]*(0|2[.,]5|5|7[.,]5)\s*gon(?:\s*([vwoöe]))?", re.ASCII)
_EITHER_ORDER = re.compile(r"(?<![a-zåäö])[xy](?:[\s_-]*[kc]oord[a-zåäö]*)?(?![a-zåäö])")


@dataclass(frozen=True)
class Said:
    """The EPSG codes that headings name, one that is not read, and whether they say X and Y."""

    codes: tuple[int, ...] = ()
    unknown: str = ""
    either_order: bool = False


def read(text: str) -> Said:
    """Return what the headings of a list's coordinates say, each code once."""
    plain = " ".join(text.lower().split())
    codes = dict.fromkeys(_ALIASES.get(code, code) for code in _codes(plain))
    unknown = next((f"EPSG:{code}" for code in codes if code not in NAMES), "")
    return Said(
        tuple(code for code in codes if code in NAMES),
        unknown,
        either_order=_EITHER_ORDER.search(plain) is not None,
    )


def _codes(text: str) -> Iterator[int]:
    for found in _EPSG.finditer(text):
        yield int(found[1])
    for found in _SWEREF.finditer(text):
        zone = f"{found[1]} {found[2]}" if found[1] else ""
        if zone in _ZONES or not zone:
            yield _ZONES.get(zone, SWEREF99TM)
    for found in _RT90.finditer(text):
        gon = found[1].replace(",", ".")
        side = {"w": "v", "ö": "o", "e": "o"}.get(found[2] or "v", found[2] or "v")
        yield _GON["0" if gon == "0" else gon + side]
    if re.search(r"wgs[\s_-]*84", text):
        yield WGS84
    if re.search(r"(?:web|pseudo)[\s_-]*mercator", text):
        yield WEB_MERCATOR
