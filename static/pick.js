// A place for an incident: a press on the map or the keyboard writes a point, a line or an area into
// the form, and what is written there moves the marker. Without JavaScript the fields are enough.

import { Shape } from "./pick-shape.js";

const SVG = "http://www.w3.org/2000/svg";
const SWEDEN = [[55.3, 10.9], [69.1, 24.2]];
const NEAR = 13; // zoom at which a place that is named or searched is shown
const CLOSE = { tiles: 16, outlines: 14 }; // and one that is to be moved a little
const DECIMALS = 6; // about 0.1 m
const PAUSE = 350; // milliseconds between the last change and the question which area it is

const box = document.querySelector("#pick");
const form = box?.closest("form");
const field = {
  longitude: document.querySelector("#longitude"),
  latitude: document.querySelector("#latitude"),
  shape: document.querySelector("#shape"),
};
const by = (name) => box.querySelector(`[data-do="${name}"]`);
const status = box?.querySelector("#placed");
const nearby = box?.querySelector("#nearby");
const here = document.querySelector('[data-do="here"]');
const district = document.querySelector("#district");
const why = document.querySelector("#why-moved");
const radii = [...document.querySelectorAll('[name="place_precision_m"]')];
const drawers = [...(box?.querySelectorAll("[data-draw]") ?? [])];
const HOW = {
  Point: "välj mitten med Enter",
  LineString: "lägg ett hörn i mitten med Enter, ta bort det sista med Backsteg",
  Polygon: "lägg ett hörn i mitten med Enter, ta bort det sista med Backsteg",
};
let areas = []; // { name, polygons }: to say which area a place lies in before the server has
let answer = null; // what the server says of the place: { district, near, outside }
let shape = null; // the line or area that is drawn
let type = "Point"; // what the next press makes
let refused = ""; // why the last press made nothing

const radius = () => Number(radii.find((input) => input.checked)?.value) || 0;

// Choose the smallest radius that is not less than what is known of a place; 0 is exact.
function unsure(metres) {
  const large = radii.filter((input) => Number(input.value) >= metres);
  (metres === 0 ? radii[0] : large[0] ?? radii.at(-1)).checked = true;
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

// What the status line says of a point, or of a line or area.
function says(at) {
  if (refused) return refused;
  if (shape) {
    const told = answer?.district ? `, ${answer.district.name}` : answer?.outside ? ", utanför kommunens områden" : "";
    const next = shape.isDone || shape.kept ? "" : shape.isTooShort ? " Lägg fler hörn." : " Tryck Klar när den är färdig.";
    return `${shape.says()}${told}.${next}`.replace("..", ".");
  }
  if (type !== "Point") return `Lägg hörnen ett i taget: tryck på kartan, eller ${HOW[type].split(",")[0]}.${at ? " Punkten tas bort." : ""}`;
  if (!at) return `Ingen plats vald. Tryck på kartan, eller flytta den med piltangenterna och ${HOW[type].split(",")[0]}.`;
  const area = answer ? answer.district?.name : areaOf(at);
  const within = radius() ? `, inom ${radius() >= 1000 ? `${radius() / 1000} km` : `${radius()} m`}` : "";
  if (area) return `${area}${within}.`;
  return answer?.outside || (!answer && areas.length) ? "Utanför kommunens områden. Flytta platsen." : `Plats vald${within}.`;
}

function drawing(...shapes) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 32 32");
  made.setAttribute("aria-hidden", "true");
  for (const attributes of shapes) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ cx: 16, cy: 16, ...attributes })) circle.setAttribute(key, value);
    made.append(circle);
  }
  return made;
}
const iconOf = (name, r) => L.divIcon({ html: drawing({ class: name, r }), className: "pin", iconSize: [32, 32] });
const latLng = ([longitude, latitude]) => L.latLng(latitude, longitude);

function number(input, most) {
  const text = input.value.trim().replace(",", ".").replace("−", "-");
  const value = text === "" ? NaN : Number(text);
  return Math.abs(value) <= most ? value : NaN;
}

// The point that the fields say, as Leaflet wants it; null when they are empty or wrong.
function written() {
  const longitude = number(field.longitude, 180);
  const latitude = number(field.latitude, 85);
  return Number.isNaN(longitude) || Number.isNaN(latitude) ? null : L.latLng(latitude, longitude);
}

function put(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Write a point, and nothing else; or no place at all.
function write(at) {
  shape = null;
  put(field.shape, "");
  put(field.longitude, at ? at.wrap().lng.toFixed(DECIMALS) : "");
  put(field.latitude, at ? at.lat.toFixed(DECIMALS) : "");
}

function writeShape() {
  put(field.longitude, "");
  put(field.latitude, "");
  put(field.shape, shape?.text() ?? "");
}

// --- The district ----------------------------------------------------------------------------

let asked = 0;
let timer = 0;

// Ask the server which area the place is in, and whether it lies near the border of another.
function ask(again) {
  answer = null;
  clearTimeout(timer);
  const number = ++asked;
  const place = { longitude: field.longitude.value, latitude: field.latitude.value, shape: field.shape.value };
  if (!written() && !place.shape) return;
  timer = setTimeout(async () => {
    const body = new URLSearchParams({ ...place, csrf_token: form.elements.csrf_token.value });
    const got = await fetch(box.dataset.area, { method: "POST", body }).catch(() => null); // without a network the drawn outlines tell
    if (number !== asked || !got?.ok) return;
    answer = await got.json();
    again();
  }, PAUSE);
}

function sayNear() {
  const chosen = district.value ? district.selectedOptions[0].textContent : "";
  const near = answer?.near;
  nearby.textContent = chosen
    ? `Området är valt för hand: ${chosen}.`
    : near ? `Nära gränsen till ${near.name}: välj område om det blev fel.` : "";
  by("near").hidden = Boolean(chosen) || !near;
  by("auto").hidden = !chosen;
  if (near) by("near").textContent = `Välj ${near.name}`;
}

function chooseDistrict(slug) {
  const from = document.activeElement;
  put(district, slug);
  sayNear();
  if (from?.hidden) (slug ? by("auto") : by("near").hidden ? box.querySelector(".leaflet-container") : by("near")).focus();
}

// --- The map ---------------------------------------------------------------------------------

function draw(layer, { again }) {
  const at = written();
  layer.clearLayers();
  if (at && !shape) {
    if (radius()) layer.addLayer(L.circle(at, { radius: radius(), className: "unsure", interactive: false }));
    const marker = L.marker(at, { icon: iconOf("spot", 9), draggable: true, keyboard: false, autoPan: true });
    marker.on("dragend", () => again(marker.getLatLng()));
    layer.addLayer(marker);
  }
  if (!shape) return;
  const geometry = shape.geometry();
  if (shape.kept || (shape.isDone && geometry)) layer.addLayer(L.geoJSON(geometry, { style: { className: "trace" }, interactive: false }));
  else {
    const corners = shape.corners.map(latLng);
    layer.addLayer(L.polyline(corners, { className: "trace", interactive: false }));
    if (shape.type === "Polygon" && corners.length > 2) layer.addLayer(L.polyline([corners.at(-1), corners[0]], { className: "trace closing", interactive: false }));
  }
  shape.corners.forEach((corner, index) => {
    const marker = L.marker(latLng(corner), { icon: iconOf(index === shape.corners.length - 1 ? "corner last" : "corner", 6), draggable: true, keyboard: false });
    marker.on("dragend", () => {
      refused = shape.move(index, [marker.getLatLng().lng, marker.getLatLng().lat]);
      again(null);
    });
    layer.addLayer(marker);
  });
}

function follow(map, at) {
  if (at && (map.getZoom() < NEAR || !map.getBounds().contains(at))) map.setView(at, Math.max(map.getZoom(), NEAR));
}

function showMode(map) {
  for (const button of drawers) button.setAttribute("aria-pressed", String(button.dataset.draw === type));
  map.getContainer().setAttribute("aria-label", `Karta. Flytta med piltangenterna, zooma med plus och minus, ${HOW[type]}.`);
}

function showButtons() {
  const isDrawing = Boolean(shape) && !shape.isDone && !shape.isEmpty;
  const focused = document.activeElement;
  by("undo").hidden = !isDrawing;
  by("done").hidden = !isDrawing;
  by("more").hidden = !shape?.isDone || Boolean(shape.kept);
  by("clear").hidden = !written() && !shape;
  if (focused?.hidden && box.contains(focused)) (by("more").hidden ? box.querySelector(".leaflet-container") : by("more")).focus({ preventScroll: true });
}

// Whether the place is another than the stored one: only then is there a why to ask for.
function showWhy() {
  if (!why?.dataset.was) return;
  const at = written();
  const now = field.shape.value || (at ? JSON.stringify({ type: "Point", coordinates: [Number(at.lng.toFixed(DECIMALS)), Number(at.lat.toFixed(DECIMALS))] }) : "");
  why.hidden = now === why.dataset.was;
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

async function addOutlines(map, show) {
  const got = await fetch(box.dataset.outlines);
  if (!got.ok) throw new Error(`status ${got.status}`);
  const found = await got.json();
  areas = found.features.map(({ geometry, properties }) => ({
    name: properties.name,
    polygons: geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
  }));
  const outlines = L.geoJSON(found, { style: { className: "area" }, interactive: false, smoothFactor: 0.5 }).addTo(map);
  outlines.bringToBack();
  if (!written() && !shape && outlines.getLayers().length) map.fitBounds(outlines.getBounds(), { padding: [8, 8] });
  show();
}

function made() {
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
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 18, maxNativeZoom: Number(box.dataset.high) || 18 }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.was) { // where it stands, while it is put somewhere else
    L.geoJSON(JSON.parse(box.dataset.was), {
      pointToLayer: (_, at) => L.circleMarker(at, { radius: 11, className: "was", interactive: false }),
      style: { className: "was" },
      interactive: false,
    }).addTo(map);
  }
  return map;
}

function start() {
  box.hidden = false;
  shape = Shape.read(field.shape.value);
  type = shape?.type ?? "Point";
  const map = made();
  const layer = L.layerGroup().addTo(map);
  const at = written();
  if (at) map.setView(at, box.dataset.was ? (box.dataset.tiles ? CLOSE.tiles : CLOSE.outlines) : NEAR);
  else if (shape) map.fitBounds(L.geoJSON(shape.geometry()).getBounds(), { maxZoom: 16, padding: [24, 24] });
  else map.fitBounds(SWEDEN);

  const show = () => {
    draw(layer, { again: (dragged) => (dragged ? choose(dragged) : change()) });
    showButtons();
    sayNear();
    showWhy();
    status.textContent = says(written());
  };
  const change = () => { writeShape(); ask(show); show(); };
  const choose = (place, { move = false } = {}) => {
    refused = "";
    setType("Point");
    write(place);
    ask(show);
    show();
    if (move) follow(map, place);
  };
  const setType = (name) => { type = name; showMode(map); };
  const press = (place) => {
    refused = "";
    if (type === "Point") {
      unsure(0); // who points knows where
      return choose(place);
    }
    if (shape?.isDone) refused = `${shape.says()}. Tryck Fortsätt rita för fler hörn, eller ta bort den.`;
    else {
      shape ??= new Shape(type);
      unsure(0);
      const wrapped = place.wrap();
      refused = shape.add([wrapped.lng, wrapped.lat]);
    }
    return refused ? show() : change();
  };
  const undo = () => {
    refused = "";
    shape.undo();
    if (shape.isEmpty) shape = null;
    change();
  };
  const finish = () => {
    refused = shape.finish();
    change();
  };

  showMode(map);
  for (const button of drawers) {
    button.addEventListener("click", () => {
      refused = "";
      setType(button.dataset.draw);
      if (type !== "Point" && shape && !shape.kept && shape.type !== type) {
        shape = shape.as(type);
        change();
      } else show();
    });
  }
  const face = map.getContainer();
  face.setAttribute("role", "application"); // arrow keys and Enter are the map's own
  face.addEventListener("keydown", (event) => {
    if (event.target !== face) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // Enter would send the form
      press(map.getCenter());
    } else if (event.key === "Backspace" && shape && !shape.kept && !shape.isDone) {
      event.preventDefault();
      undo();
    }
  });
  map.on("click", (event) => press(event.latlng));
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  const typed = () => { // the fields were written by hand, by a name, or by a kept draft
    refused = "";
    if (written()) {
      shape = null;
      field.shape.value = "";
      setType("Point");
    }
    ask(show);
    show();
    follow(map, written());
  };
  for (const input of [field.longitude, field.latitude]) input.addEventListener("input", typed);
  field.shape.addEventListener("input", () => {
    shape = Shape.read(field.shape.value);
    setType(shape?.type ?? "Point");
    ask(show);
    show();
  });
  for (const input of radii) input.addEventListener("change", show);
  district.addEventListener("change", sayNear);
  form.addEventListener("submit", (event) => { // a half-drawn area is told, not dropped in silence
    if (!shape || shape.text()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    finish();
    face.focus();
  }, { capture: true });
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => locate(choose));
  const does = {
    in: () => map.zoomIn(),
    out: () => map.zoomOut(),
    clear: () => choose(null),
    undo,
    done: finish,
    more: () => { shape.isDone = false; setType(shape.type); show(); },
    near: () => chooseDistrict(answer.near.slug),
    auto: () => chooseDistrict(""),
  };
  box.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  ask(show);
  show();
  addOutlines(map, show).catch((problem) => {
    status.textContent = "Områdenas gränser kunde inte hämtas. Platsen går att välja ändå.";
    console.warn(problem);
  });
}

if (box && field.longitude && field.latitude) start();
