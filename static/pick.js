// A place for an incident: a press on the map or the keyboard writes longitude and latitude into
// the form, and what is written there moves the marker. Without JavaScript the fields are enough.

const SVG = "http://www.w3.org/2000/svg";
const SWEDEN = [[55.3, 10.9], [69.1, 24.2]];
const DECIMALS = 6; // about 0.1 m

const box = document.querySelector("#pick");
const field = {
  longitude: document.querySelector("#longitude"),
  latitude: document.querySelector("#latitude"),
  precision: document.querySelector("#place_precision_m"),
};
const status = box?.querySelector('[role="status"]');
const clear = box?.querySelector('[data-do="clear"]');

function spot() {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 32 32");
  drawing.setAttribute("aria-hidden", "true");
  const dot = document.createElementNS(SVG, "circle");
  for (const [key, value] of Object.entries({ class: "spot", cx: 16, cy: 16, r: 9 })) dot.setAttribute(key, value);
  drawing.append(dot);
  return L.divIcon({ html: drawing, className: "pin", iconSize: [32, 32] });
}

function number(input, most) {
  const text = input.value.trim().replace(",", ".").replace("−", "-");
  const value = text === "" ? NaN : Number(text);
  return Math.abs(value) <= most ? value : NaN;
}

// What the fields say, as Leaflet wants it; null when they are empty or wrong.
function written() {
  const longitude = number(field.longitude, 180);
  const latitude = number(field.latitude, 85);
  return Number.isNaN(longitude) || Number.isNaN(latitude) ? null : L.latLng(latitude, longitude);
}

function write(at) {
  field.longitude.value = at ? at.wrap().lng.toFixed(DECIMALS) : "";
  field.latitude.value = at ? at.lat.toFixed(DECIMALS) : "";
  for (const input of [field.longitude, field.latitude]) input.dispatchEvent(new Event("change", { bubbles: true }));
}

function show(map, drawn, { move }) {
  const at = written();
  drawn.clearLayers();
  clear.hidden = !at;
  status.textContent = at
    ? `Plats vald: ${at.lat.toFixed(4).replace(".", ",")} nord, ${at.lng.toFixed(4).replace(".", ",")} öst.`
    : "Ingen plats vald. Tryck på kartan, eller flytta den med piltangenterna och välj mitten med Enter.";
  if (!at) return;
  const radius = Number(field.precision?.value) || 0;
  if (radius) drawn.addLayer(L.circle(at, { radius, className: "unsure", interactive: false }));
  drawn.addLayer(L.marker(at, { icon: spot(), interactive: false, keyboard: false }));
  if (move && !map.getBounds().contains(at)) map.panTo(at);
}

async function addOutlines(map) {
  const answer = await fetch(box.dataset.outlines);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const outlines = L.geoJSON(await answer.json(), { style: { className: "area" }, interactive: false, smoothFactor: 0.5 }).addTo(map);
  if (!written() && outlines.getLayers().length) map.fitBounds(outlines.getBounds(), { padding: [8, 8] });
}

function start() {
  box.hidden = false;
  const map = L.map(box.querySelector(".drawing"), {
    zoomControl: false,
    attributionControl: Boolean(box.dataset.tiles),
    scrollWheelZoom: false,
    minZoom: 4,
    maxZoom: 18,
    zoomSnap: box.dataset.tiles ? 1 : 0.25,
    doubleClickZoom: false, // two presses are two choices of a place
  });
  map.attributionControl?.setPrefix(false);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 18 }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const drawn = L.layerGroup().addTo(map);
  const at = written();
  if (at) map.setView(at, 15);
  else map.fitBounds(SWEDEN);
  const choose = (place) => { write(place); show(map, drawn, { move: false }); };

  const face = map.getContainer();
  face.setAttribute("role", "application"); // arrow keys and Enter are the map's own
  face.setAttribute("aria-label", "Karta. Flytta med piltangenterna, zooma med plus och minus, välj mitten med Enter.");
  face.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== face) return;
    event.preventDefault(); // Enter would send the form
    choose(map.getCenter());
  });
  map.on("click", (event) => choose(event.latlng));
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  for (const input of [field.longitude, field.latitude]) input.addEventListener("input", () => show(map, drawn, { move: true }));
  field.precision?.addEventListener("change", () => show(map, drawn, { move: false }));
  const does = { in: () => map.zoomIn(), out: () => map.zoomOut(), clear: () => choose(null) };
  box.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  show(map, drawn, { move: false });
  addOutlines(map).catch((problem) => {
    status.textContent = "Områdenas gränser kunde inte hämtas. Platsen går att välja ändå.";
    console.warn(problem);
  });
}

if (box && field.longitude && field.latitude) start();
