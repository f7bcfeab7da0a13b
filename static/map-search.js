// A place by its name: the map goes there and marks the spot. Only our own list is asked.

import { calm, element, pane } from "./map-face.js";
import { suggestPlaces } from "./places.js";
import { svg } from "./svg.js";

const box = document.querySelector(".mapsearch");
const NEAR = 16; // zoom at which a place fills the map

function ring() {
  const circles = ["halo", "ring"].map((name) => svg("circle", { class: name, cx: 22, cy: 22, r: 17 }));
  return svg("svg", { viewBox: "0 0 44 44", "aria-hidden": "true" }, ...circles);
}

function start() {
  const map = window[pane.dataset.map];
  const field = box.querySelector("input");
  const status = box.querySelector('[role="status"]');
  let spot = null;

  const forget = () => {
    spot?.remove();
    spot = null;
    status.textContent = "";
  };
  const show = ({ name, kind, district, longitude, latitude }) => {
    forget();
    const at = L.latLng(latitude, longitude);
    const face = element("div", "spotted");
    face.append(ring(), element("span", "", name));
    const icon = L.divIcon({ html: face, className: "pin found-pin", iconSize: [44, 44] });
    spot = L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 1000 }).addTo(map);
    map.setView(at, Math.max(map.getZoom(), NEAR), { animate: !calm });
    status.textContent = `Kartan visar ${[name, kind, district].filter(Boolean).join(", ")}.`;
  };

  suggestPlaces({ field, list: box.querySelector("#found-places"), address: box.dataset.places, choose: show, status });
  field.addEventListener("input", () => { if (!field.value) forget(); });
  pane.querySelector(".maplayers, .mapctl").before(box); // in the map itself, so that it is there on the whole screen too
  box.hidden = false;
}

if (pane && box) start();
