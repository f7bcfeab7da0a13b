// The incidents that fit on a map, and the list beside it: pressing one shows the other.

import { calm, icon, pane, popup, whenText } from "./map-face.js";

const list = document.querySelector(".rows");
const rows = new Map([...document.querySelectorAll(".rows [data-ref]")].map((row) => [row.dataset.ref, row]));
const markers = new Map();

// Mark a row of the list as the one whose popup is open; null for none.
export function mark(reference) {
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

export function popupOptions() {
  return {
    maxWidth: Math.min(280, pane.clientWidth - 130), // and never under the buttons
    minWidth: 160,
    autoPanPaddingTopLeft: [12, 12],
    autoPanPaddingBottomRight: [64, 24],
  };
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
  marker.bindPopup(() => popup(said), popupOptions());
  marker.on("add", () => {
    const face = marker.getElement();
    face.setAttribute("aria-label", [said.category, said.place_text, whenText(said), said.organisation].filter(Boolean).join(", "));
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

// A press on a row does what `show` returns for it. Without that, and on a press that asks for a
// window of its own, the link does what links do.
export function onRow(show) {
  list?.addEventListener("click", (event) => {
    const row = event.target.closest("[data-ref]");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const shown = row && plain && show(row);
    if (!shown) return;
    event.preventDefault();
    const { top, bottom, height } = pane.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (seen < height / 2) pane.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    shown();
  });
}

export async function addIncidents(map, layer) {
  onRow((row) => {
    const marker = markers.get(row.dataset.ref);
    return marker && !marker.isPopupOpen() && (() => layer.zoomToShowLayer(marker, () => marker.openPopup()));
  });
  const waits = pane.querySelector(".mapstate");
  waits.hidden = false;
  const answer = await fetch(pane.dataset.source, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { features } = await answer.json();
  for (const feature of features) if (feature.geometry) add(map, layer, feature);
  waits.hidden = true;
  if (JSON.parse(pane.dataset.labels).length === 0 && markers.size) map.fitBounds(layer.getBounds(), { maxZoom: 15 });
}
