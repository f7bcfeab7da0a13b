// What stands around the incidents of a map: names, buttons, where the keyboard is, and paper.

import { element, pane } from "./map-face.js";
import { stems } from "./map-ongoing.js";

// What had the focus, or what was drawn in its place: tiles are drawn anew when the map moves.
export function drawnAgain(face) {
  if (!face || face.isConnected) return face;
  const name = face.getAttribute("aria-label");
  return [...pane.querySelectorAll(".leaflet-marker-icon")].find((each) => name && each.getAttribute("aria-label") === name);
}

// The keyboard goes into the popup and comes back to where it was.
export function followFocus(map) {
  let from = null;
  map.on("popupopen", ({ popup: opened }) => {
    const face = opened.getElement();
    face.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "Stäng");
    from = document.activeElement;
    face.querySelector(".leaflet-popup-content a")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup: closed }) => {
    const inside = document.activeElement === document.body || closed.getElement()?.contains(document.activeElement);
    if (inside) (drawnAgain(from) ?? map.getContainer()).focus({ preventScroll: true });
  });
  pane.addEventListener("keydown", (event) => { // Leaflet itself listens only while the map has focus
    if (event.key === "Escape") map.closePopup();
  });
}

// Whoever asked for less motion gets each view at once.
export function keepStill(map) {
  const { setView, panBy } = map;
  map.setView = (centre, zoom, options) => setView.call(map, centre, zoom, { ...options, animate: false });
  map.panBy = (offset, options) => panBy.call(map, offset, { ...options, animate: false });
  map.options.inertia = false;
}

export function addNames(map) {
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
  let asked = 0;
  const thin = () => {
    cancelAnimationFrame(asked); // once, when all that comes with it is there
    asked = requestAnimationFrame(() => showApart(faces, map.getContainer().getBoundingClientRect()));
  };
  map.on("zoomend moveend resize layeradd popupclose", thin);
  thin();
}

const DOWN = [0, 26, -26, 44, -44, 62]; // px that a name goes, to lie on nothing
const UP = [0, 14, 28, 42]; // px that a sign goes, on a longer stem

const boxes = (faces) => [...faces].map((face) => face.getBoundingClientRect());
const moved = ({ left, right, top, bottom }, down) => ({ left, right, top: top + down, bottom: bottom + down });
const lies = (one, others) => others.some((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom);

const GAP = 10; // px between two discs, with the line around each

// Push discs of several incidents apart that lie on each other: where one stands is a mean in any case.
function spread(discs) {
  for (const face of discs) face.style.translate = "";
  const all = discs.map((face) => face.getBoundingClientRect()).map(({ left, top, width }) => ({ x: left + width / 2, y: top + width / 2, r: width / 2, right: 0, down: 0 }));
  for (let round = 0; round < 4; round += 1) {
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) {
        const [x, y] = [other.x + other.right - one.x - one.right, other.y + other.down - one.y - one.down];
        const apart = Math.hypot(x, y);
        const push = (one.r + other.r + GAP - apart) / 2;
        if (push <= 0 || !apart) continue;
        one.right -= (x / apart) * push;
        one.down -= (y / apart) * push;
        other.right += (x / apart) * push;
        other.down += (y / apart) * push;
      }
    }
  }
  for (const [index, { right, down }] of all.entries()) {
    if (right || down) discs[index].style.translate = `${right.toFixed(1)}px ${down.toFixed(1)}px`;
  }
}

// Signs of what goes on make way for what happened, and names for both, within their districts. Hide
// a name that finds no place or would be cut off at the edge; the list says them all.
function showApart(names, whole) {
  spread([...pane.querySelectorAll(".cluster")]);
  const signs = [...pane.querySelectorAll(".sign")];
  for (const face of names) face.style.translate = "";
  for (const face of signs) face.style.translate = "";
  const open = [...pane.querySelectorAll(".leaflet-popup")].filter(({ style }) => style.opacity !== "0"); // what closes fades first
  const [ofNames, ofSigns, popups, taken] = [names, signs, open, pane.querySelectorAll(".cluster, .pin")].map(boxes); // all are read before any goes
  for (const [index, face] of signs.entries()) {
    const stem = stems.get(face);
    const up = UP.find((each) => !lies(moved(ofSigns[index], -each), taken)) ?? 0;
    face.style.translate = up ? `0 -${up}px` : "";
    if (stem) Object.assign(stem.firstChild.style, { height: up ? `calc(100% + ${up}px)` : "", translate: up ? `0 -${up}px` : "" });
    taken.push(moved(ofSigns[index], -up));
    face.classList.toggle("under", !face.classList.contains("now") && lies(taken.at(-1), popups)); // no half of it to press
  }
  const areas = [...pane.querySelectorAll("path.area")];
  for (const [index, face] of names.entries()) {
    const own = areas.find((area) => holds(area, ofNames[index]));
    const down = DOWN.find((each) => {
      const box = moved(ofNames[index], each);
      const isSeen = box.left >= whole.left && box.right <= whole.right && box.top >= whole.top && box.bottom <= whole.bottom;
      return isSeen && !lies(box, taken) && (!each || !own || holds(own, box)); // never in another district
    });
    face.classList.toggle("hidden", down === undefined);
    if (down === undefined) continue;
    face.style.translate = down ? `0 ${down}px` : "";
    taken.push(moved(ofNames[index], down));
  }
}

// Whether the middle of a box is in an area.
function holds(area, { left, right, top, bottom }) {
  const at = new DOMPoint((left + right) / 2, (top + bottom) / 2);
  return area.isPointInFill(at.matrixTransform(area.getScreenCTM().inverse()));
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
    if (!seen) return;
    fit(false);
    map.setView(...seen, { animate: false });
    seen = null;
  });
}

export function addControls(map) {
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
