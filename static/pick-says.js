// What is told of the place, and the buttons that there is something to do with.

import { answer, areaOf, areas } from "./pick-area.js";
import { box, by, picked, radius, written } from "./pick-form.js";

const CORNERS = "lägg ett hörn i mitten med Enter";
const HOW = { Point: "välj mitten med Enter", LineString: CORNERS, Polygon: CORNERS };
const UNDO = ", ta bort det sista med Backsteg";

export const status = box?.querySelector("#placed");
export const drawers = [...(box?.querySelectorAll("[data-draw]") ?? [])];

function next(shape) {
  if (shape.kept) return " Den kan tas bort, men inte ändras här.";
  if (shape.isDone) return "";
  return shape.isTooShort ? " Lägg fler hörn." : " Tryck Klar när den är färdig.";
}

// What the status line says of a point, or of a line or area.
export function says() {
  const { shape, type, refused } = picked;
  const at = written();
  if (refused) return refused;
  if (shape) {
    const told = answer?.district ? `, ${answer.district.name}` : answer?.outside ? ", utanför kommunens områden" : "";
    return `${shape.says()}${told}.${next(shape)}`;
  }
  if (type !== "Point") return `Lägg hörnen ett i taget: tryck på kartan, eller ${HOW[type]}.${at ? " Punkten tas bort." : ""}`;
  if (!at) return `Ingen plats vald. Tryck på kartan, eller flytta den med piltangenterna och ${HOW[type]}.`;
  const area = answer ? answer.district?.name : areaOf(at);
  const within = radius() ? `, inom ${radius() >= 1000 ? `${radius() / 1000} km` : `${radius()} m`}` : "";
  if (area) return `${area}${within}.`;
  return answer?.outside || (!answer && areas.length) ? "Utanför kommunens områden. Flytta platsen." : `Plats vald${within}.`;
}

export function showMode(map) {
  const { type } = picked;
  for (const button of drawers) button.setAttribute("aria-pressed", String(button.dataset.draw === type));
  map.getContainer().setAttribute("aria-label", `Karta. Flytta med piltangenterna, zooma med plus och minus, ${HOW[type]}${type === "Point" ? "" : UNDO}.`);
}

export function showButtons() {
  const { shape } = picked;
  const isDrawing = Boolean(shape) && !shape.isDone && !shape.isEmpty;
  const focused = document.activeElement;
  by("undo").hidden = !isDrawing;
  by("done").hidden = !isDrawing;
  by("more").hidden = !shape?.isDone || Boolean(shape.kept);
  by("clear").hidden = !written() && !shape;
  if (focused?.hidden && box.contains(focused)) (by("more").hidden ? box.querySelector(".leaflet-container") : by("more")).focus({ preventScroll: true });
}
