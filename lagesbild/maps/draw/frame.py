"""The frame of a map, drawn by folium: outlines, scale, an empty layer for the incidents.

Only numbers, fixed words and the tiles of the settings enter folium, since it puts any text into
the page as code and runs what looks like Jinja. Names and incidents are fetched by static/map.js,
which sets them as text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from lagesbild.analysis.rules.marks import Mark
from lagesbild.districts.rules import Outline
from lagesbild.maps import rules

LEAFLET = "/static/vendor/leaflet/leaflet"
CLUSTER = "/static/vendor/leaflet.markercluster"
MAX_ZOOM, MIN_ZOOM = 18, 4
PADDING_PX = (20, 20)
RADIUS_PX = 60  # the discs of two clusters do not overlap
FRAMES = 64  # kept per process, some 50 kB each

# folium reads what it has rendered as a template once more: no address of tiles needs these.
_JINJA = re.compile(r"\{(?=[{%#])")
_LINK = re.compile(r'<script src="[^"]+"></script>|<link rel="stylesheet" href="[^"]+"\s*/?>')
_TAG = re.compile(r"^<(script|link)\b", re.MULTILINE)


@dataclass(frozen=True)
class Tiles:
    """A ground of tiles: pictures that Leaflet lays out, or vectors that map-vector.js draws.

    Without an address there is none. `zooms` are those that have tiles, `box` (south, west, north,
    east) is where there are some.
    """

    url: str = ""
    attribution: str = ""
    zooms: tuple[int, int] = (0, MAX_ZOOM)
    box: tuple[float, float, float, float] | None = None
    is_vector: bool = False


@dataclass(frozen=True)
class Html:
    """Markup that holds no text of a user, so that a template may show it as it is."""

    text: str

    def __html__(self) -> str:
        """Return the markup; Jinja asks for it."""
        return self.text


@dataclass(frozen=True)
class Frame:
    """A map without incidents: links for the head, the element, the script, and their names."""

    head: Html
    element: Html
    script: Html
    map_name: str  # JavaScript variables
    layer_name: str

    def with_nonce(self, nonce: str) -> "Frame":
        """Return the frame with the nonce of a request on every script and style."""
        return Frame(
            Html(_TAG.sub(rf'<\1 nonce="{nonce}"', self.head.text)),
            self.element,
            Html(_TAG.sub(rf'<\1 nonce="{nonce}"', self.script.text)),
            self.map_name,
            self.layer_name,
        )


@lru_cache(maxsize=FRAMES)
def frame(
    outlines: tuple[Outline, ...],
    chosen: UUID | None,
    tiles: Tiles,
    marks: tuple[tuple[UUID, Mark], ...] = (),
) -> Frame:
    """Return the frame of a map that shows one district among the others, or all alike.

    Districts with a mark have its colour: how they differ from what is usual for them.
    """
    import folium  # noqa: PLC0415 – 1.5 s and 80 MiB that only map pages need (design 7)
    from folium.plugins import MarkerCluster  # noqa: PLC0415 – likewise

    drawn = _ground(tiles)
    if outlines:
        folium.GeoJson(
            _collection(outlines, chosen, dict(marks)),
            style_function=lambda feature: {"className": feature["properties"]["class"]},
            control=False,
            smooth_factor=0.5,
            interactive=False,
        ).add_to(drawn)
    layer = MarkerCluster(  # type: ignore[no-untyped-call] # folium's plugins have no types
        control=False, show_coverage_on_hover=False, max_cluster_radius=RADIUS_PX
    )
    layer.default_js = [("markercluster", f"{CLUSTER}/leaflet.markercluster.js")]
    layer.default_css = [("markercluster_css", f"{CLUSTER}/MarkerCluster.css")]
    layer.add_to(drawn)
    drawn.fit_bounds(_bounds(outlines, chosen), padding=PADDING_PX)
    return _parts(drawn, layer.get_name())


def _ground(tiles: Tiles) -> Any:  # noqa: ANN401 – a folium.Map; folium is untyped
    """Return a map with nothing on it but the tiles, if there are any."""
    import folium  # noqa: PLC0415 – see `frame`

    drawn = folium.Map(
        tiles=None,
        zoom_control=False,  # ours have Swedish names
        control_scale=True,
        attributionControl=bool(tiles.url),
        scrollWheelZoom=False,  # the page scrolls; map.js turns it on with focus
        zoomSnap=1 if tiles.url else 0.25,  # tiles are sharp at whole zooms
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,  # not `max_zoom`, which goes to tiles only; clusters need it
    )
    drawn.default_js = [("leaflet", f"{LEAFLET}.js")]
    drawn.default_css = [("leaflet_css", f"{LEAFLET}.css")]
    if tiles.url and not tiles.is_vector:
        low, high = tiles.zooms
        options: dict[str, Any] = {"min_native_zoom": low}
        if tiles.box:
            options["bounds"] = [tiles.box[:2], tiles.box[2:]]
        folium.TileLayer(
            _JINJA.sub("%7B", tiles.url),
            attr=tiles.attribution or " ",
            max_zoom=MAX_ZOOM,
            max_native_zoom=min(high, MAX_ZOOM),
            **options,
        ).add_to(drawn)
    return drawn


def _parts(drawn: Any, layer_name: str) -> Frame:  # noqa: ANN401 – a folium.Map; folium is untyped
    """Return the parts of folium's page that we keep: not its styles for a page of its own."""
    root = drawn.get_root()
    root.render()
    return Frame(
        Html("\n".join(_LINK.findall(root.header.render()))),
        Html(root.html.render()),
        Html(f"<script>\n{root.script.render()}</script>"),
        drawn.get_name(),
        layer_name,
    )


def _bounds(outlines: Sequence[Outline], chosen: UUID | None) -> list[list[float]]:
    """Return the corners of the chosen district, or of all; latitude first, as Leaflet wants."""
    shown = [o for o in outlines if o.district.id == chosen] or outlines
    box = rules.box_of(orjson.loads(o.geojson) for o in shown)
    return [[box.south, box.west], [box.north, box.east]]


def _collection(
    outlines: Sequence[Outline], chosen: UUID | None, marks: Mapping[UUID, Mark]
) -> dict[str, object]:
    """Return the outlines without names; the chosen one last, so that its edge lies on top."""
    in_order = sorted(outlines, key=lambda o: o.district.id == chosen)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(number),
                "properties": {"class": _class(outline, chosen, marks)},
                "geometry": orjson.loads(outline.geojson),
            }
            for number, outline in enumerate(in_order)
        ],
    }


def _class(outline: Outline, chosen: UUID | None, marks: Mapping[UUID, Mark]) -> str:
    if chosen is None:
        mark = marks.get(outline.district.id)
        return f"area area-{mark.value}" if mark else "area"
    return "area area-chosen" if outline.district.id == chosen else "area area-near"
