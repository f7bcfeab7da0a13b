// A line or an area that is drawn corner by corner: what its corners may be, and what is told of it.
// Positions are [longitude, latitude], as in GeoJSON.

const LEAST = { LineString: 2, Polygon: 3 };
const MOST = 100; // corners that a hand draws
const DECIMALS = 6; // about 0.1 m
const METRES = 111_195; // per degree of a great circle
const NAME = { LineString: "En linje", Polygon: "En yta" };
const COUNT = { 2: "två", 3: "tre" };

const rounded = (at) => at.map((degrees) => Number(degrees.toFixed(DECIMALS)));
const same = (a, b) => a[0] === b[0] && a[1] === b[1];
const side = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
const between = (a, b, c) => Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0])
  && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);

// Whether two edges have a point in common.
function meet([a, b], [c, d]) {
  const [c1, c2, a1, a2] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (c1 !== c2 && a1 !== a2) return true;
  return (c1 === 0 && between(a, b, c)) || (c2 === 0 && between(a, b, d))
    || (a1 === 0 && between(c, d, a)) || (a2 === 0 && between(c, d, b));
}

// Whether edges of a ring meet elsewhere than in the corners that neighbours share.
function crosses(corners, isClosed) {
  const edges = corners.slice(1).map((at, index) => [corners[index], at]);
  if (isClosed) edges.push([corners.at(-1), corners[0]]);
  return edges.some((one, i) => edges.some((other, j) => {
    if (j <= i) return false;
    const isNext = j === i + 1 || (isClosed && i === 0 && j === edges.length - 1);
    if (!isNext) return meet(one, other);
    const shared = j === i + 1 ? one[1] : one[0]; // a neighbour that turns straight back lies on it
    const ends = [one, other].map((edge) => (same(edge[0], shared) ? edge[1] : edge[0]));
    return side(ends[0], shared, ends[1]) === 0 && !between(ends[0], ends[1], shared);
  }));
}

function metric(corners) {
  const narrow = Math.cos((corners[0][1] * Math.PI) / 180);
  return corners.map(([x, y]) => [(x - corners[0][0]) * METRES * narrow, (y - corners[0][1]) * METRES]);
}

function length(corners) {
  const flat = metric(corners);
  return flat.slice(1).reduce((sum, at, i) => sum + Math.hypot(at[0] - flat[i][0], at[1] - flat[i][1]), 0);
}

function surface(corners) {
  const flat = metric(corners);
  const twice = flat.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = flat[(i + 1) % flat.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

const said = (value, unit) => `${value.toLocaleString("sv-SE", { maximumSignificantDigits: 2 })} ${unit}`;
const long = (metres) => (metres < 1000 ? said(metres, "m") : said(metres / 1000, "km"));
const wide = (metres) => (metres < 10_000 ? said(metres, "m²") : metres < 1e6 ? said(metres / 10_000, "ha") : said(metres / 1e6, "km²"));

export class Shape {
  constructor(type, corners = [], { isDone = false, kept = null } = {}) {
    this.type = type;
    this.corners = corners;
    this.isDone = isDone;
    this.kept = kept; // a geometry that no hand can draw, as it came: of several parts, with holes, of many corners
  }

  // What a form holds, or null.
  static read(text) {
    if (!text) return null;
    const kept = JSON.parse(text);
    const { type, coordinates } = kept;
    const isLine = type.endsWith("LineString");
    const isRing = type === "Polygon" && coordinates.length === 1;
    const corners = type === "LineString" ? coordinates : isRing ? coordinates[0].slice(0, -1) : [];
    const isDrawn = corners.length && corners.length <= MOST;
    return new Shape(isLine ? "LineString" : "Polygon", corners, { isDone: true, kept: isDrawn ? null : kept });
  }

  get isEmpty() {
    return !this.kept && !this.corners.length;
  }

  get isTooShort() {
    return !this.kept && this.corners.length < LEAST[this.type];
  }

  get isCrossed() {
    return this.type === "Polygon" && this.corners.length >= LEAST.Polygon && crosses(this.corners, true);
  }

  // Each of these returns why it refuses, or nothing.
  add(at) {
    const corner = rounded(at);
    if (this.corners.length >= MOST) return `Högst ${MOST} hörn får plats.`;
    if (this.corners.length && same(this.corners.at(-1), corner)) return "Hörnet ligger på det förra. Flytta lite.";
    const after = [...this.corners, corner];
    if (this.type === "Polygon" && crosses(after, false)) return "Ytan får inte korsa sig själv. Välj en annan plats för hörnet.";
    this.corners = after;
    return "";
  }

  move(index, at) {
    const after = this.corners.with(index, rounded(at));
    if (this.type === "Polygon" && crosses(after, this.isDone)) return "Ytan får inte korsa sig själv. Hörnet ligger kvar där det var.";
    this.corners = after;
    return "";
  }

  undo() {
    this.isDone = false;
    this.corners = this.corners.slice(0, -1);
  }

  finish() {
    if (this.isTooShort) return `${NAME[this.type]} behöver minst ${COUNT[LEAST[this.type]]} hörn.`;
    if (this.isCrossed) return "Ytan korsar sig själv när den sluts. Ångra ett hörn och rita om.";
    this.isDone = true;
    return "";
  }

  // The corners as another kind of shape.
  as(type) {
    return new Shape(type, this.corners);
  }

  geometry() {
    if (this.kept) return this.kept;
    if (this.isTooShort || this.isCrossed) return null;
    const isLine = this.type === "LineString";
    return { type: this.type, coordinates: isLine ? this.corners : [[...this.corners, this.corners[0]]] };
  }

  text() {
    const geometry = this.geometry();
    return geometry ? JSON.stringify(geometry) : "";
  }

  // What it is, for the status line.
  says() {
    if (!this.corners.length) return `${this.type === "LineString" ? "Linje" : "Yta"} av flera delar`;
    const number = `${this.corners.length} hörn`;
    if (this.type === "LineString") return this.corners.length > 1 ? `Linje med ${number}, ${long(length(this.corners))}` : `Linje, ${number}`;
    return this.corners.length > 2 ? `Yta med ${number}, ${wide(surface(this.corners))}` : `Yta, ${number}`;
  }
}
