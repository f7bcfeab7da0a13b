// What stands around the incidents of a map: names, buttons, where the keyboard is, and paper.

import { element, labels, pane } from "./map-face.js";
import { stems } from "./map-ongoing.js";
import { wheelInside } from "./plain-map.js";

export const GROUND_NAMES = "ground-names"; // the pane of names that make way for all else

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
  for (const [name, longitude, latitude, number, link, mark, word] of labels) {
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
  const settle = () => {
    showApart(faces, map.getContainer().getBoundingClientRect());
    map.fire("settle"); // for what makes way for these
  };
  const ask = () => {
    cancelAnimationFrame(asked); // once, when all that comes with it is there
    asked = requestAnimationFrame(settle);
  };
  map.on("zoomend moveend resize popupclose", ask);
  map.on("layeradd", ({ layer }) => { if (layer.options.pane !== GROUND_NAMES) ask(); });
  addEventListener("beforeprint", settle); // paper waits for no frame
  ask();
}

const DOWN = [0, 26, -26, 44, -44, 62]; // px that a name goes, to lie on nothing
const UP = [0, 14, 28, 42, 56, 70, 84, 98, 112]; // px that a sign goes, on a longer stem
const GAP = 10; // px between two discs, with the line around each

export const boxes = (faces) => [...faces].map((face) => face.getBoundingClientRect());
export const within = (one, other) => one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom;
export const lies = (one, others) => others.some((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom);
const moved = ({ left, right, top, bottom }, down, aside = 0) => ({ left: left + aside, right: right + aside, top: top + down, bottom: bottom + down });
const put = (face, down, aside = 0) => { face.style.translate = down || aside ? `${aside.toFixed(1)}px ${down.toFixed(1)}px` : ""; };

// How far discs of several incidents go that lie on each other: where one stands is a mean in any case.
function spread(discs) {
  const all = discs.map(({ left, top, width }) => ({ x: left + width / 2, y: top + width / 2, r: width / 2, right: 0, down: 0 }));
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
  return all;
}

// Signs of what goes on make way for what happened, and names for both, within their districts. Hide
// a name that finds no place or would be cut off at the edge; the list says them all. All is read before
// anything is written: the page is laid out once.
function showApart(names, whole) {
  const [discs, pins, signs, areas] = [".cluster", ".pin", ".sign", "path.area"].map((each) => [...pane.querySelectorAll(each)]);
  const open = [...pane.querySelectorAll(".leaflet-popup")].filter(({ style }) => style.opacity !== "0"); // what closes fades first
  for (const face of [...discs, ...signs, ...names]) face.style.translate = "";
  const [ofDiscs, ofPins, ofSigns, ofNames, popups] = [discs, pins, signs, names, open].map(boxes);
  const toArea = areas[0]?.getScreenCTM().inverse(); // they are in one drawing
  const shifts = spread(ofDiscs);
  const taken = [...ofPins, ...ofDiscs.map((box, index) => moved(box, shifts[index].down, shifts[index].right))];
  const ups = ofSigns.map((box) => {
    const up = UP.find((each) => !lies(moved(box, -each), taken)) ?? 0;
    taken.push(moved(box, -up));
    return { up, isUnder: lies(taken.at(-1), popups) };
  });
  const downs = ofNames.map((box) => {
    const own = areas.find((area) => holds(area, box, toArea));
    const down = DOWN.find((each) => {
      const there = moved(box, each);
      return within(there, whole) && !lies(there, taken) && (!each || !own || holds(own, there, toArea)); // never in another district
    });
    if (down !== undefined) taken.push(moved(box, down));
    return down;
  });
  for (const [index, { down, right }] of shifts.entries()) put(discs[index], down, right);
  for (const [index, { up, isUnder }] of ups.entries()) {
    const face = signs[index];
    const stem = stems.get(face);
    put(face, -up);
    if (stem) Object.assign(stem.firstChild.style, { height: up ? `calc(100% + ${up}px)` : "", translate: up ? `0 -${up}px` : "" });
    face.classList.toggle("under", !face.classList.contains("now") && isUnder); // no half of it to press
  }
  for (const [index, down] of downs.entries()) {
    names[index].classList.toggle("hidden", down === undefined);
    put(names[index], down ?? 0);
  }
}

// Whether the middle of a box is in an area.
function holds(area, { left, right, top, bottom }, toArea) {
  return area.isPointInFill(new DOMPoint((left + right) / 2, (top + bottom) / 2).matrixTransform(toArea));
}

// Paper has another shape than the screen: the map gets a size that fits it, and shows all again.
function followPrint(map) {
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
    map.fitBounds(map.home, { animate: false });
  });
  addEventListener("afterprint", () => {
    if (!seen) return;
    fit(false);
    map.setView(...seen, { animate: false });
    seen = null;
  });
}

// On the whole screen the same is seen, as large as fits; afterwards as it was.
function followScreen(map) {
  let before = null;
  document.addEventListener("fullscreenchange", () => requestAnimationFrame(() => {
    map.invalidateSize({ animate: false });
    if (document.fullscreenElement) map.fitBounds(before.bounds, { padding: [-1, -1], animate: false });
    else map.setView(before.centre, before.zoom, { animate: false });
  }));
  return () => {
    if (document.fullscreenElement) return document.exitFullscreen();
    before = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom() };
    return pane.requestFullscreen();
  };
}

export function addControls(map) {
  map.home = map.getBounds(); // what the whole area is
  followPrint(map);
  const does = {
    in: () => map.zoomIn(),
    out: () => map.zoomOut(),
    home: () => map.fitBounds(map.home, { padding: [-1, -1] }), // else it steps out a little each time
    full: followScreen(map),
  };
  const buttons = pane.querySelector(".mapctl");
  buttons.querySelector('[data-do="full"]').hidden = !document.fullscreenEnabled;
  buttons.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  buttons.hidden = false;
  map.attributionControl?.setPrefix(false);
  const face = map.getContainer();
  face.setAttribute("role", "region");
  face.setAttribute("aria-label", `Karta: ${pane.dataset.name}. Flytta med piltangenterna, zooma med plus och minus.`);
  wheelInside(map);
}
