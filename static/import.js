// The rows of a list on a map: one dot for each that has a place. The list beside it says the same.

const SVG = "http://www.w3.org/2000/svg";
const SWEDEN = [[55.3, 10.9], [69.1, 24.2]];

const box = document.querySelector("#fates");

// What a row becomes is told by shape: a dot comes in, a ring is there already, a cross is wrong.
const SHAPES = {
  "sparas": () => shape("circle", { class: "spot", cx: 16, cy: 16, r: 7 }),
  "finns redan": () => shape("circle", { class: "ring", cx: 16, cy: 16, r: 6 }),
};

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function icon(state) {
  const drawing = shape("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" });
  drawing.append((SHAPES[state] ?? (() => shape("path", { class: "wrong", d: "M10 10 22 22M22 10 10 22" })))());
  return L.divIcon({ html: drawing, className: "pin", iconSize: [24, 24] });
}

function add(layer, { geometry, properties }) {
  const [longitude, latitude] = geometry.coordinates;
  const said = document.createElement("p");
  said.textContent = [`Rad ${properties.line}: ${properties.state}.`, properties.text].filter(Boolean).join(" ");
  const marker = L.marker([latitude, longitude], { icon: icon(properties.state), title: `Rad ${properties.line}` });
  marker.bindPopup(said);
  layer.addLayer(marker);
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function start() {
  const map = L.map(box.querySelector(".drawing"), {
    attributionControl: Boolean(box.dataset.tiles),
    zoomControl: false,
    scrollWheelZoom: false,
    minZoom: 4,
    maxZoom: 18,
    zoomSnap: box.dataset.tiles ? 1 : 0.25,
  });
  map.fitBounds(SWEDEN);
  map.attributionControl?.setPrefix(false);
  const does = { in: () => map.zoomIn(), out: () => map.zoomOut() };
  const buttons = box.querySelector(".mapctl");
  buttons.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  buttons.hidden = false;
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 18, maxNativeZoom: Number(box.dataset.high) }).addTo(map);
  const face = map.getContainer();
  face.setAttribute("role", "region");
  face.setAttribute("aria-label", "Karta med raderna. Flytta med piltangenterna, zooma med plus och minus.");
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  const [outlines, rows] = await Promise.all([json(box.dataset.outlines), json(box.dataset.source)]);
  const areas = L.geoJSON(outlines, { style: { className: "area" }, interactive: false, smoothFactor: 0.5 }).addTo(map);
  const layer = L.featureGroup().addTo(map);
  for (const feature of rows.features) add(layer, feature);
  const shown = areas.getLayers().length ? areas : layer;
  if (shown.getLayers().length) map.fitBounds(shown.getBounds(), { padding: [8, 8], maxZoom: 15 });
}

if (box) start().catch((problem) => console.warn(problem));
