// A place for an incident: a press on the map or the keyboard writes longitude and latitude into
// the form, and what is written there moves the marker. Without JavaScript the fields are enough.

const SVG = "http://www.w3.org/2000/svg";
const SWEDEN = [[55.3, 10.9], [69.1, 24.2]];
const NEAR = 13; // zoom at which a place that is named or searched is shown
const DECIMALS = 6; // about 0.1 m

const box = document.querySelector("#pick");
const field = {
  longitude: document.querySelector("#longitude"),
  latitude: document.querySelector("#latitude"),
};
const status = box?.querySelector('[role="status"]');
const clear = box?.querySelector('[data-do="clear"]');
const here = document.querySelector('[data-do="here"]');
const radii = [...document.querySelectorAll('[name="place_precision_m"]')];
let areas = []; // { name, polygons }: to say which area a place lies in

const radius = () => Number(radii.find((input) => input.checked)?.value) || 0;

// Choose the smallest radius that is not less than what is known of a place; 0 is exact.
function unsure(metres) {
  const wide = radii.filter((input) => Number(input.value) >= metres);
  (metres === 0 ? radii[0] : wide[0] ?? radii.at(-1)).checked = true;
}

const holds = (ring, x, y) => ring.reduce((inside, [x1, y1], i) => {
  const [x2, y2] = ring[(i || ring.length) - 1];
  return (y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !inside : inside;
}, false);

// The name of the area that holds a place, as far as the drawn outlines tell; the server decides.
function areaOf(at) {
  return areas.find(({ polygons }) => polygons.some(([shell, ...holes]) =>
    holds(shell, at.lng, at.lat) && !holes.some((hole) => holds(hole, at.lng, at.lat))))?.name;
}

function says(at) {
  const area = areaOf(at);
  const near = radius() ? `, inom ${radius() >= 1000 ? `${radius() / 1000} km` : `${radius()} m`}` : "";
  if (area) return `${area}${near}.`;
  return areas.length ? "Utanför kommunens områden. Flytta platsen." : `Plats vald${near}.`;
}

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
    ? says(at)
    : "Ingen plats vald. Tryck på kartan, eller flytta den med piltangenterna och välj mitten med Enter.";
  if (!at) return;
  if (radius()) drawn.addLayer(L.circle(at, { radius: radius(), className: "unsure", interactive: false }));
  drawn.addLayer(L.marker(at, { icon: spot(), interactive: false, keyboard: false }));
  if (move && (map.getZoom() < NEAR || !map.getBounds().contains(at))) map.setView(at, Math.max(map.getZoom(), NEAR));
}

// Where the device is: only when asked, and no finer than it knows.
function locate(choose) {
  status.textContent = "Söker var du är …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      unsure(coords.accuracy);
      choose(L.latLng(coords.latitude, coords.longitude), { move: true });
    },
    (problem) => {
      status.textContent = problem.code === problem.PERMISSION_DENIED
        ? "Webbläsaren får inte veta var du är. Tillåt det, eller tryck på kartan."
        : "Det gick inte att få veta var du är. Tryck på kartan.";
    },
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
  );
}

async function addOutlines(map, drawn) {
  const answer = await fetch(box.dataset.outlines);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const found = await answer.json();
  areas = found.features.map(({ geometry, properties }) => ({
    name: properties.name,
    polygons: geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
  }));
  const outlines = L.geoJSON(found, { style: { className: "area" }, interactive: false, smoothFactor: 0.5 }).addTo(map);
  if (!written() && outlines.getLayers().length) map.fitBounds(outlines.getBounds(), { padding: [8, 8] });
  show(map, drawn, { move: false });
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
  if (at) map.setView(at, NEAR);
  else map.fitBounds(SWEDEN);
  const choose = (place, { move = false } = {}) => { write(place); show(map, drawn, { move }); };
  const point = (place) => { unsure(0); choose(place); }; // who points knows where

  const face = map.getContainer();
  face.setAttribute("role", "application"); // arrow keys and Enter are the map's own
  face.setAttribute("aria-label", "Karta. Flytta med piltangenterna, zooma med plus och minus, välj mitten med Enter.");
  face.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== face) return;
    event.preventDefault(); // Enter would send the form
    point(map.getCenter());
  });
  map.on("click", (event) => point(event.latlng));
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  for (const input of [field.longitude, field.latitude]) input.addEventListener("input", () => show(map, drawn, { move: true }));
  for (const input of radii) input.addEventListener("change", () => show(map, drawn, { move: false }));
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => locate(choose));
  const does = { in: () => map.zoomIn(), out: () => map.zoomOut(), clear: () => choose(null) };
  box.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  show(map, drawn, { move: false });
  addOutlines(map, drawn).catch((problem) => {
    status.textContent = "Områdenas gränser kunde inte hämtas. Platsen går att välja ändå.";
    console.warn(problem);
  });
}

if (box && field.longitude && field.latitude) start();
