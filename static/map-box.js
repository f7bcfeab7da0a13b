// The part of the map that a page is narrowed to: drawn, seen first, and chosen anew.

import { pane } from "./map-face.js";

const DIGITS = 5; // a metre
const LIMITS = [180, 90, 180, 90];

function address(bounds) {
  const sides = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const there = new URL(location.href);
  there.searchParams.set("bbox", sides.map((side, n) => Math.max(-LIMITS[n], Math.min(side, LIMITS[n])).toFixed(DIGITS)));
  there.searchParams.delete("cursor"); // a page of a longer list
  return there;
}

export function addBox(map) {
  if (pane.dataset.box) {
    const [west, south, east, north] = pane.dataset.box.split(",").map(Number);
    const box = L.latLngBounds([south, west], [north, east]);
    L.rectangle(box, { className: "viewbox", interactive: false }).addTo(map);
    map.fitBounds(box, { padding: [-1, -1], maxZoom: 17, animate: false }); // -1: else it steps out each time
  }
  const button = document.querySelector("[data-only]");
  if (!button) return;
  button.addEventListener("click", () => location.assign(address(map.getBounds())));
  button.hidden = false;
}
