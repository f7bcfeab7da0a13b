// The week that a page with a map shows: a slider over all weeks, and the arrow keys.

const slide = document.querySelector(".weekslide");

function go(week) {
  const address = new URL(location.href);
  address.searchParams.set("week", week);
  address.searchParams.delete("cursor"); // a page of another week's list
  location.assign(address);
}

// Moving tells; letting go shows. By keyboard every step is a change: it waits until the keys rest.
function addSlider() {
  const weeks = JSON.parse(slide.dataset.weeks);
  const range = slide.querySelector("input");
  const told = slide.querySelector("output");
  const first = range.defaultValue;
  range.value = first; // a browser that comes back keeps what it was moved to
  let waiting = 0;
  let held = false;
  const tell = () => {
    const [, words] = weeks[range.value];
    range.setAttribute("aria-valuetext", words);
    told.textContent = range.value === first ? "" : words;
  };
  const show = () => {
    clearTimeout(waiting);
    if (range.value !== first) go(weeks[range.value][0]);
  };
  const back = () => {
    clearTimeout(waiting);
    range.value = first;
    tell();
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 900);
  };
  range.addEventListener("input", tell);
  range.addEventListener("pointerdown", () => { held = true; });
  range.addEventListener("change", () => (held ? show() : later()));
  range.addEventListener("keydown", (event) => {
    held = false;
    if (event.key === "Enter") show();
    if (event.key === "Escape") back();
  });
  range.addEventListener("blur", back);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) back(); });
  slide.hidden = false;
}

// What does something of its own with the arrows keeps them.
const TAKES = "input, textarea, select, dialog, [contenteditable], .map, [role=slider], [role=menu], [role=listbox], [role=radiogroup], [role=tablist]";

const scrolls = (element) => element.scrollWidth > element.clientWidth && /auto|scroll/.test(getComputedStyle(element).overflowX);

function keeps(target) {
  if (target.closest(TAKES)) return true;
  for (let each = target; each && each !== document.body; each = each.parentElement) if (scrolls(each)) return true;
  const page = document.scrollingElement;
  return page.scrollWidth > page.clientWidth || Boolean(document.fullscreenElement);
}

// Only arrows, never letters: speech input and screen readers say letters. A screen reader that
// reads the page takes the arrows itself, before they come here.
function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = way && document.querySelector(`.weeknav a[rel="${way}"]`);
  if (!link || keeps(event.target)) return;
  event.preventDefault();
  link.click();
}

if (slide) addSlider();
if (document.querySelector(".weeknav")) document.addEventListener("keydown", press);
