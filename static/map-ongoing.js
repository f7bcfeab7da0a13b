// Ongoing problems and actions: a ring around where they are, with a sign on it. Text is set as text.

import { element, pane } from "./map-face.js";

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 48; // px
const ABOVE = 44; // px from the name of a district to a ring that stands for all of it

function draw(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A ring that can be pressed on its line and its sign, so that what stands in it can be pressed too.
function icon(all) {
  const drawing = draw("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" });
  const ring = { cx: 24, cy: 24, r: 18 };
  drawing.append(draw("circle", { ...ring, class: "ring-halo" }), draw("circle", { ...ring, class: "ring-line" }));
  drawing.append(draw("circle", { cx: 37, cy: 11, r: 10.5, class: "ring-sign" }));
  if (all.length > 1) {
    const number = draw("text", { x: 37, y: 15.5, class: "ring-number" });
    number.textContent = String(all.length);
    drawing.append(number);
  } else {
    const sign = all[0].kind === "problem" ? "i-alert" : "i-flag";
    drawing.append(draw("use", { href: `${pane.dataset.symbols}#${sign}`, class: "ring-glyph", x: 30.5, y: 4.5, width: 13, height: 13 }));
  }
  const anchor = all[0].stands.includes("området") ? [SIZE / 2, SIZE / 2 + ABOVE] : [SIZE / 2, SIZE / 2];
  return L.divIcon({ html: drawing, className: "ring", iconSize: [SIZE, SIZE], iconAnchor: anchor, popupAnchor: [0, SIZE / 2 - anchor[1] - 18] });
}

function popup(all) {
  const body = element("div", all.length > 1 ? "several" : "");
  for (const { title, said, where, stands, reference, link } of all) {
    body.append(element("p", "title", title));
    for (const line of [said, where]) if (line) body.append(element("p", "", line));
    body.append(element("p", "sub", stands));
    const last = element("p", "open");
    const way = element("a", "", `Öppna ${reference}`);
    way.href = link;
    last.append(way);
    body.append(last);
  }
  return body;
}

// What stands at the same place is one ring.
export function ongoing({ features }) {
  const placed = new Map();
  for (const { geometry, properties } of features) {
    if (!geometry) continue; // the list beside the map has it
    const key = geometry.coordinates.join();
    placed.set(key, [...(placed.get(key) ?? []), { ...properties, at: [...geometry.coordinates].reverse() }]);
  }
  return L.layerGroup([...placed.values()].map((all) => {
    const marker = L.marker(all[0].at, { icon: icon(all), pane: "ongoing" });
    marker.bindPopup(() => popup(all), { maxWidth: Math.min(280, pane.clientWidth - 130), minWidth: 160, maxHeight: 260, autoPanPaddingTopLeft: [12, 12], autoPanPaddingBottomRight: [64, 24] });
    marker.on("add", () => {
      const names = all.map(({ kind, title }) => `${kind === "problem" ? "Problem" : "Åtgärd"}: ${title}`);
      marker.getElement().setAttribute("aria-label", names.join(", "));
    });
    return marker;
  }));
}
