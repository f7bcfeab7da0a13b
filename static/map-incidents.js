// The incidents that fit on a map, and the list beside it: pressing one shows the other.

import { geojson } from "./geojson.js";
import { calm, icon, labels, pane, popup, popupOptions, unsureCircle, whenText } from "./map-face.js";

const list = document.querySelector(".rows");
const rows = new Map([...document.querySelectorAll(".rows [data-ref]")].map((row) => [row.dataset.ref, row]));
let markers = new Map();

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

// A marker stands for every incident; a line or area also gets its own drawing.
function marked(map, feature, options) {
  const { geometry, properties: said } = feature;
  const shape = geometry.type === "Point" ? null : L.geoJSON(feature, { style: { className: "trace" }, interactive: false });
  const at = shape?.getBounds().getCenter() ?? L.GeoJSON.coordsToLatLng(geometry.coordinates);
  const marker = L.marker(at, { icon: icon(said), riseOnHover: true });
  const around = shape ?? (said.precision_m ? unsureCircle(at, said.precision_m) : null);
  marker.bindPopup(() => popup(said), options);
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
  return [said.reference, marker];
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
  const { features } = await geojson(pane.dataset.source);
  const options = popupOptions();
  markers = new Map(features.filter(({ geometry }) => geometry).map((feature) => marked(map, feature, options)));
  layer.addLayers([...markers.values()]);
  waits.hidden = true;
  if (labels.length || !markers.size) return;
  map.fitBounds(layer.getBounds(), { maxZoom: 15 }); // without districts the map is where something happened
  map.home = map.getBounds();
}
