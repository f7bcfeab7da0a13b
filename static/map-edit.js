// The page that moves an incident: one sending at a time.

const form = document.querySelector(".moveform");
let isSent = false;

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (isSent) {
    event.preventDefault(); // two presses are one sending
    return;
  }
  isSent = true;
  form.querySelector("#sending").textContent = "Sparar …";
});
addEventListener("pageshow", () => { isSent = false; }); // come back to by the browser's button
(form.querySelector('[aria-invalid="true"]') ?? document.querySelector("#fault"))?.focus();
