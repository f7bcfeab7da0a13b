// Ongoing problems and actions: a sign on a stem over where they are, so that it covers nothing of
// what happened there. Signs that would lie on each other are one, with their number. Text is set as text.

import { element, openLine, popupOptions, symbol } from "./map-face.js";
import { svg } from "./svg.js";

const SIDE = 26; // px of a sign
const STEM = 24; // px below it; a disc of several incidents ends about there
const APART = 30; // px between two signs
const NAME = 22; // px of the name of a district, over which a sign stands that is for all of it

// The stem of each sign that has one: it grows when the sign makes way for what happened there.
export const stems = new WeakMap();

const isSpot = ({ stands }) => !stands.includes("området");

function icon(all) {
  const face = svg("rect", { class: "sign-face", x: 1, y: 1, width: 24, height: 24, rx: 5 });
  const said = all.length > 1
    ? svg("text", { x: 13, y: 17.7, class: "sign-number" }, String(all.length))
    : symbol(all[0].kind === "problem" ? "i-alert" : "i-flag", "sign-glyph", [5.5, 5.5], 15);
  const drawing = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, face, said);
  const below = isSpot(all[0]) ? STEM : NAME;
  return L.divIcon({ html: drawing, className: "sign", iconSize: [SIDE, SIDE], iconAnchor: [SIDE / 2, SIDE + below], popupAnchor: [0, -SIDE - below] });
}

function popup(all) {
  const body = element("div", all.length > 1 ? "several" : "");
  for (const one of all) {
    body.append(element("p", "title", one.title));
    for (const line of [one.said, one.where]) if (line) body.append(element("p", "", line));
    body.append(element("p", "sub", one.stands), openLine(one));
  }
  return body;
}

// What would lie on another at this zoom stands with it.
function together(map, found) {
  const groups = [];
  for (const one of found) {
    const at = map.project(one.at);
    const near = groups.find((group) => Math.abs(group.at.x - at.x) < APART && Math.abs(group.at.y - at.y) < APART);
    if (near) near.all.push(one);
    else groups.push({ at, all: [one] });
  }
  return groups.map(({ all }) => all);
}

function stem(at) {
  const line = L.divIcon({ html: element("span"), className: "stem", iconSize: [4, STEM], iconAnchor: [2, STEM] });
  return L.marker(at, { icon: line, pane: "stems", interactive: false, keyboard: false });
}

function sign(all, line) {
  const marker = L.marker(all[0].at, { icon: icon(all), pane: "ongoing" });
  marker.bindPopup(() => popup(all), popupOptions({ maxHeight: 260 }));
  marker.on("add", () => {
    const names = all.map(({ kind, title }) => `${kind === "problem" ? "Problem" : "Åtgärd"}: ${title}`);
    const number = all.length > 1 ? `${all.length} pågående: ` : ""; // what is seen is in the name
    marker.getElement().setAttribute("aria-label", `${number}${names.join(", ")}`);
    marker.getElement().classList.toggle("now", marker.isPopupOpen());
    if (line) stems.set(marker.getElement(), line.getElement());
  });
  marker.on("popupopen popupclose", ({ type }) => marker.getElement()?.classList.toggle("now", type === "popupopen"));
  return marker;
}

export function ongoing(map, { features }) {
  const found = features.filter(({ geometry }) => geometry) // the list beside the map has the others
    .map(({ geometry, properties }) => ({ ...properties, at: L.GeoJSON.coordsToLatLng(geometry.coordinates) }));
  const layer = L.layerGroup();
  let drawn = "";
  const show = () => {
    const groups = together(map, found);
    const now = groups.map((all) => all.map(({ reference }) => reference).join()).join(" ");
    if (now === drawn) return; // an open popup stays
    drawn = now;
    layer.clearLayers();
    for (const all of groups) {
      const line = isSpot(all[0]) ? stem(all[0].at) : null;
      if (line) layer.addLayer(line);
      layer.addLayer(sign(all, line));
    }
  };
  layer.getEvents = () => ({ zoomend: show });
  return layer.on("add", show); // at the zoom at which it is turned on
}
