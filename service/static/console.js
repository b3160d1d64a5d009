// What pages do beyond links and forms: draw charts, move by key, keep the session's token with every request. No page needs it to be read.
"use strict";

const CHART = "[data-option]";

function drawCharts(root) {
  if (typeof echarts === "undefined") return;
  for (const place of root.querySelectorAll(CHART)) {
    if (echarts.getInstanceByDom(place)) continue;
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(JSON.parse(place.dataset.option));
    new ResizeObserver(() => chart.resize()).observe(place);
  }
}

// Rows marked data-row are walked with j and k (or the arrows); Enter opens the row's first link.
function walkRows(event) {
  if (event.target.closest("input, select, textarea, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement.closest("[data-row]"));
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step) {
    rows[Math.max(0, Math.min(rows.length - 1, at + step))].focus();
    event.preventDefault();
  } else if (event.key === "Enter" && at >= 0 && document.activeElement === rows[at]) {
    rows[at].querySelector("a")?.click();
  }
}

// An element marked data-key is pressed by that key: answers of a review. Once one leads away, a key is meant for the page that comes.
let leaving = false;

function pressKeys(event) {
  if (event.target.closest("input, select, textarea, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (pressed) {
    if (!leaving) pressed.click();
    leaving ||= pressed.matches("a");
    event.preventDefault();
  }
}

document.addEventListener("DOMContentLoaded", () => drawCharts(document));
document.addEventListener("htmx:afterSwap", (event) => drawCharts(event.target));
document.addEventListener("submit", (event) => { leaving ||= !event.defaultPrevented; });
window.addEventListener("pageshow", () => { leaving = false; });
document.addEventListener("keydown", walkRows);
document.addEventListener("keydown", pressKeys);
