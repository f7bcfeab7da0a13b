// A map without folium, in a form or beside a list: its ground, its two buttons, the outlines of the areas.

import { geojson } from "./geojson.js";

const SWEDEN = [[55.3, 10.9], [69.1, 24.2]];

// The wheel scrolls the page until somebody is in the map.
export function wheelInside(map) {
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
}

// `box` holds the drawing and the buttons; its data say where the ground comes from.
export function plainMap(box, options = {}) {
  const { tiles, attribution, high } = box.dataset;
  const map = L.map(box.querySelector(".drawing"), {
    attributionControl: Boolean(tiles),
    zoomControl: false,
    scrollWheelZoom: false,
    minZoom: 4,
    maxZoom: 18,
    zoomSnap: tiles ? 1 : 0.25,
    ...options,
  });
  map.fitBounds(SWEDEN);
  map.attributionControl?.setPrefix(false);
  if (tiles) L.tileLayer(tiles, { attribution, maxZoom: 18, maxNativeZoom: Number(high) || 18 }).addTo(map);
  const does = { in: () => map.zoomIn(), out: () => map.zoomOut() };
  const buttons = box.querySelector(".mapctl");
  buttons.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  buttons.hidden = false;
  wheelInside(map);
  return map;
}

// Draw the areas, and return { features, outlines }.
export async function addOutlines(map, address) {
  const { features } = await geojson(address);
  const outlines = L.geoJSON(features, { style: { className: "area" }, interactive: false, smoothFactor: 0.5 }).addTo(map);
  return { features, outlines };
}
