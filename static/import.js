// The rows of a list on a map: one dot for each that has a place. The list beside it says the same.

import { geojson } from "./geojson.js";
import { addOutlines, plainMap } from "./plain-map.js";
import { svg } from "./svg.js";

const box = document.querySelector("#fates");

// What a row becomes is told by shape: a dot comes in, a ring is there already, a cross is wrong.
const SHAPES = {
  "sparas": ["circle", { class: "spot", cx: 16, cy: 16, r: 7 }],
  "finns redan": ["circle", { class: "ring", cx: 16, cy: 16, r: 6 }],
};
const WRONG = ["path", { class: "wrong", d: "M10 10 22 22M22 10 10 22" }];

function icon(state) {
  const drawing = svg("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" }, svg(...(SHAPES[state] ?? WRONG)));
  return L.divIcon({ html: drawing, className: "pin", iconSize: [24, 24] });
}

function marker({ geometry, properties }) {
  const said = document.createElement("p");
  said.textContent = [`Rad ${properties.line}: ${properties.state}.`, properties.text].filter(Boolean).join(" ");
  const at = L.GeoJSON.coordsToLatLng(geometry.coordinates);
  return L.marker(at, { icon: icon(properties.state), title: `Rad ${properties.line}` }).bindPopup(said);
}

async function start() {
  const map = plainMap(box);
  const face = map.getContainer();
  face.setAttribute("role", "region");
  face.setAttribute("aria-label", "Karta med raderna. Flytta med piltangenterna, zooma med plus och minus.");
  const [{ outlines }, { features }] = await Promise.all([addOutlines(map, box.dataset.outlines), geojson(box.dataset.source)]);
  const rows = L.featureGroup(features.map(marker)).addTo(map);
  const shown = outlines.getLayers().length ? outlines : rows;
  if (shown.getLayers().length) map.fitBounds(shown.getBounds(), { padding: [8, 8], maxZoom: 15 });
}

if (box) start().catch((problem) => console.warn(problem));
