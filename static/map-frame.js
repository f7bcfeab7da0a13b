// What stands around the incidents of a map: names, buttons, where the keyboard is, and paper.

import { element, pane } from "./map-face.js";

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
    if (inside && from?.isConnected) from.focus({ preventScroll: true });
  });
  pane.addEventListener("keydown", (event) => { // Leaflet itself listens only while the map has focus
    if (event.key === "Escape") map.closePopup();
  });
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
