// What is written but not yet with the server stays in this browser: a draft that is being written,
// and the outbox of what was saved without a network. Both belong to one person in one group, and
// are forgotten after a week. The id in each makes a second sending the same incident.

const WEEK = 7 * 24 * 3600 * 1000;

export class Keep {
  #name;

  constructor(name) {
    this.#name = `lagesbild:${name}`;
  }

  // The list of kept forms: { at: milliseconds, fields: [[name, value], …] }.
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#name) ?? "[]");
      return kept.filter((each) => Date.now() - each.at < WEEK);
    } catch (problem) {
      console.info("Nothing is kept in this browser.", problem); // storage is off, or not ours
      return [];
    }
  }

  // Return whether it could be kept.
  write(kept) {
    try {
      if (kept.length) localStorage.setItem(this.#name, JSON.stringify(kept));
      else localStorage.removeItem(this.#name);
      return true;
    } catch (problem) {
      console.info("Nothing can be kept in this browser.", problem);
      return false;
    }
  }
}

export function fieldsOf(form) {
  return [...new FormData(form)].filter(([name]) => name !== "csrf_token");
}

export function fill(form, fields) {
  const said = new Map(fields);
  for (const input of form.elements) {
    if (!input.name || input.name === "csrf_token" || input.type === "submit") continue;
    if (input.type === "radio" || input.type === "checkbox") input.checked = said.get(input.name) === input.value;
    else input.value = said.get(input.name) ?? "";
  }
}

// A UUID version 7 (RFC 9562): sorted by time, like those that the server makes.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint16(0, Math.floor(Date.now() / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, Date.now() % 2 ** 32);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
