// A letter on its page: keys, the frame as high as its letter, and how many words there are.

const writing = (target) => target.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || writing(event.target)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!found) return;
  event.preventDefault();
  found.click();
});

// --- The frame ----------------------------------------------------------------------------------

function fit(frame) {
  const page = frame.contentDocument;
  if (!page || page.URL === "about:blank") return; // it is on its way
  frame.style.height = "1px"; // else a frame that was higher stays so
  frame.style.height = `${page.documentElement.scrollHeight}px`;
}

for (const frame of document.querySelectorAll("[data-letter]")) {
  frame.addEventListener("load", () => fit(frame));
  if (frame.contentDocument?.readyState === "complete") fit(frame);
  let width = frame.clientWidth;
  new ResizeObserver(() => {
    if (frame.clientWidth === width) return;
    width = frame.clientWidth;
    fit(frame);
  }).observe(frame);
}

// --- Words --------------------------------------------------------------------------------------

const form = document.querySelector("form[data-rest]");
const said = form?.querySelector("[data-words]");
const counted = (text) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

form?.addEventListener("input", () => {
  const fields = [...form.querySelectorAll("textarea")].map((field) => counted(field.value));
  const words = fields.reduce((sum, number) => sum + number, Number(form.dataset.rest));
  const over = words - Number(form.dataset.most);
  said.textContent = `${words} ord av ${form.dataset.most}${over > 0 ? `, ${over} för många` : ""}`;
  said.classList.toggle("is-over", over > 0);
});
