// More incidents than can be sent at once: the server counts them in squares, tile by tile, and
// says which one it is where one stands alone. What such a one is about is fetched when it is opened.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

import { geojson } from "./geojson.js";
import { countIcon, element, icon, pane, popup, popupOptions, unsureCircle } from "./map-face.js";
import { drawnAgain } from "./map-frame.js";
import { mark, onRow } from "./map-incidents.js";

const SIDE = 512; // px of the screen that a tile covers
const SQUARES = 16; // along a side, as incidents/store/tiles.py has it
const LAYER = "handelser";
const MVT = "application/vnd.mapbox-vector-tile";
const CLOSE = 17; // the zoom at which one incident is shown
const LISTED = 20;
const APART = 66; // px between two counts: they are wider than the pins of single incidents

// The tiles that the map shows, as [z, x, y].
function inSight(map) {
  const z = Math.max(0, Math.round(map.getZoom()) - 1);
  const bounds = map.getBounds();
  const at = (corner) => map.project(corner, z + 1).divideBy(SIDE).floor();
  const [from, to] = [at(bounds.getNorthWest()), at(bounds.getSouthEast())];
  const found = [];
  for (let x = from.x; x <= to.x; x++) for (let y = from.y; y <= to.y; y++) found.push([z, x, y]);
  return found.filter(([, x, y]) => Math.min(x, y) >= 0 && Math.max(x, y) < 2 ** z);
}

async function fetched([z, x, y], signal) {
  const names = { z, x, y };
  const address = pane.dataset.tiles.replace(/{([zxy])}/g, (_, name) => names[name]);
  const answer = await fetch(address, { signal });
  const isTile = answer.ok && answer.headers.get("Content-Type")?.startsWith(MVT); // not the page to sign in on
  if (!isTile) throw new Error(`status ${answer.status}`);
  const layer = new VectorTile(new PbfReader(await answer.arrayBuffer())).layers[LAYER];
  return Array.from({ length: layer?.length ?? 0 }, (_, n) => layer.feature(n).toGeoJSON(x, y, z));
}

// The rows of the list in a box: their popups say the same as everywhere.
async function rowsIn(bounds) {
  const address = new URL(pane.dataset.source, location.href);
  address.searchParams.set("bbox", bounds.toBBoxString());
  return (await geojson(address)).features.map((feature) => feature.properties);
}

function listOf(said, number) {
  const body = element("div");
  body.append(element("p", "title", `${number.toLocaleString("sv-SE")} händelser på samma ställe`));
  for (const one of said.slice(0, LISTED)) {
    const line = element("p");
    const link = element("a", "", one.reference);
    link.href = one.link;
    line.append(link, ` ${one.category}, ${one.when}`);
    body.append(line);
  }
  if (number > LISTED) body.append(element("p", "sub", `De ${LISTED} första visas här. Listan har alla.`));
  return body;
}

// Open a popup at once, and fill it when its rows are there: of one, or of a number of them.
function open(map, at, bounds, reference, number = 1) {
  const shown = L.popup(popupOptions({ maxHeight: 260 })).setLatLng(at).setContent(element("p", "", "Hämtas …")).openOn(map);
  if (reference) {
    mark(reference);
    shown.on("remove", () => mark(null));
  }
  const reader = document.activeElement;
  const isThere = () => [reader, drawnAgain(reader), document.body].includes(document.activeElement);
  rowsIn(bounds)
    .then((rows) => {
      const said = reference ? rows.filter((row) => row.reference === reference) : rows;
      if (!said.length) throw new Error("not among the rows that fit"); // the fullest places have more
      shown.setContent(said.length === 1 ? popup(said[0]) : listOf(said, Math.max(number, said.length)));
      if (isThere()) shown.getElement()?.querySelector(".leaflet-popup-content a")?.focus({ preventScroll: true });
    })
    .catch(() => shown.setContent(element("p", "", "Händelsen kunde inte hämtas. Listan bredvid fungerar.")));
}

function around(at) {
  return L.latLngBounds(at, at).pad(0).extend([at.lat + 1e-5, at.lng + 1e-5]).extend([at.lat - 1e-5, at.lng - 1e-5]);
}

// The square of a tile's grid that holds a position.
function square(map, at, z) {
  const deep = z + Math.log2(SQUARES);
  const corner = map.project(at, deep).divideBy(256).floor();
  const to = (n) => map.unproject(corner.add([n, n]).multiplyBy(256), deep);
  return L.latLngBounds(to(0), to(1));
}

function marker(map, z, { geometry, properties: said }) {
  const { n, reference, precision_m } = said;
  const at = L.GeoJSON.coordsToLatLng(geometry.coordinates);
  const made = L.marker(at, { icon: reference ? icon(said) : countIcon(n), number: n, riseOnHover: true });
  const circle = precision_m ? unsureCircle(at, precision_m) : null;
  made.on("add", () => {
    if (reference) made.getElement().setAttribute("aria-label", `Händelse ${reference}`);
    circle?.addTo(map);
  });
  made.on("remove", () => circle?.remove());
  made.on("click keypress", ({ originalEvent }) => {
    if (originalEvent.type === "keypress" && originalEvent.key !== "Enter") return;
    if (reference) open(map, at, around(at), reference);
    else if (map.getZoom() >= map.getMaxZoom()) open(map, at, square(map, at, z), null, n);
    else {
      map.getContainer().focus({ preventScroll: true }); // the disc goes, the keyboard stays
      map.setView(at, Math.min(map.getMaxZoom(), Math.round(map.getZoom()) + 2));
    }
  });
  return made;
}

export async function addTiles(map, layer) {
  const [waits, failed] = [".mapstate", ".mapfail"].map((name) => pane.querySelector(name));
  let drawn = "";
  let latest = new AbortController();
  const show = async () => {
    const tiles = inSight(map);
    if (String(tiles) === drawn) return;
    drawn = String(tiles);
    latest.abort();
    latest = new AbortController();
    const { signal } = latest;
    try {
      const parts = await Promise.all(tiles.map((tile) => fetched(tile, signal)));
      if (signal.aborted) return;
      const held = document.activeElement;
      layer.clearLayers();
      layer.addLayers(parts.flatMap((features, n) => features.map((feature) => marker(map, tiles[n][0], feature))));
      if (!held.isConnected) drawnAgain(held)?.focus({ preventScroll: true });
      failed.hidden = true;
    } catch (problem) {
      if (signal.aborted) return;
      drawn = "";
      failed.hidden = false;
      console.warn(problem);
    }
  };
  onRow((row) => {
    if (!row.dataset.at) return null;
    const at = L.GeoJSON.coordsToLatLng(row.dataset.at.split(",").map(Number));
    return () => {
      map.setView(at, Math.max(map.getZoom(), CLOSE), { animate: false });
      open(map, at, around(at), row.dataset.ref);
    };
  });
  layer.options.maxClusterRadius = APART;
  map.on("moveend", show);
  waits.hidden = false;
  await show();
  waits.hidden = true;
}
