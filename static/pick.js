// A place for an incident: a press on the map, the keyboard or a name writes a point, a line or an area into
// the form, and what is written there moves the marker. Without JavaScript the fields are enough.

import { answer, ask, chooseDistrict, sayNear } from "./pick-area.js";
import { box, field, form, picked, radii, readShape, showWhy, unsure, write, writeShape, written } from "./pick-form.js";
import { addAreas, draw, follow, made } from "./pick-map.js";
import { drawers, says, showButtons, showMode, status } from "./pick-says.js";
import { Shape } from "./pick-shape.js";
import { suggestPlaces } from "./places.js";

const NAMED_M = 50; // a name is a place, not a spot

// Where the device is: only when asked, and no finer than it knows.
function locate(choose) {
  status.textContent = "Söker var du är …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => choose(L.latLng(coords.latitude, coords.longitude), coords.accuracy),
    (problem) => {
      status.textContent = problem.code === problem.PERMISSION_DENIED
        ? "Webbläsaren får inte veta var du är. Tillåt det, eller tryck på kartan."
        : "Det gick inte att få veta var du är. Tryck på kartan.";
    },
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
  );
}

function start() {
  box.hidden = false;
  readShape();
  const map = made();
  const face = map.getContainer();
  const layer = L.layerGroup().addTo(map);

  const show = () => {
    draw(layer, { choose, change });
    showButtons();
    sayNear();
    showWhy();
    status.textContent = says();
  };
  const renew = () => { ask(show); show(); };
  const change = () => { writeShape(); renew(); };
  const setType = (name) => { picked.type = name; showMode(map); };
  const choose = (place) => {
    picked.refused = "";
    setType("Point");
    write(place);
    renew();
  };
  const go = (place, metres) => { // to what is known so well: by a name, or by the device
    unsure(metres);
    choose(place);
    follow(map, place);
  };
  const press = (place) => {
    const { shape, type } = picked;
    picked.refused = "";
    if (type !== "Point" && shape?.isDone) {
      if (!shape.kept) picked.refused = `${shape.says()}. Tryck Fortsätt rita för fler hörn, eller ta bort den.`;
      return show();
    }
    unsure(0); // who points knows where
    if (type === "Point") return choose(place);
    const { lng, lat } = place.wrap();
    picked.shape ??= new Shape(type);
    picked.refused = picked.shape.add([lng, lat]);
    return picked.refused ? show() : change();
  };
  const undo = () => {
    picked.refused = "";
    picked.shape.undo();
    if (picked.shape.isEmpty) picked.shape = null;
    change();
  };
  const finish = () => {
    picked.refused = picked.shape.finish();
    change();
  };
  const chooseMode = (name) => {
    const { shape } = picked;
    picked.refused = "";
    setType(name);
    if (name === "Point" || !shape || shape.kept || shape.type === name) return show();
    picked.shape = shape.as(name);
    change();
  };
  const typed = () => { // by hand, or by a kept draft
    picked.refused = "";
    if (written()) {
      picked.shape = null;
      field.shape.value = "";
      setType("Point");
    }
    renew();
    follow(map, written());
  };

  for (const button of drawers) button.addEventListener("click", () => chooseMode(button.dataset.draw));
  face.setAttribute("role", "application"); // arrow keys and Enter are the map's own
  face.addEventListener("keydown", (event) => {
    if (event.target !== face) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // Enter would send the form
      press(map.getCenter());
    } else if (event.key === "Backspace" && picked.shape && !picked.shape.isDone) {
      event.preventDefault();
      undo();
    }
  });
  map.on("click", (event) => press(event.latlng));
  for (const input of [field.longitude, field.latitude]) input.addEventListener("input", typed);
  field.shape.addEventListener("input", () => {
    readShape();
    showMode(map);
    renew();
  });
  for (const input of radii) input.addEventListener("change", show);
  form.addEventListener("submit", (event) => { // a half-drawn area is told, not dropped in silence
    if (!picked.shape || picked.shape.text()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    finish();
    face.focus();
  }, { capture: true });
  const here = document.querySelector('[data-do="here"]');
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => locate(go));
  suggestPlaces({
    field: form.elements.place_text,
    list: form.querySelector("#found"),
    address: form.dataset.places,
    choose: ({ longitude, latitude }) => go(L.latLng(latitude, longitude), NAMED_M),
  });
  const does = {
    clear: () => choose(null),
    undo,
    done: finish,
    more: () => { picked.shape.isDone = false; setType(picked.shape.type); show(); },
    near: () => chooseDistrict(answer.near.slug),
    auto: () => chooseDistrict(""),
  };
  box.addEventListener("click", (event) => does[event.target.closest("button")?.dataset.do]?.());
  showMode(map);
  renew();
  addAreas(map).then(show).catch((problem) => {
    status.textContent = "Områdenas gränser kunde inte hämtas. Platsen går att välja ändå.";
    console.warn(problem);
  });
}

if (box && field.longitude && field.latitude) start();
