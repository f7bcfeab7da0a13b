// Logging in twenty seconds: keys for groups and codes, times in words, a hint from
// the identity guard, and a form that is lost neither with the network nor with the tab.
// Without JavaScript the form works as it stands.

import { Keep, fieldsOf, fill, newId } from "./keep.js";

const form = document.querySelector(".logform");
const what = form.querySelector("#what");
const place = form.querySelector("#place_text");
const summary = form.querySelector("#summary");
const sending = form.querySelector("#sending");
const RETRY = 15_000;
const PATIENCE = 20_000;
const UNKNOWN = 401;
const chosen = (name) => form.querySelector(`[name="${name}"]:checked`);

// --- What ------------------------------------------------------------------------------------

function chooseCode(code) {
  const group = what.querySelector(`[name="group"][value="${code.slice(0, 3)}"]`);
  const input = what.querySelector(`[name="category"][value="${code}"]`);
  group.checked = input.checked = true;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

what.addEventListener("change", (event) => {
  const code = chosen("category");
  if (event.target.name === "group" && code && !code.value.startsWith(event.target.value)) code.checked = false;
});
what.addEventListener("click", (event) => {
  const usual = event.target.closest("[data-code]");
  if (!usual) return;
  event.preventDefault();
  chooseCode(usual.dataset.code);
});
// One key for the group, one for the code, only while the focus is here (WCAG 2.1.4).
what.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  const codes = chosen("group")?.closest(".tile").nextElementSibling;
  const input = codes?.querySelector(`[data-key="${key}"]`) ?? what.querySelector(`[name="group"][data-key="${key}"]`);
  if (!input) return;
  event.preventDefault();
  input.checked = true;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  if (input.name === "group") input.focus();
  else place.focus();
});

// --- When ------------------------------------------------------------------------------------

function sayWhen() {
  const says = form.querySelector("#says");
  says.textContent = chosen("when")?.dataset.says ?? "";
  says.hidden = !says.textContent;
}
form.querySelector("#time").addEventListener("change", sayWhen);

// --- The text --------------------------------------------------------------------------------

const counter = form.querySelector(".counter .num");

async function look(field) {
  const body = new URLSearchParams({ text: field.value, csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.look, { method: "POST", body });
  if (!answer.ok) return;
  const { stops, sentence } = await answer.json();
  const hint = form.querySelector(`#${field.id}-look`);
  hint.textContent = sentence;
  hint.classList.toggle("stops", stops);
}

function count() {
  counter.textContent = `${summary.value.length} av ${summary.maxLength}`;
}
summary.addEventListener("input", count);
for (const field of [place, summary, form.querySelector("#details")]) {
  let pause = 0;
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => look(field).catch(() => {}), 500); // it is only a hint: the server checks again
  });
}

// --- Keeping and sending ---------------------------------------------------------------------

const keeps = form.dataset.keep !== undefined;
const mine = `${form.dataset.keep}:${form.dataset.owner}`;
const draft = new Keep(`${mine}:utkast`);
const outbox = new Keep(`${mine}:utkorg`);
const usual = fieldsOf(form); // an empty form, with what the address chose
let busy = false;
let natively = false;

function say(text) {
  sending.textContent = text;
  sending.dataset.says = "";
}

function hold(on) {
  busy = on;
  for (const button of form.querySelectorAll('[type="submit"]')) button.setAttribute("aria-disabled", String(on));
}

function isWritten(fields) {
  const said = new Map(fields);
  return ["category", "place_text", "longitude", "shape", "summary", "details"].some((name) => said.get(name));
}

function keepDraft() {
  if (!keeps) return;
  const fields = fieldsOf(form);
  draft.write(isWritten(fields) ? [{ at: Date.now(), fields }] : []);
}
form.addEventListener("input", keepDraft);
form.addEventListener("change", keepDraft);

function show(fields) {
  fill(form, fields);
  sayWhen();
  count();
  for (const name of ["shape", "longitude", "latitude"]) form.elements[name].dispatchEvent(new Event("input"));
}

function startOver() {
  const fresh = { id: newId(), opened_at: new Date().toISOString() };
  show([...usual.filter(([name]) => !(name in fresh)), ...Object.entries(fresh)]);
  draft.write([]);
  document.querySelector("#kept").hidden = true;
}
document.querySelector('[data-do="discard"]').addEventListener("click", startOver);

document.querySelector(".alike .btn-main")?.addEventListener("click", () => draft.write([])); // it was the same

async function post(fields) {
  const body = new URLSearchParams([...fields, ["csrf_token", form.elements.csrf_token.value]]);
  const answer = await fetch(location.pathname + location.search, {
    method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status >= 500) throw new Error(`status ${answer.status}`);
  return answer;
}

// Send what was saved without a network, the oldest first; stop where the server is not reached.
async function sendKept() {
  for (const kept of outbox.read()) {
    const answer = await post(kept.fields);
    outbox.write(outbox.read().filter((each) => new Map(each.fields).get("id") !== new Map(kept.fields).get("id")));
    if (answer.status === UNKNOWN) return signedOut(kept);
    if (answer.status === 201) say(`Skickat som ${(await answer.json()).reference}.`);
    else return sendNatively(kept.fields); // its page says what is wrong, with what was written
  }
}

function signedOut(kept) {
  if (kept) draft.write([kept]);
  say("Du har loggats ut. Utkastet finns kvar. Ladda om sidan och logga in igen.");
}

function sendNatively(fields) {
  if (fields) show(fields);
  natively = true;
  form.requestSubmit();
}

function waitForNetwork() {
  const number = outbox.read().length;
  const things = number === 1 ? "Händelsen ligger" : `${number} händelser ligger`;
  say(`Inget nät. ${things} kvar här och skickas när nätet är tillbaka.`);
}

async function retry() {
  if (busy || !outbox.read().length) return;
  hold(true);
  try {
    await sendKept();
  } catch (problem) {
    console.info(problem.message);
    waitForNetwork();
  }
  hold(false);
}

async function send(submitter) {
  const fields = [...fieldsOf(form)];
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  hold(true);
  say("Sparar …");
  try {
    const answer = await post(fields);
    if (answer.status === UNKNOWN) signedOut();
    else if (answer.status === 201) {
      draft.write([]);
      location.assign((await answer.json()).next);
      return; // still busy: the page is leaving
    } else {
      natively = true;
      form.requestSubmit(submitter);
    }
  } catch (problem) {
    console.info(problem.message);
    if (outbox.write([...outbox.read(), { at: Date.now(), fields }])) {
      startOver();
      waitForNetwork();
    } else say("Inget nät. Lämna sidan öppen och försök igen.");
  }
  hold(false);
}

form.addEventListener("submit", (event) => {
  if (natively || !keeps) return;
  if (!busy && !chosen("category") && navigator.onLine) return; // the server's page says it beside the groups
  event.preventDefault();
  if (busy) return;
  if (chosen("category")) send(event.submitter);
  else say("Välj vad som har hänt.");
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".submit .btn-main"));
});
window.addEventListener("online", retry);
setInterval(retry, RETRY);
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // a saved form is not shown again

function start() {
  const [kept] = keeps && !form.dataset.wrong && !document.querySelector(".alike") ? draft.read() : [];
  if (kept) {
    const notice = document.querySelector("#kept");
    const time = new Date(kept.at).toLocaleString("sv-SE", { weekday: "short", hour: "numeric", minute: "2-digit" });
    show(kept.fields);
    notice.querySelector("span").textContent = `Utkastet från ${time.replace(":", ".")} finns kvar.`;
    notice.hidden = false;
  }
  count();
  (form.querySelector('[aria-invalid="true"]') ?? document.querySelector(".alike a, #fault"))?.focus();
  if (!kept && keeps && matchMedia("(pointer: fine)").matches && !form.dataset.wrong) {
    (chosen("group") ?? what.querySelector('[name="group"]')).focus({ preventScroll: true });
  }
  retry();
}
start();
