// What pages can do beyond links and forms: look again while a release is watched, and keys. Nothing needs it.
"use strict";

const main = document.querySelector("main[data-live]");
if (main) {
  const line = main.querySelector(".live");
  const button = line.querySelector("button");
  const paused = () => sessionStorage.getItem("paused") === "yes";
  const show = () => {
    button.textContent = paused() ? "Go on" : "Pause";
    line.querySelector("[role=status]").textContent = paused()
      ? "Paused: what you see does not change."
      : `Watching: this page looks again every ${main.dataset.live} s.`;
  };
  // Whoever reads numbers, writes, or chose an element must not lose the place.
  const busy = () =>
    document.hidden || main.querySelector("details[open]") || main.contains(document.activeElement) ||
    [...main.querySelectorAll("textarea, input:not([type=radio])")].some((field) => field.value);
  button.addEventListener("click", () => {
    sessionStorage.setItem("paused", paused() ? "no" : "yes");
    show();
  });
  line.hidden = false;
  show();
  setInterval(() => paused() || busy() || location.reload(), 1000 * main.dataset.live);
}

// j and k go from row to row; Enter opens, as on any link. Not while somebody writes.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const step = { j: 1, k: -1 }[event.key];
  const rows = [...document.querySelectorAll("a.row")];
  if (!step || !rows.length) return;
  const next = rows[Math.min(Math.max(rows.indexOf(document.activeElement) + step, 0), rows.length - 1)];
  next.focus();
});
