// A meeting in several browsers at once: keys, what others change, and nothing written is lost.

import { Keep, fieldsOf, fill } from "./keep.js";

const PULSE = 1500; // milliseconds; others' changes are seen within two seconds
const root = document.querySelector(".meeting");

document.querySelector(".m-rail .now")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone

// --- Keys ---------------------------------------------------------------------------------------

const writing = (target) => target.matches("input, textarea, select, [contenteditable]");

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && writing(event.target)) return event.target.blur();
  if (writing(event.target)) return;
  const key = event.key.toLowerCase();
  const found =
    document.querySelector(`[data-step="${key}"]`) ??
    document.querySelector(`[data-key="${key}"]`) ??
    { arrowleft: document.querySelector(".m-foot [rel=prev]"), arrowright: document.querySelector(".m-foot [rel=next]") }[key];
  if (found) {
    event.preventDefault();
    found.click();
  } else if (key === "b" || key === "a") {
    const field = document.getElementById(key === "b" ? "what" : "text");
    if (!field) return;
    event.preventDefault();
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus();
  } else if (key === "k") {
    document.querySelector(".m-map")?.requestFullscreen?.();
  }
}

document.addEventListener("keydown", press);

// --- What others change -------------------------------------------------------------------------

const dirty = (region) =>
  (region.contains(document.activeElement) && writing(document.activeElement)) ||
  [...region.querySelectorAll("input:not([type=hidden]), textarea, select")].some((field) =>
    field.options ? field.selectedIndex !== chosenAtFirst(field) : field.value !== field.defaultValue,
  );
const chosenAtFirst = ({ options }) => Math.max(0, [...options].findIndex((option) => option.defaultSelected));

// Regions that nobody here is writing in are replaced; the others wait until they are left.
function renew(page) {
  const fixed = page.querySelector("[data-fixed]") && !document.querySelector("[data-fixed]");
  const busy = (form) => dirty(form) || form.dataset.sent || form.dataset.native; // an answer is on its way
  if (fixed && ![...document.forms].some(busy)) return location.reload();
  waiting = false;
  for (const region of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${region.dataset.live}"]`);
    if (!fresh || region.innerHTML === fresh.innerHTML) continue;
    if (dirty(region)) waiting = true;
    else replace(region, fresh);
  }
}

// What was open stays open, and the focus stays on the same button.
function replace(region, fresh) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const open = [...region.querySelectorAll("details[open] > summary")];
  const same = (one) => [...fresh.querySelectorAll(one.localName)].find((other) => other.textContent === one.textContent);
  if (region.open) fresh.open = true;
  for (const summary of open) same(summary)?.parentElement.setAttribute("open", "");
  region.replaceWith(fresh);
  if (focused) (same(focused) ?? (fresh.open !== undefined ? fresh.querySelector("summary") : null))?.focus();
}

async function look() {
  const page = await fetch(location.href, { cache: "no-store" });
  if (page.ok) renew(new DOMParser().parseFromString(await page.text(), "text/html"));
}

let tag = `"${root.dataset.seen}"`; // what the page was drawn from
let waiting = false;

async function listen() {
  try {
    const answer = await fetch(root.dataset.pulse, { headers: { "If-None-Match": tag }, cache: "no-store" });
    root.toggleAttribute("data-alone", false);
    if (answer.status === 200) {
      tag = answer.headers.get("ETag") ?? tag;
      await look();
    }
  } catch (problem) {
    root.toggleAttribute("data-alone", true); // no network: the page says so, and goes on trying
    console.info("Others' changes cannot be asked for.", problem);
  }
  setTimeout(listen, document.hidden ? 10 * PULSE : PULSE);
}

document.addEventListener("focusout", () => {
  if (waiting) setTimeout(() => look().catch((problem) => console.info("Later, then.", problem)));
});
listen();

// --- What is written is kept until the server has it --------------------------------------------

const keepOf = (form) => (form.dataset.keep ? new Keep(`${root.dataset.owner}:${form.dataset.keep}`) : null);
const hasVersion = ([name]) => name.startsWith("version");

for (const form of document.querySelectorAll("form[data-keep]")) {
  const keep = keepOf(form);
  const [kept] = keep.read();
  if (!kept) continue;
  if (form.querySelector(".error")) {
    keep.write([{ at: Date.now(), fields: fieldsOf(form) }]); // what the server shows, and no more
    continue;
  }
  if (document.querySelector("[role=alert], .error")) continue;
  const versions = fieldsOf(form).filter(hasVersion);
  fill(form, [...kept.fields.filter((field) => !hasVersion(field)), ...versions]);
  const folded = form.closest("details");
  if (folded) folded.open = true; // what is not saved yet must be seen
}

document.addEventListener("input", ({ target }) => {
  if (target.form) keepOf(target.form)?.write([{ at: Date.now(), fields: fieldsOf(target.form) }]);
});

// Sent by hand, so that a lost connection leaves the page and its text where they are. What the
// server refuses is sent again by the browser, which then shows the answer: nothing was stored.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.native) return;
  event.preventDefault();
  if (form.dataset.sent) return; // a second press while the first is on its way
  form.dataset.sent = "1";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter) });
    if (answer.redirected) {
      keepOf(form)?.write([]);
      location.assign(answer.url);
    } else {
      form.dataset.native = "1";
      form.requestSubmit(event.submitter);
    }
  } catch (problem) {
    root.toggleAttribute("data-alone", true);
    delete form.dataset.sent;
    console.info("Not sent: there is no connection.", problem);
  }
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
