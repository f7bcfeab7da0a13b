// The page that moves an incident: a place by its name, and one sending at a time.

import { suggestPlaces } from "./places.js";

const form = document.querySelector(".moveform");
const PLACE_M = "50"; // a name is a place, not a spot
let isSent = false;

suggestPlaces({
  field: form.elements.place_text,
  list: form.querySelector("#found"),
  address: form.dataset.places,
  choose: ({ longitude, latitude }) => {
    form.querySelector(`[name="place_precision_m"][value="${PLACE_M}"]`).checked = true;
    form.elements.longitude.value = longitude.toFixed(6);
    form.elements.latitude.value = latitude.toFixed(6);
    form.elements.latitude.dispatchEvent(new Event("input", { bubbles: true }));
  },
});

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (isSent) {
    event.preventDefault(); // two presses are one sending
    return;
  }
  isSent = true;
  form.querySelector("#sending").textContent = "Sparar …";
});
addEventListener("pageshow", () => { isSent = false; }); // come back to by the browser's button
(form.querySelector('[aria-invalid="true"]') ?? document.querySelector("#fault"))?.focus();
