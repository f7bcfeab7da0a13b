// The button that prints the page, and the record number on the paper. Without a script the
// browser's own menu prints, and the number is written by hand.

const field = document.querySelector("#diarienr");

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
  button.hidden = false;
}
for (const line of document.querySelectorAll("[data-record]")) {
  const write = () => { line.textContent = field.value.trim(); };
  field.addEventListener("input", write);
  write(); // a browser may have kept what was written
}
