// Density as a smooth surface, worked out from the numbers of the hexagons: no single place is needed for it.
// Drawn as one shape for each level, so that colours follow light, dark and paper.

import { svg } from "./svg.js";

const RADIUS_M = 400; // of the kernel
const STEP_M = 40;
const FAR_M = 20_000; // what lies so far from all else has a raster of its own: one for both would be too coarse
const MOST_CELLS = 250_000; // of the raster; a larger country gets coarser ones
const SERIES = [1, 2, 5];
const LEVELS = 5;
const OPACITY = 0.8;

// The quartic kernel: what one incident adds per km² at a distance, as a part of the radius.
const kernel = (away) => (away < 1 ? (3 / (Math.PI * (RADIUS_M / 1000) ** 2)) * (1 - away ** 2) ** 2 : 0);

// Web Mercator stretches: its metres at a latitude in metres on the ground.
function spots(features) {
  return features.map(({ geometry, properties }) => {
    const ring = geometry.coordinates[0].slice(1);
    const [longitude, latitude] = [0, 1].map((n) => ring.reduce((sum, at) => sum + at[n], 0) / ring.length);
    const { x, y } = L.CRS.EPSG3857.project(L.latLng(latitude, longitude));
    return { x, y, stretch: 1 / Math.cos((latitude * Math.PI) / 180), number: properties.number };
  });
}

function raster(found) {
  const reach = RADIUS_M * Math.max(...found.map(({ stretch }) => stretch));
  const west = Math.min(...found.map(({ x }) => x)) - reach;
  const east = Math.max(...found.map(({ x }) => x)) + reach;
  const south = Math.min(...found.map(({ y }) => y)) - reach;
  const north = Math.max(...found.map(({ y }) => y)) + reach;
  const step = Math.max(STEP_M * found[0].stretch, Math.sqrt(((east - west) * (north - south)) / MOST_CELLS));
  const columns = Math.ceil((east - west) / step) + 1;
  const rows = Math.ceil((north - south) / step) + 1;
  const values = new Float32Array(columns * rows);
  for (const { x, y, stretch, number } of found) {
    const radius = RADIUS_M * stretch;
    const column = (x - west) / step;
    const row = (north - y) / step;
    const around = radius / step;
    for (let r = Math.max(0, Math.ceil(row - around)); r <= Math.min(rows - 1, row + around); r++) {
      for (let c = Math.max(0, Math.ceil(column - around)); c <= Math.min(columns - 1, column + around); c++) {
        values[r * columns + c] += number * kernel(Math.hypot(r - row, c - column) / around);
      }
    }
  }
  const corner = (column, row) => L.CRS.EPSG3857.unproject(L.point(west + column * step, north - row * step));
  return { values, columns, rows, bounds: L.latLngBounds(corner(0, rows - 1), corner(columns - 1, 0)) };
}

// What lies above a level, as the outline of an SVG path: square by square, cut where the level runs through.
function above({ values, columns, rows }, level) {
  const parts = [];
  for (let r = 0; r < rows - 1; r++) {
    let full = 0; // squares in a row that lie above it as a whole
    for (let c = 0; c < columns; c++) {
      const corners = [[c, r], [c + 1, r], [c + 1, r + 1], [c, r + 1]];
      const at = c < columns - 1 ? corners.map(([x, y]) => values[y * columns + x] - level) : [-1, -1, -1, -1];
      const inside = at.filter((value) => value >= 0).length;
      if (inside === 4) { full++; continue; }
      if (full) parts.push(`M${c - full} ${r}h${full}v1h${-full}z`);
      full = 0;
      if (inside) parts.push(cut(corners, at));
    }
  }
  return parts.join("");
}

function cut(corners, at) {
  const outline = [];
  for (const [n, [x, y]] of corners.entries()) {
    const next = (n + 1) % 4;
    if (at[n] >= 0) outline.push([x, y]);
    if (at[n] >= 0 === at[next] >= 0) continue;
    const part = at[n] / (at[n] - at[next]);
    const [toX, toY] = corners[next];
    outline.push([x + (toX - x) * part, y + (toY - y) * part]);
  }
  return `M${outline.map(([x, y]) => `${+x.toFixed(2)} ${+y.toFixed(2)}`).join("L")}z`;
}

// The highest round numbers that the surface reaches.
function levelsOf(most) {
  const numbers = [];
  for (let power = 1; power <= most; power *= 10) numbers.push(...SERIES.map((n) => n * power));
  return numbers.filter((n) => n <= most).slice(-LEVELS);
}

// What lies apart in one direction; each part is then looked at in the other, until none falls apart.
function parts(found, way = "x", isWhole = false) {
  const groups = [];
  let before = -Infinity;
  for (const spot of [...found].sort((one, other) => one[way] - other[way])) {
    if (spot[way] - before > FAR_M * spot.stretch) groups.push([]);
    groups.at(-1).push(spot);
    before = spot[way];
  }
  if (groups.length === 1 && isWhole) return groups;
  return groups.flatMap((group) => parts(group, way === "x" ? "y" : "x", groups.length === 1));
}

function overlay(drawn, levels) {
  const viewBox = `0 0 ${drawn.columns - 1} ${drawn.rows - 1}`;
  const shapes = levels.map(([colour, number]) => svg("path", { class: `hex-${colour}`, d: above(drawn, number) }));
  const face = svg("svg", { viewBox, preserveAspectRatio: "none", "aria-hidden": "true" }, ...shapes); // the list says where it is densest
  return L.svgOverlay(face, drawn.bounds, { pane: "cells", opacity: OPACITY, interactive: false });
}

// Returns the layer, and for the legend the colour and the lowest density (incidents per km²) of each level.
export function heat({ features }) {
  const drawn = parts(spots(features)).map(raster);
  const numbers = levelsOf(Math.max(...drawn.map(({ values }) => values.reduce((most, value) => Math.max(most, value), 0))));
  const levels = numbers.map((number, n) => [n + 1 + LEVELS - numbers.length, number]);
  return { layer: L.layerGroup(drawn.map((each) => overlay(each, levels))), levels };
}
