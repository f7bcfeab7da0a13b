// How incidents look on a map, and what their popups say. Text from people is only ever set as text:
// nothing here, and nothing that is given to Leaflet, takes a string as HTML.

export const pane = document.querySelector("[data-map]");
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const SVG = "http://www.w3.org/2000/svg";
const PIN = 32; // px
const CLUSTER = [[5, "s", 32], [10, "m", 38], [999, "l", 44], [Infinity, "xl", 52]]; // up to, name, px

export function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function symbol(id, name, x, y, width, height) {
  const made = document.createElementNS(SVG, "use");
  const attributes = { href: `${pane.dataset.symbols}#${id}`, class: name, x, y, width, height };
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The organisation's shape with the glyph of the category's group in it; a clock on it where nobody knows the hour.
export function icon({ kind, group, unsure_time: isUnsure }) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${PIN} ${PIN}`);
  drawing.setAttribute("aria-hidden", "true");
  const low = kind === "brand" ? 3 : 0; // a drop is widest below its middle
  drawing.append(symbol(`o-${kind}`, "pt", 1, 1, 30, 30), symbol(`c-${group}`, "pt-g", 8, 8 + low, 16, 16));
  if (isUnsure) {
    const dial = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ class: "pt-dial", cx: 26, cy: 6, r: 7 })) dial.setAttribute(key, value);
    drawing.append(dial, symbol("i-clock", "pt-clock", 20, 0, 12, 12));
  }
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
  const last = element("p", "open");
  const link = element("a", "", `Öppna ${said.reference}`);
  link.href = said.link;
  last.append(link);
  body.append(last);
  if (said.move) {
    const move = element("a", "", "Flytta");
    move.href = `${said.move}?tillbaka=${encodeURIComponent(location.pathname + location.search)}`;
    const beside = element("p", "move");
    beside.append(move);
    body.append(beside);
  }
  return body;
}
