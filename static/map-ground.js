// What lies under the incidents: the land around, borders of other divisions, layers of one's own.
// All text is set as text. Nothing is asked of another host before somebody chooses it.

import { geojson, once } from "./geojson.js";
import { element, labels, pane } from "./map-face.js";
import { GROUND_NAMES, boxes, lies, within } from "./map-frame.js";

const found = JSON.parse(document.querySelector("#ground")?.dataset.found ?? "{}");
const PANES = { ground: 350, layers: 380, borders: 410, [GROUND_NAMES]: 450 }; // Leaflet's outlines: 400
const STOPS_FROM = 14; // zoom
const STOP_NAMES_FROM = 16;
const EDGE = 28; // px between a name and the edge of the map
const UNIQUE = new Set(["built", "border"]);
const SIGN = 7; // px, the mean sign of a name
const said = []; // what has names to write: functions that return { at, text, kind }

function open(map) {
  for (const [name, level] of Object.entries(PANES)) {
    if (map.getPane(name)) continue;
    const made = map.createPane(name);
    made.style.zIndex = level;
    made.style.pointerEvents = "none";
  }
}

const shapes = (features, name, className) => L.geoJSON(features, {
  pane: name,
  renderer: L.svg({ pane: name, padding: 0.5 }),
  style: { className, fillRule: "evenodd" },
  interactive: false,
  smoothFactor: 0.5,
});

// --- Names: of what is seen, where nothing else is written ---------------------------------------

function writeNames(map, layer) {
  layer.clearLayers();
  const view = map.getBounds();
  const faces = [];
  const written = new Set(labels.map(([name]) => name)); // the districts' own
  for (const { at, text, kind } of said.flatMap((each) => each())) {
    if (!at || !view.contains(at)) continue;
    if (UNIQUE.has(kind) && written.has(text)) continue; // a town is often called as its municipality
    written.add(text);
    const face = element("span", "", text);
    face.setAttribute("aria-hidden", "true");
    const made = L.divIcon({ html: face, className: `ground-name of-${kind}`, iconSize: [0, 0] });
    faces.push([face, L.marker(at, { icon: made, interactive: false, keyboard: false, pane: GROUND_NAMES }).addTo(layer)]);
  }
  const whole = pane.getBoundingClientRect();
  const taken = boxes(pane.querySelectorAll(".area-name > :not(.hidden), .mapctl, .maplayers, .mapsearch"));
  const own = boxes(faces.map(([face]) => face)); // all are read before any goes
  for (const [index, [, marker]] of faces.entries()) {
    if (within(own[index], whole) && !lies(own[index], taken)) taken.push(own[index]);
    else layer.removeLayer(marker);
  }
}

function followNames(map) {
  if (map.ground) return;
  map.ground = L.layerGroup().addTo(map);
  map.on("settle", () => writeNames(map, map.ground)); // after the districts' own, which a layer asks for too
}

// Where an area's name can stand in the part that is seen; a municipality is larger than the map.
function seenCentre(map, { geometry }) {
  const size = map.getSize();
  const view = L.bounds([EDGE, EDGE], [size.x - EDGE, size.y - EDGE]);
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  let best = null;
  for (const [shell] of polygons) {
    const ring = shell.map(([longitude, latitude]) => map.latLngToContainerPoint([latitude, longitude]));
    const cut = L.PolyUtil.clipPolygon(ring, view);
    const area = Math.abs(cut.reduce((sum, one, i) => sum + one.x * cut[(i + 1) % cut.length].y - cut[(i + 1) % cut.length].x * one.y, 0)) / 2;
    if (cut.length > 2 && area > (best?.area ?? 4000)) best = { area, cut };
  }
  if (!best) return null;
  const centre = middle(best.cut);
  return centre && map.containerPointToLatLng(centre);
}

// The middle of the widest stretch among some lines through an area: always inside it.
function middle(ring) {
  const { min, max } = L.bounds(ring);
  let best = null;
  for (let part = 1; part < 8; part += 1) {
    const y = min.y + ((max.y - min.y) * part) / 8;
    const crossed = ring.flatMap((one, i) => {
      const next = ring[(i + 1) % ring.length];
      return (one.y > y) === (next.y > y) ? [] : [one.x + ((y - one.y) * (next.x - one.x)) / (next.y - one.y)];
    }).sort((one, other) => one - other);
    for (let i = 0; i + 1 < crossed.length; i += 2) {
      const wide = crossed[i + 1] - crossed[i];
      if (wide > (best?.wide ?? 0)) best = { wide, at: L.point((crossed[i] + crossed[i + 1]) / 2, y) };
    }
  }
  return best?.at ?? null;
}

// Whether a name is not wider than the area that it is of.
function fits(map, layer, text) {
  const box = layer.getBounds();
  const wide = map.latLngToContainerPoint(box.getNorthEast()).x - map.latLngToContainerPoint(box.getSouthWest()).x;
  return wide >= Math.min(text.length * SIGN, 120);
}

// --- The schematic ground ------------------------------------------------------------------------

const drawn = new Map(); // level → what fetches it, once
let shown = null;

function build({ features }) {
  const of = (kind) => features.filter(({ properties }) => properties.kind === kind);
  const stops = of("stops").flatMap(({ geometry, properties }) => L.GeoJSON.coordsToLatLngs(geometry.coordinates).map((at, i) => ({ at, text: properties.names[i], kind: "stop" })));
  const renderer = L.svg({ pane: "ground", padding: 0.5 });
  return {
    neighbours: of("neighbour"),
    built: of("built"),
    stops,
    areas: L.layerGroup([shapes(of("neighbour"), "ground", "neighbour"), shapes(of("built"), "ground", "built")]),
    dots: L.layerGroup(stops.map(({ at }) => L.circleMarker(at, { pane: "ground", renderer, radius: 3, className: "stop", interactive: false }))),
  };
}

function groundNames(map) {
  if (!shown) return [];
  const zoom = map.getZoom();
  return [
    ...shown.neighbours.map((feature) => ({ at: seenCentre(map, feature), text: feature.properties.name, kind: "neighbour" })),
    ...(zoom >= 10.5 ? shown.built.map(({ properties }) => ({ at: L.GeoJSON.coordsToLatLng(properties.at), text: properties.name, kind: "built" })) : []),
    ...(zoom >= STOP_NAMES_FROM ? shown.stops : []),
  ];
}

const levelOf = (zoom) => found.levels.find((most) => Math.ceil(zoom) <= most) ?? found.levels.at(-1);

async function showGround(map) {
  const level = levelOf(map.getZoom());
  if (!drawn.has(level)) drawn.set(level, once(async () => build(await geojson(`${found.ground}?zoom=${level}`))));
  const wanted = await drawn.get(level)();
  if (level !== levelOf(map.getZoom())) return; // somebody has gone on
  if (wanted !== shown) {
    shown?.areas.remove();
    shown?.dots.remove();
    shown = wanted;
    shown.areas.addTo(map);
    pane.classList.toggle("has-ground", shown.neighbours.length + shown.built.length > 0);
  }
  if (map.getZoom() >= STOPS_FROM) shown.dots.addTo(map);
  else shown.dots.remove();
}

// The map is there without its ground: a fault is for the console.
export function addGround(map) {
  open(map);
  followNames(map);
  if (found.vector) {
    import("./map-vector.js").then(({ addVector }) => addVector(map, found.vector)).catch((problem) => console.warn(problem));
  }
  if (!found.ground) return;
  const show = () => showGround(map).catch((problem) => console.warn(problem));
  said.push(() => groundNames(map));
  map.on("zoomend", show);
  show();
}

// --- What people turn on -------------------------------------------------------------------------

function borders(map, [label, slug, address]) {
  const get = once(async () => shapes((await geojson(address)).features, "borders", "border-line"));
  let layer = null;
  let isOn = false;
  const names = () => (!layer || !isOn ? [] : layer.getLayers().map((each) => {
    const { name, at } = each.feature.properties;
    return fits(map, each, name) ? { at: L.GeoJSON.coordsToLatLng(at), text: name, kind: "border" } : {};
  }));
  said.push(names);
  return {
    label: `Gränser: ${label}`,
    name: `granser-${slug}`,
    on: async () => {
      isOn = true;
      layer = await get();
      if (isOn) layer.addTo(map); // somebody may have thought again
    },
    off: () => {
      isOn = false;
      layer?.remove();
      map.fire("settle"); // its names go too
    },
  };
}

function own(map, { name, type, url, attribution, options }) {
  const told = element("p", "mapstate", `Lagret ”${name}” svarar inte.`);
  told.setAttribute("role", "status");
  const common = { pane: "layers", maxZoom: map.getMaxZoom(), attribution: element("span", "", attribution).innerHTML };
  const layer = type === "wms" ? L.tileLayer.wms(url, { ...options, ...common, transparent: options.format !== "image/jpeg" }) : L.tileLayer(url, common);
  layer.on("tileerror", () => pane.append(told));
  layer.on("tileload", () => told.remove());
  return {
    label: name, // without a name in the address: nobody else's map asks another host
    on: () => {
      if (!map.attributionControl) L.control.attribution({ prefix: false }).addTo(map);
      layer.addTo(map);
      map.layersOn = (map.layersOn ?? 0) + 1;
      pane.classList.add("has-layer");
    },
    off: () => {
      layer.remove();
      told.remove();
      map.layersOn -= 1;
      pane.classList.toggle("has-layer", map.layersOn > 0);
    },
  };
}

// What can be laid over the map, for the panel of layers: { label, name, on, off }.
export function groundChoices(map) {
  open(map);
  followNames(map);
  return [
    ...(found.borders ?? []).map((each) => borders(map, each)),
    ...(found.layers ?? []).map((each) => own(map, each)),
  ];
}
