// The incidents on a map whose frame folium has drawn. Text from people is only ever set as text:
// nothing here, and nothing that is given to Leaflet, takes a string as HTML.

const SVG = "http://www.w3.org/2000/svg";
const PIN = 32; // px
const CLUSTER = [[5, "s", 34], [10, "m", 42], [Infinity, "l", 50]]; // up to, name, px

const pane = document.querySelector("[data-map]");
const list = document.querySelector(".rows");
const rows = new Map([...document.querySelectorAll(".rows [data-ref]")].map((row) => [row.dataset.ref, row]));
const markers = new Map();
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function element(tag, name, text) {
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

// The organisation's shape with the glyph of the category's group in it.
function icon({ kind, group }) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${PIN} ${PIN}`);
  drawing.setAttribute("aria-hidden", "true");
  const low = kind === "brand" ? 3 : 0; // a drop is widest below its middle
  drawing.append(symbol(`o-${kind}`, "pt", 1, 1, 30, 30), symbol(`c-${group}`, "pt-g", 8, 8 + low, 16, 16));
  return L.divIcon({ html: drawing, className: "pin", iconSize: [PIN, PIN], popupAnchor: [0, -PIN / 2] });
}

function clusterIcon(cluster) {
  const count = cluster.getChildCount();
  const [, name, size] = CLUSTER.find(([most]) => count <= most);
  const face = element("span", "disc", String(count));
  face.append(element("span", "sr", " händelser, visa dem"));
  return L.divIcon({ html: face, className: `cluster cluster-${name}`, iconSize: [size, size] });
}

function unsure(said) {
  if (said.shown === "ruta") return "inom en ruta på 100 m";
  return said.precision_m ? `osäker plats, inom ${said.precision_m.toLocaleString("sv-SE")} m` : "";
}

function popup(said) {
  const body = element("div");
  const place = [said.place_text, unsure(said)];
  body.append(element("p", "title", said.category));
  for (const line of [said.summary, place.filter(Boolean).join(", ")]) {
    if (line) body.append(element("p", "", line));
  }
  body.append(element("p", "sub", [said.when, said.organisation].filter(Boolean).join(", ")));
  const last = element("p", "open");
  const link = element("a", "", `Öppna ${said.reference}`);
  link.href = said.link;
  last.append(link);
  body.append(last);
  return body;
}

// Mark a row of the list as the one whose popup is open; null for none.
function mark(reference) {
  list?.querySelector("[data-now]")?.removeAttribute("data-now");
  const row = rows.get(reference);
  if (!row) return;
  row.dataset.now = "";
  if (list.scrollHeight > list.clientHeight) { // the list scrolls, the page stays
    const above = row.offsetTop - list.offsetTop;
    const hidden = above < list.scrollTop || above + row.offsetHeight > list.scrollTop + list.clientHeight;
    if (hidden) list.scrollTo({ top: above - list.clientHeight / 3, behavior: calm ? "auto" : "smooth" });
  }
}

// A marker stands for every incident; a line or area also gets its own drawing.
function add(map, layer, feature) {
  const said = feature.properties;
  const shape = L.geoJSON(feature, { pointToLayer: (_, at) => L.marker(at), style: { className: "trace" }, interactive: false });
  const isPoint = feature.geometry.type === "Point";
  const at = isPoint ? L.latLng([...feature.geometry.coordinates].slice(0, 2).reverse()) : shape.getBounds().getCenter();
  const marker = L.marker(at, { icon: icon(said), riseOnHover: true });
  const around = isPoint && said.precision_m
    ? L.circle(at, { radius: said.precision_m, className: "unsure", interactive: false })
    : isPoint ? null : shape;
  marker.bindPopup(() => popup(said), {
    maxWidth: Math.min(280, pane.clientWidth - 130), // and never under the buttons
    minWidth: 160,
    autoPanPaddingTopLeft: [12, 12],
    autoPanPaddingBottomRight: [64, 24],
  });
  marker.on("add", () => {
    const face = marker.getElement();
    face.setAttribute("aria-label", [said.category, said.place_text, said.when, said.organisation].filter(Boolean).join(", "));
    face.classList.toggle("now", marker.isPopupOpen());
    around?.addTo(map);
  });
  marker.on("remove", () => around?.remove());
  marker.on("popupopen popupclose", (event) => {
    const isOpen = event.type === "popupopen";
    marker.getElement()?.classList.toggle("now", isOpen);
    mark(isOpen ? said.reference : null);
  });
  markers.set(said.reference, marker);
  layer.addLayer(marker);
}

// The keyboard goes into the popup and comes back to where it was.
function followFocus(map) {
  let from = null;
  map.on("popupopen", ({ popup: opened }) => {
    const face = opened.getElement();
    face.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "Stäng");
    from = document.activeElement;
    face.querySelector(".leaflet-popup-content a")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup: closed }) => {
    const inside = document.activeElement === document.body || closed.getElement()?.contains(document.activeElement);
    if (inside && from?.isConnected) from.focus({ preventScroll: true });
  });
  pane.addEventListener("keydown", (event) => { // Leaflet itself listens only while the map has focus
    if (event.key === "Escape") map.closePopup();
  });
}

// A press on a row shows it on the map; on the row that is shown, and on one without a place,
// the link does what links do.
function followRows(layer) {
  list?.addEventListener("click", (event) => {
    const row = event.target.closest("[data-ref]");
    const marker = row && markers.get(row.dataset.ref);
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!marker || !plain || marker.isPopupOpen()) return;
    event.preventDefault();
    const { top, bottom, height } = pane.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (seen < height / 2) pane.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    layer.zoomToShowLayer(marker, () => marker.openPopup());
  });
}

function addNames(map) {
  const links = "links" in pane.dataset;
  const faces = [];
  for (const [name, longitude, latitude, number, link, mark, word] of JSON.parse(pane.dataset.labels)) {
    if (name === pane.dataset.name) continue; // the page's heading says it
    const face = element(links ? "a" : "span", "", name);
    if (links) {
      face.href = link;
      face.dataset.mark = mark;
      face.append(element("b", "", String(number)), element("span", "sr", number === 1 ? " händelse" : " händelser"));
      if (word) face.append(element("span", "word", word));
    }
    const made = L.divIcon({ html: face, className: "area-name", iconSize: [0, 0] });
    L.marker([latitude, longitude], { icon: made, interactive: false, keyboard: false, zIndexOffset: links ? 0 : -1000 }).addTo(map);
    faces.push(face);
  }
  const thin = () => showApart(faces);
  map.on("zoomend resize", thin);
  thin();
}

// Hide a name that would lie on another; the list says them all.
function showApart(faces) {
  const kept = [];
  for (const face of faces) {
    const own = face.getBoundingClientRect();
    const lies = (other) => own.left < other.right && other.left < own.right && own.top < other.bottom && other.top < own.bottom;
    const hidden = kept.some(lies);
    face.classList.toggle("hidden", hidden);
    if (!hidden) kept.push(own);
  }
}

// Paper has another shape than the screen: the map gets a size that fits it, and shows all again.
function followPrint(map, home) {
  let seen = null;
  const snap = map.options.zoomSnap;
  const fit = (isPrinting) => {
    map.options.zoomSnap = isPrinting ? 0 : snap;
    pane.classList.toggle("printing", isPrinting);
    map.invalidateSize({ animate: false, pan: false });
  };
  addEventListener("beforeprint", () => {
    seen ??= [map.getCenter(), map.getZoom()];
    fit(true);
    map.fitBounds(home, { animate: false });
  });
  addEventListener("afterprint", () => {
    fit(false);
    map.setView(...seen, { animate: false });
    seen = null;
  });
}

function addControls(map) {
  const home = map.getBounds();
  followPrint(map, home);
  const does = {
    in: () => map.zoomIn(),
    out: () => map.zoomOut(),
    home: () => map.fitBounds(home, { padding: [-1, -1] }), // else it steps out a little each time
    full: () => (document.fullscreenElement ? document.exitFullscreen() : pane.requestFullscreen()),
  };
  const buttons = pane.querySelector(".mapctl");
  buttons.querySelector('[data-do="full"]').hidden = !document.fullscreenEnabled;
  buttons.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  buttons.hidden = false;
  map.attributionControl?.setPrefix(false);
  const face = map.getContainer();
  face.setAttribute("role", "region");
  face.setAttribute("aria-label", `Karta: ${pane.dataset.name}. Flytta med piltangenterna, zooma med plus och minus.`);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
}

async function addIncidents(map, layer) {
  const waits = pane.querySelector(".mapstate");
  waits.hidden = false;
  const answer = await fetch(pane.dataset.source, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { features } = await answer.json();
  for (const feature of features) if (feature.geometry) add(map, layer, feature);
  waits.hidden = true;
  if (JSON.parse(pane.dataset.labels).length === 0 && markers.size) map.fitBounds(layer.getBounds(), { maxZoom: 15 });
}

async function start() {
  const map = window[pane.dataset.map];
  const layer = window[pane.dataset.layer];
  layer.options.iconCreateFunction = clusterIcon;
  layer.options.animate = !calm;
  layer.options.spiderLegPolylineOptions = { className: "leg" };
  addControls(map);
  addNames(map);
  followFocus(map);
  followRows(layer);
  if (pane.dataset.source) await addIncidents(map, layer);
}

if (pane) {
  start().catch((problem) => {
    for (const [index, text] of pane.querySelectorAll(".mapstate").entries()) text.hidden = index !== 1;
    console.warn(problem);
  });
}
