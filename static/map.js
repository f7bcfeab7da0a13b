// The incidents on a map whose frame folium has drawn.

import { addBox } from "./map-box.js";
import { calm, clusterIcon, pane } from "./map-face.js";
import { addControls, addNames, followFocus, keepStill } from "./map-frame.js";
import { addGround } from "./map-ground.js";
import { addIncidents } from "./map-incidents.js";
import { addLayers } from "./map-layers.js";
import "./map-time.js";

async function start() {
  const map = window[pane.dataset.map];
  const layer = window[pane.dataset.layer];
  layer.options.iconCreateFunction = clusterIcon;
  layer.options.animate = !calm;
  layer.options.spiderLegPolylineOptions = { className: "leg" };
  if (calm) keepStill(map);
  addControls(map);
  addBox(map);
  addNames(map);
  addLayers(map);
  addGround(map);
  followFocus(map);
  if (pane.dataset.tiles) await (await import("./map-tiles.js")).addTiles(map, layer);
  else if (pane.dataset.source) await addIncidents(map, layer);
}

if (pane) {
  start().catch((problem) => {
    pane.querySelector(".mapstate").hidden = true;
    pane.querySelector(".mapfail").hidden = false;
    console.warn(problem);
  });
}
