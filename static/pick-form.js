// The place as the form has it: the fields are what is sent, `picked` is what the hand is at.

import { Shape } from "./pick-shape.js";

const DECIMALS = 6; // about 0.1 m

export const box = document.querySelector("#pick");
export const form = box?.closest("form");
export const field = {
  longitude: document.querySelector("#longitude"),
  latitude: document.querySelector("#latitude"),
  shape: document.querySelector("#shape"),
};
export const radii = [...document.querySelectorAll('[name="place_precision_m"]')];
export const by = (name) => box.querySelector(`[data-do="${name}"]`);
const why = document.querySelector("#why-moved");

export const picked = {
  shape: null, // the line or area that is drawn
  type: "Point", // what the next press makes
  refused: "", // why the last press made nothing
};

export const radius = () => Number(radii.find((input) => input.checked)?.value) || 0;

// Choose the smallest radius that is not less than what is known of a place; 0 is exact.
export function unsure(metres) {
  const large = radii.filter((input) => Number(input.value) >= metres);
  (metres === 0 ? radii[0] : large[0] ?? radii.at(-1)).checked = true;
}

function degrees(input, most) {
  const text = input.value.trim().replace(",", ".").replace("−", "-");
  const value = text === "" ? NaN : Number(text);
  return Math.abs(value) <= most ? value : NaN;
}

// The point that the fields say, as Leaflet wants it; null when they are empty or wrong.
export function written() {
  const longitude = degrees(field.longitude, 180);
  const latitude = degrees(field.latitude, 85);
  return Number.isNaN(longitude) || Number.isNaN(latitude) ? null : L.latLng(latitude, longitude);
}

export function put(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Write a point, and nothing else; or no place at all.
export function write(at) {
  picked.shape = null;
  put(field.shape, "");
  put(field.longitude, at ? at.wrap().lng.toFixed(DECIMALS) : "");
  put(field.latitude, at ? at.lat.toFixed(DECIMALS) : "");
}

export function writeShape() {
  put(field.longitude, "");
  put(field.latitude, "");
  put(field.shape, picked.shape?.text() ?? "");
}

export function readShape() {
  picked.shape = Shape.read(field.shape.value);
  picked.type = picked.shape?.type ?? "Point";
}

// Whether the place is another than the stored one: only then is there a why to ask for.
export function showWhy() {
  if (!why?.dataset.was) return;
  const at = written();
  const point = at && { type: "Point", coordinates: [at.lng, at.lat].map((value) => Number(value.toFixed(DECIMALS))) };
  why.hidden = (field.shape.value || (point ? JSON.stringify(point) : "")) === why.dataset.was;
}
