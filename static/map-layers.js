// Which layers a map shows: the panel with a choice for each, the address that keeps them, the legends.

import { geojson, once } from "./geojson.js";
import { element, pane } from "./map-face.js";
import { groundChoices } from "./map-ground.js";
import { heat } from "./map-heat.js";
import { hexagons } from "./map-hexagons.js";
import { ongoing } from "./map-ongoing.js";

const PARAMETER = "lager", NONE = "inga"; // where even the usual layers are off
const MAP_PAGE = /\/(karta|omraden\/[^/]+)$/;
const FAILED = "Lagret kunde inte hämtas. Försök igen.";

const panel = document.querySelector(".maplayers");
const given = new URLSearchParams(location.search).get(PARAMETER) || "";
const choices = [];

if (panel) {
  pane.querySelector(".mapctl").before(panel); // so that it stays there in full screen
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.open) return;
    panel.open = false;
    panel.querySelector("summary").focus();
    event.stopPropagation();
  });
}

// A layer that can be shown or not. `on` and `off` do it, and may take their time; `on` is told whether somebody
// has just asked for it. With a name (a–z, 0–9, -) the address keeps the choice. `why` is one sentence that says
// why it is disabled, if it is. Returns the choice, with `set(true or false)` and `refuse(why, goes)`.
function addChoice(label, { name = "", checked = false, on, off, why = "" }) {
  const row = element("li");
  const face = element("label");
  const input = element("input");
  const reason = element("p", "hint", why);
  input.type = "checkbox";
  reason.setAttribute("role", "status"); // what fails later is heard
  reason.id = `lager-${choices.length}`;
  input.setAttribute("aria-describedby", reason.id);
  face.append(input, element("span", "", label));
  row.append(face, reason);
  panel.querySelector("ul").append(row);
  panel.hidden = false;

  const choice = {
    name,
    input,
    usual: checked,
    wanted: given && name ? given.split(",").includes(name) : checked,
    set(wanted) {
      if (input.checked === wanted) return;
      choice.wanted = input.checked = wanted;
      show();
    },
    refuse(text, goes = true) { // the address keeps the wish: another week may have more
      input.checked = false;
      input.disabled = goes;
      reason.textContent = text;
    },
  };
  async function show(byHand = false) {
    reason.textContent = "";
    try {
      await (input.checked ? on(choice, byHand) : off(choice));
    } catch (problem) {
      choice.refuse(FAILED, false);
      console.warn(problem);
    }
  }
  input.addEventListener("change", () => {
    choice.wanted = input.checked;
    show(true);
    remember();
  });
  choices.push(choice);
  if (why) choice.refuse(why);
  else if (choice.wanted) { input.checked = true; show(); } else if (checked) off(choice);
  return choice;
}

// Write what is chosen into the address, and into every way from here to another map.
function remember() {
  const named = choices.filter(({ name }) => name);
  const isUsual = named.every(({ wanted, usual }) => wanted === usual);
  const chosen = named.filter(({ wanted }) => wanted).map(({ name }) => name);
  keep(isUsual ? "" : chosen.join(",") || NONE);
}

function keep(text) {
  const put = (address) => {
    if (text) address.searchParams.set(PARAMETER, text);
    else address.searchParams.delete(PARAMETER);
    return address.href;
  };
  history.replaceState(history.state, "", put(new URL(location.href)));
  for (const link of document.querySelectorAll("a[href]")) {
    const address = new URL(link.href, location.href);
    if (address.origin === location.origin && MAP_PAGE.test(address.pathname)) link.href = put(address);
  }
  for (const form of document.querySelectorAll(".mapfilter, .mapout")) { // a sheet shows what goes on as the map does
    let field = form.elements.namedItem(PARAMETER);
    if (!field) {
      field = element("input");
      Object.assign(field, { type: "hidden", name: PARAMETER });
      form.append(field);
    }
    Object.assign(field, { value: text, disabled: !text });
  }
}

function legend(name, isShown) {
  for (const face of document.querySelectorAll(`[data-legend~="${name}"]`)) face.hidden = !isShown;
}

function swatch(colour, text) {
  const face = element("li");
  face.append(element("span", `sw hexsw-${colour}`), element("span", "", text));
  return face;
}

const stepText = ([first, last]) => (first === last ? `${first}` : `${first}–${last}`);

function fill(name, rows) {
  document.querySelector(`[data-steps="${name}"]`).replaceChildren(...rows);
}

// Hexagons and heat are two pictures of the same numbers: fetched once, and one of them at a time.
function addDensity(map, incidents) {
  const { grid, why } = panel.dataset;
  const both = new Map();

  const get = once(async () => {
    const found = await geojson(grid);
    fill("rutor", found.steps.map((step) => swatch(step[2], stepText(step))));
    document.querySelector("[data-densest]").replaceChildren(...found.densest.map(([number, name]) => {
      const row = element("li", "", `${name}: `);
      row.append(element("b", "", String(number)), ` ${number === 1 ? "händelse" : "händelser"}`);
      return row;
    }));
    for (const face of document.querySelectorAll("[data-notes]")) face.textContent = found.notes.join(" ");
    return found;
  });

  const choose = (name, other, label, draw) => {
    let layer = null;
    const choice = addChoice(label, {
      name,
      why,
      async on({ input }, byHand) {
        both.get(other)?.set(false);
        if (byHand) incidents.set(false); // they would lie over it; who wants both turns them on again
        const found = await get();
        if (found.why) {
          for (const each of both.values()) each.refuse(found.why);
        } else if (input.checked) { // still
          layer ??= draw(found);
          layer.addTo(map);
          legend(name, true);
          legend("tathet", true);
        }
      },
      off() {
        layer?.remove();
        legend(name, false);
        if (!both.get(other)?.input.checked) legend("tathet", false);
      },
    });
    both.set(name, choice);
  };
  choose("rutor", "varme", "Rutor, 250 m", (found) => hexagons(map, found));
  choose("varme", "rutor", "Värmekarta", (found) => {
    const { layer, levels } = heat(found);
    fill("varme", levels.map(([colour, from]) => swatch(colour, `från ${from.toLocaleString("sv-SE")}`)));
    return layer;
  });
}

function addOngoing(map) {
  const get = once(async () => ongoing(map, await geojson(panel.dataset.ongoing)));
  let layer = null;
  addChoice("Pågående problem och åtgärder", {
    name: "pagaende",
    checked: true,
    async on({ input }) {
      layer = await get();
      if (!input.checked) return;
      layer.addTo(map);
      legend("pagaende", layer.getLayers().length > 0);
    },
    off() {
      layer?.remove();
      legend("pagaende", false);
    },
  });
}

export function addLayers(map) {
  if (!panel) return;
  if (panel.dataset.grid) addOwn(map);
  for (const each of groundChoices(map)) addChoice(each.label, each);
  if (given) keep(given);
}

function addOwn(map) {
  map.createPane("cells").style.zIndex = 405; // above the districts, below borders and what happened
  map.createPane("numbers").style.zIndex = 420;
  map.getPane("numbers").setAttribute("aria-hidden", "true"); // the list says them
  map.createPane("stems").style.zIndex = 595; // below what happened, whose numbers stay to be read
  map.getPane("stems").style.pointerEvents = "none";
  map.createPane("ongoing").style.zIndex = 620;
  const incidents = addChoice("Händelser", {
    name: "handelser",
    checked: true,
    on() {
      pane.classList.remove("no-incidents");
      legend("handelser", true);
    },
    off() {
      pane.classList.add("no-incidents");
      legend("handelser", false);
    },
  });
  addDensity(map, incidents);
  addOngoing(map);
}
