// Known places under the field for a place's name: a combobox with a list (ARIA 1.2). What is
// chosen writes longitude and latitude; what is only typed stays as text.

const PAUSE = 180; // milliseconds between the last key and the question

function howMany(found) {
  if (!found) return "Sökningen svarar inte. Försök igen.";
  if (!found.length) return "Ingen plats i listan liknar det.";
  return `${found.length} ${found.length === 1 ? "plats" : "platser"}. Välj med piltangenterna och Enter.`;
}

// `status` is where it is said how many were found, if anywhere.
export function suggestPlaces({ field, list, address, choose, status = null }) {
  let options = [];
  let current = -1;
  let asked = 0;
  let timer = 0;

  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    field.setAttribute(name, value);
  }

  function close() {
    list.hidden = true;
    current = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    current = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
    list.children[index]?.scrollIntoView({ block: "nearest" });
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[index].id);
  }

  function show(places) {
    options = places;
    list.replaceChildren(...places.map((place, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.append(place.name);
      const more = document.createElement("small");
      more.textContent = [place.kind, place.district].filter(Boolean).join(", ");
      if (more.textContent) item.append(more);
      return item;
    }));
    if (!places.length) return close();
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(0); // Enter takes the likeliest
  }

  function take(index) {
    const place = options[index];
    close();
    field.value = place.name;
    choose(place);
  }

  // What was found can be seen in the list; that nothing was must be said to all.
  function tell(text, isSeen = false) {
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("sr", !isSeen);
  }

  async function get(text) {
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`);
      return answer.ok ? (await answer.json()).places : null;
    } catch {
      return null;
    }
  }

  async function ask() {
    const text = field.value.trim();
    const number = ++asked;
    if (text.length < 2 || /\d{6}/.test(text)) { tell(""); return close(); } // no place: perhaps a number that no address may hold
    const found = await get(text);
    if (number !== asked || document.activeElement !== field) return; // an older question
    show(found ?? []); // without a network the name is kept as it is
    tell(howMany(found), !found?.length);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // the form is saved by its button
      if (!list.hidden && current >= 0) take(current);
      return;
    }
    if (list.hidden) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      mark((current + steps[event.key] + options.length) % options.length);
    } else if (event.key === "Escape" || event.key === "Tab") close();
  });
  field.addEventListener("blur", () => { asked += 1; close(); });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) take([...list.children].indexOf(item));
  });
}
