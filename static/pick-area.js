// Which area a place lies in: as the server says, before that as the drawn outlines tell, or by hand.

import { geojson } from "./geojson.js";
import { box, by, field, form, put, written } from "./pick-form.js";

const PAUSE = 350; // milliseconds between the last change and the question

const nearby = box?.querySelector("#nearby");
const district = document.querySelector("#district");

export let answer = null; // what the server says of the place: { district, near, outside }
export let areas = []; // { name, polygons }
let asked = 0;
let timer = 0;

export function keepAreas(features) {
  areas = features.map(({ geometry: { type, coordinates }, properties }) => ({
    name: properties.name,
    polygons: type === "Polygon" ? [coordinates] : coordinates,
  }));
}

const isInside = (ring, x, y) => ring.reduce((inside, [x1, y1], i) => {
  const [x2, y2] = ring[(i || ring.length) - 1];
  return (y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !inside : inside;
}, false);

// The name of the area that holds a place, as far as the drawn outlines tell; the server decides.
export function areaOf({ lng, lat }) {
  return areas.find(({ polygons }) => polygons.some(([shell, ...holes]) =>
    isInside(shell, lng, lat) && !holes.some((hole) => isInside(hole, lng, lat))))?.name;
}

// Ask the server which area the place is in, and whether it lies near the border of another.
export function ask(again) {
  answer = null;
  clearTimeout(timer);
  const number = ++asked;
  const place = { longitude: field.longitude.value, latitude: field.latitude.value, shape: field.shape.value };
  if (!written() && !place.shape) return;
  timer = setTimeout(async () => {
    const body = new URLSearchParams({ ...place, csrf_token: form.elements.csrf_token.value });
    const got = await geojson(box.dataset.area, { method: "POST", body }).catch(() => null); // the outlines tell
    if (number !== asked || !got) return;
    answer = got;
    again();
  }, PAUSE);
}

export function sayNear() {
  const chosen = district.value ? district.selectedOptions[0].textContent : "";
  const { district: own, near } = answer ?? {};
  const isFar = own && ![own.slug, near?.slug].includes(district.value);
  nearby.textContent = chosen
    ? `Området är valt för hand: ${chosen}.${isFar ? ` Platsen ligger i ${own.name}, inte nära gränsen dit.` : ""}`
    : near ? `Nära gränsen till ${near.name}: välj område om det blev fel.` : "";
  by("near").hidden = Boolean(chosen) || !near;
  by("auto").hidden = !chosen;
  if (near) by("near").textContent = `Välj ${near.name}`;
}

export function chooseDistrict(slug) {
  const from = document.activeElement;
  put(district, slug); // its change is said
  if (from?.hidden) (slug ? by("auto") : by("near").hidden ? box.querySelector(".leaflet-container") : by("near")).focus();
}

district?.addEventListener("change", sayNear);
