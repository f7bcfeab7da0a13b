// Hexagons of 250 m with their numbers. One shape for each colour, and text only where it fits.

import { element } from "./map-face.js";

const FITS = 34; // px across, for three digits

export function hexagons(map, { features }) {
  const drawn = L.layerGroup();
  const numbers = L.layerGroup();
  const cells = features.map(({ geometry, properties }) => {
    const ring = L.GeoJSON.coordsToLatLngs(geometry.coordinates[0]);
    return { ...properties, ring, box: L.latLngBounds(ring) };
  });
  const colours = [...new Set(cells.map(({ colour }) => colour))].sort();
  for (const colour of colours) { // the darker the later, so that its edge lies on top
    const rings = cells.filter((cell) => cell.colour === colour).map(({ ring }) => [ring]);
    drawn.addLayer(L.polygon(rings, { pane: "cells", className: `hex hex-${colour}`, interactive: false, smoothFactor: 0 }));
  }

  function label({ box, number, colour }) {
    const icon = L.divIcon({ html: element("span", `hx-${colour}`, String(number)), className: "hexnumber", iconSize: [0, 0] });
    return L.marker(box.getCenter(), { icon, interactive: false, keyboard: false, pane: "numbers" });
  }

  // What comes into sight gets its number, what goes out of it loses it; all else stays as it is.
  function write() {
    const { box } = cells[0];
    const across = Math.abs(map.latLngToLayerPoint(box.getNorthWest()).y - map.latLngToLayerPoint(box.getSouthWest()).y);
    const seen = map.getBounds().pad(0.1);
    for (const cell of cells) {
      const isShown = across >= FITS && seen.intersects(cell.box);
      if (isShown) numbers.addLayer(cell.label ??= label(cell));
      else if (cell.label && numbers.hasLayer(cell.label)) numbers.removeLayer(cell.label);
    }
  }

  drawn.addLayer(numbers);
  drawn.on("add", () => { map.on("moveend", write); write(); });
  drawn.on("remove", () => map.off("moveend", write));
  return drawn;
}
