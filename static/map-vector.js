// A ground of vector tiles, drawn in the colours of the other maps: land, water, woods, streets.
// Reads the layers of Protomaps' and of OpenMapTiles' schemas. No names: the districts have theirs.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

import { once } from "./geojson.js";
import { element, pane } from "./map-face.js";

const POINT = 1, LINE = 2;
const SIDE = 256; // px of a tile
const SHARPEST = 8; // times that
const KEPT = 80; // tiles, to draw again when one goes closer
const GREEN = new Set(["park", "forest", "wood", "grass", "grassland", "meadow", "nature_reserve", "garden", "cemetery", "scrub", "wetland", "golf_course", "recreation_ground", "farmland", "pitch"]);
const BUILT = new Set(["residential", "commercial", "industrial", "retail", "school", "university", "college", "hospital", "railway", "urban_area", "neighbourhood"]);
const WIDE = new Set(["highway", "motorway", "trunk"]);
const MAJOR = new Set(["major_road", "medium_road", "primary", "secondary", "tertiary"]);
const PATH = new Set(["path", "track", "footway", "cycleway", "pedestrian"]);
const RAIL = new Set(["rail", "transit"]);

const kind = ({ properties }) => properties.kind ?? properties["pmap:kind"] ?? properties.class ?? "";
const filled = (choose) => (feature, colours) => ({ fill: colours[choose(kind(feature))] });

function road(feature, colours, zoom) {
  const of = kind(feature);
  const grow = 2 ** Math.max(0, (zoom - 13) / 2);
  if (RAIL.has(of)) return { stroke: colours.rail, width: 0.8 * grow };
  if (PATH.has(of)) return zoom >= 15 ? { stroke: colours.path, width: 0.5 * grow, dash: [3, 3] } : {};
  if (WIDE.has(of)) return { stroke: colours.road, edge: colours.edge, width: 2.6 * grow };
  if (MAJOR.has(of)) return { stroke: colours.road, edge: colours.edge, width: 1.6 * grow };
  return of === "ferry" || zoom < 12 ? {} : { stroke: colours.road, edge: zoom >= 14 && colours.edge, width: 0.8 * grow };
}

// In the order in which they are drawn: the names that the two schemas have for the same.
const LAYERS = [
  [["earth"], filled(() => "ground")],
  [["landcover", "landuse", "park"], filled((of) => (GREEN.has(of) ? "green" : BUILT.has(of) ? "built" : "none"))],
  [["water"], filled(() => "water")],
  [["waterway"], (_, colours) => ({ stroke: colours.water, width: 1 })],
  [["roads", "transportation"], road],
  [["buildings", "building"], (_, colours, zoom) => (zoom >= 15 ? { fill: colours.building } : {})],
  [["boundaries", "boundary"], (_, colours) => ({ stroke: colours.edge, width: 0.8, dash: [4, 4] })],
];

function palette() {
  const style = getComputedStyle(pane);
  const token = (name) => style.getPropertyValue(`--map-${name}`).trim();
  return {
    ground: token("ground"), green: token("green"), built: token("built"), water: token("water"), building: token("building"),
    road: token("road"), rail: token("rail"), path: token("rail"), edge: token("road-edge"),
  };
}

function trace(pen, geometry, scale, isArea) {
  pen.beginPath();
  for (const ring of geometry) {
    for (const [i, { x, y }] of ring.entries()) {
      if (i) pen.lineTo(x * scale, y * scale);
      else pen.moveTo(x * scale, y * scale);
    }
    if (isArea) pen.closePath();
  }
}

function stroke(pen, colour, width, dash = []) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.stroke();
}

// `unit` is how many pixels of the screen one of the tile covers.
function draw(pen, tile, zoom, unit, colours) {
  pen.lineJoin = pen.lineCap = "round";
  for (const [names, look] of LAYERS) {
    for (const layer of names.map((name) => tile.layers[name]).filter(Boolean)) {
      const scale = SIDE / layer.extent;
      const seen = Array.from({ length: layer.length }, (_, i) => layer.feature(i)).filter(({ type }) => type !== POINT)
        .map((feature) => [feature, look(feature, colours, zoom), feature.loadGeometry()]);
      for (const [, { edge, width }, geometry] of seen) { // all edges lie under all streets
        if (!edge) continue;
        trace(pen, geometry, scale, false);
        stroke(pen, edge, (width + 1.2) / unit);
      }
      for (const [feature, { fill, stroke: line, width, dash }, geometry] of seen) {
        if (fill && feature.type !== LINE) {
          trace(pen, geometry, scale, true);
          pen.fillStyle = fill;
          pen.fill("evenodd");
        } else if (line) {
          trace(pen, geometry, scale, false);
          stroke(pen, line, width / unit, dash?.map((part) => part / unit));
        }
      }
    }
  }
}

const Ground = L.GridLayer.extend({
  createTile(coords, done) {
    const canvas = element("canvas", "leaflet-tile");
    const { tile: read, zoom } = this.options;
    const closer = Math.max(0, zoom() - coords.z); // than the archive goes: Leaflet makes tiles larger
    const sharp = Math.min(2 ** closer * Math.min(devicePixelRatio || 1, 2), SHARPEST);
    canvas.width = canvas.height = SIDE * sharp;
    read(coords).then((tile) => {
      if (tile) {
        const pen = canvas.getContext("2d");
        pen.scale(sharp, sharp);
        draw(pen, tile, coords.z + closer, 2 ** closer, palette());
      }
      done(null, canvas);
    }).catch((problem) => done(problem, canvas));
    return canvas;
  },
});

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.status === 204 ? null : new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer())));
}

function remembering(get) {
  const known = new Map();
  return (address) => {
    const found = known.get(address) ?? once(() => get(address));
    known.delete(address);
    known.set(address, found); // the last that was asked for goes last
    if (known.size > KEPT) known.delete(known.keys().next().value);
    return found();
  };
}

export function addVector(map, { url, attribution, low, high, box }) {
  const get = remembering(read);
  const layer = new Ground({
    attribution,
    minNativeZoom: low,
    maxNativeZoom: high,
    maxZoom: map.getMaxZoom(),
    ...(box ? { bounds: [box.slice(0, 2), box.slice(2)] } : {}),
    tile: (coords) => get(L.Util.template(url, coords)),
    zoom: () => map.getZoom(),
  }).addTo(map);
  const redraw = () => layer.redraw(); // in the colours that hold now
  let drawn = map.getZoom();
  map.on("zoomend", () => { // Leaflet keeps tiles of the closest zoom, only larger
    const zoom = map.getZoom();
    if (Math.max(zoom, high) !== Math.max(drawn, high)) redraw();
    drawn = zoom;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("print").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
