// How incidents look on a map, and what their popups say. Text from people is only ever set as text:
// nothing here, and nothing that is given to Leaflet, takes a string as HTML.

import { svg } from "./svg.js";

export const pane = document.querySelector("[data-map]");
export const labels = JSON.parse(pane?.dataset.labels ?? "[]"); // of the districts
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const PIN = 32; // px
const CLUSTER = [[5, "s", 32], [10, "m", 38], [999, "l", 44], [Infinity, "xl", 52]]; // up to, name, px

export function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

// One of the symbols, so large and with its corner there.
export function symbol(id, name, [x, y], side) {
  return svg("use", { href: `${pane.dataset.symbols}#${id}`, class: name, x, y, width: side, height: side });
}

// The organisation's shape with the glyph of the category's group in it; a clock on it where nobody knows the hour.
export function icon({ kind, group, unsure_time: isUnsure }) {
  const low = kind === "brand" ? 3 : 0; // a drop is widest below its middle
  const drawing = svg("svg", { viewBox: `0 0 ${PIN} ${PIN}`, "aria-hidden": "true" }, symbol(`o-${kind}`, "pt", [1, 1], 30), symbol(`c-${group}`, "pt-g", [8, 8 + low], 16));
  if (isUnsure) drawing.append(svg("circle", { class: "pt-dial", cx: 26, cy: 6, r: 7 }), symbol("i-clock", "pt-clock", [20, 0], 12));
  return L.divIcon({ html: drawing, className: "pin", iconSize: [PIN, PIN], popupAnchor: [0, -PIN / 2] });
}

export function clusterIcon(cluster) {
  return countIcon(cluster.getAllChildMarkers().reduce((sum, { options }) => sum + (options.number ?? 1), 0));
}

export function countIcon(count) {
  const [, name, size] = CLUSTER.find(([most]) => count <= most);
  const face = element("span", "disc", count.toLocaleString("sv-SE"));
  face.append(element("span", "sr", " händelser, visa dem"));
  return L.divIcon({ html: face, className: `cluster cluster-${name}`, iconSize: [size, size] });
}

// The circle of a place that is known only so well.
export function unsureCircle(at, metres) {
  return L.circle(at, { radius: metres, className: "unsure", interactive: false });
}

export function popupOptions(more = {}) {
  return {
    maxWidth: Math.min(280, pane.clientWidth - 130), // and never under the buttons
    minWidth: 160,
    autoPanPaddingTopLeft: [12, 12],
    autoPanPaddingBottomRight: [64, 24],
    ...more,
  };
}

function way(name, text, address) {
  const line = element("p", name);
  const link = element("a", "", text);
  link.href = address;
  line.append(link);
  return line;
}

// The line of a popup that leads to the page of what it is about.
export const openLine = ({ reference, link }) => way("open", `Öppna ${reference}`, link);

function unsure(said) {
  if (said.shown === "ruta") return "inom en ruta på 100 m";
  return said.precision_m ? `osäker plats, inom ${said.precision_m.toLocaleString("sv-SE")} m` : "";
}

// The time as it is known, and that it is not known well.
export function whenText({ when, unsure_time: isUnsure }) {
  return isUnsure && !when.includes("osäker") ? `${when} (osäker tid)` : when;
}

export function popup(said) {
  const body = element("div");
  const place = [said.place_text, unsure(said)];
  body.append(element("p", "title", said.category));
  for (const line of [said.summary, place.filter(Boolean).join(", ")]) {
    if (line) body.append(element("p", "", line));
  }
  body.append(element("p", "sub", [whenText(said), said.organisation].filter(Boolean).join(", ")));
  body.append(openLine(said));
  if (said.move) body.append(way("move", "Flytta", `${said.move}?tillbaka=${encodeURIComponent(location.pathname + location.search)}`));
  return body;
}
