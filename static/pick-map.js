// The place on its map: a point that can be dragged, or a line or an area with its corners.

import { keepAreas } from "./pick-area.js";
import { box, picked, radius, written } from "./pick-form.js";
import { addOutlines, plainMap } from "./plain-map.js";
import { svg } from "./svg.js";

const NEAR = 13; // zoom at which a place that is named or searched is shown
const CLOSE = { tiles: 16, outlines: 14 }; // and one that is to be moved a little
const { coordsToLatLng, coordsToLatLngs } = L.GeoJSON;

function draggable(at, name, r, moved) {
  const drawing = svg("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" }, svg("circle", { class: name, cx: 16, cy: 16, r }));
  const icon = L.divIcon({ html: drawing, className: "pin", iconSize: [32, 32] });
  const marker = L.marker(at, { icon, draggable: true, keyboard: false, autoPan: name === "spot" });
  return marker.on("dragend", () => moved(marker.getLatLng()));
}

const trace = (corners, more = "") => L.polyline(coordsToLatLngs(corners), { className: `trace${more}`, interactive: false });

// `choose` is told of a point that was dragged, `change` of a corner.
export function draw(layer, { choose, change }) {
  const { shape } = picked;
  const at = written();
  layer.clearLayers();
  if (at && !shape) {
    if (radius()) layer.addLayer(L.circle(at, { radius: radius(), className: "unsure", interactive: false }));
    layer.addLayer(draggable(at, "spot", 9, choose));
  }
  if (!shape) return;
  const { corners, isDone, kept, type } = shape;
  const geometry = shape.geometry();
  if (kept || (isDone && geometry)) layer.addLayer(L.geoJSON(geometry, { style: { className: "trace" }, interactive: false }));
  else {
    layer.addLayer(trace(corners));
    if (type === "Polygon" && corners.length > 2) layer.addLayer(trace([corners.at(-1), corners[0]], " closing"));
  }
  for (const [index, corner] of kept ? [] : corners.entries()) {
    const name = index === corners.length - 1 ? "corner last" : "corner";
    layer.addLayer(draggable(coordsToLatLng(corner), name, 6, ({ lng, lat }) => {
      picked.refused = shape.move(index, [lng, lat]);
      change();
    }));
  }
}

export function follow(map, at) {
  if (at && (map.getZoom() < NEAR || !map.getBounds().contains(at))) map.setView(at, Math.max(map.getZoom(), NEAR));
}

export async function addAreas(map) {
  const { features, outlines } = await addOutlines(map, box.dataset.outlines);
  keepAreas(features);
  outlines.bringToBack();
  if (!written() && !picked.shape && features.length) map.fitBounds(outlines.getBounds(), { padding: [8, 8] });
}

export function made() {
  const map = plainMap(box, { doubleClickZoom: false }); // two presses are two choices of a place
  const { was, tiles } = box.dataset;
  const at = written();
  L.control.scale({ imperial: false }).addTo(map);
  if (was) { // where it stands, while it is put somewhere else
    L.geoJSON(JSON.parse(was), {
      pointToLayer: (_, where) => L.circleMarker(where, { radius: 11, className: "was", interactive: false }),
      style: { className: "was" },
      interactive: false,
    }).addTo(map);
  }
  if (at) map.setView(at, was ? CLOSE[tiles ? "tiles" : "outlines"] : NEAR);
  else if (picked.shape) map.fitBounds(L.geoJSON(picked.shape.geometry()).getBounds(), { maxZoom: 16, padding: [24, 24] });
  return map;
}
