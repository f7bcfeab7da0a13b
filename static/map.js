// The incidents on a map whose frame folium has drawn.

import { calm, clusterIcon, pane } from "./map-face.js";
import { addControls, addNames, followFocus } from "./map-frame.js";
import { addIncidents, followRows } from "./map-incidents.js";

async function start() {
  const map = window[pane.dataset.map];
  const layer = window[pane.dataset.layer];
  layer.options.iconCreateFunction = clusterIcon;
  layer.options.animate = !calm;
  layer.options.spiderLegPolylineOptions = { className: "leg" };
  addControls(map);
  addNames(map);
  followFocus(map);
  followRows(layer);
  if (pane.dataset.source) await addIncidents(map, layer);
}

if (pane) {
  start().catch((problem) => {
    for (const [index, text] of pane.querySelectorAll(".mapstate").entries()) text.hidden = index !== 1;
    console.warn(problem);
  });
}
