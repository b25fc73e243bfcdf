// What the portal does in the browser beside htmx: live parts, menus, dialogs, toasts and one chart.
// Everything a person needs works without this file; it makes it quicker. No inline script exists.
"use strict";

const LIVE_EVERY_MS = 5000; // how often live parts are asked for again, while somebody looks
const TOAST_FOR_MS = 8000; // how long a message stays that is no error

// Live parts listen for `live` on the body (see parts/live.html). A hidden tab asks nothing.
const tellLiveParts = () => {
  if (!document.hidden && window.htmx) window.htmx.trigger(document.body, "live");
};
setInterval(tellLiveParts, LIVE_EVERY_MS);
document.addEventListener("visibilitychange", tellLiveParts);

// Menus close when the person goes on elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Dialogs, copying, printing and closing of toasts.
document.addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-opens],[data-closes],[data-dismiss],[data-copy],[data-print]");
  if (!pressed) return;
  if (pressed.hasAttribute("data-opens")) {
    const dialog = document.getElementById(pressed.dataset.opens);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  } else if (pressed.hasAttribute("data-closes")) {
    pressed.closest("dialog").close();
  } else if (pressed.hasAttribute("data-dismiss")) {
    pressed.closest("[data-toast]").remove();
  } else if (pressed.hasAttribute("data-print")) {
    window.print();
  } else {
    const shown = document.getElementById(pressed.dataset.copy);
    if (navigator.clipboard) {
      await navigator.clipboard.writeText("value" in shown ? shown.value : shown.textContent.trim());
      pressed.setAttribute("data-copied", "");
    } else {
      // Over plain HTTP a browser lets nobody write there: what is to be copied is marked instead.
      window.getSelection().selectAllChildren(shown);
    }
  }
});

// A form is sent once: a second press while it is on its way does nothing. Coming back frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.hasAttribute("data-sent")) event.preventDefault();
  else form.setAttribute("data-sent", "");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
});

// The name of a file that was chosen stands where the browser would write it.
document.addEventListener("change", (event) => {
  const said = event.target.type === "file" && event.target.parentElement.querySelector("[data-chosen]");
  if (!said) return;
  const name = document.createElement("bdi");
  name.textContent = event.target.files[0]?.name ?? "";
  said.replaceChildren(name.textContent ? name : said.dataset.none);
});

const startToasts = (root) => {
  for (const toast of root.querySelectorAll("[data-toast]:not(.error)")) {
    setTimeout(() => toast.remove(), TOAST_FOR_MS);
  }
};

// A chart of time: <div class="chart" data-chart="<id of a JSON script>">, see docs/portal.md.
const chartOf = (box) => {
  const given = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const short = new Intl.NumberFormat(given.locale, { notation: "compact", maximumFractionDigits: 1 });
  const font = `12px ${colour("--font")}`;
  const axis = { stroke: colour("--text-quiet"), font, ticks: { show: false } };
  const grid = { stroke: colour("--line"), width: 1 };
  return new window.uPlot(
    {
      width: box.clientWidth,
      height: box.clientHeight,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { setScale: false } },
      scales: { x: { time: false, range: [-0.6, given.values.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(most, 1)] } },
      axes: [
        { ...axis, grid: { show: false }, space: 48, size: 28, incrs: [1, 2, 3, 6, 12], values: (_, marks) => marks.map((at) => given.labels[at] ?? "") },
        {
          ...axis,
          grid,
          size: 72,
          values: (_, marks) => marks.map((mark) => (mark > 0 ? short.format(mark) : "")),
        },
      ],
      series: [
        {},
        {
          stroke: colour("--accent"),
          fill: colour("--accent"),
          width: 0,
          paths: window.uPlot.paths.bars({ size: [0.7, 40], radius: 0.15 }),
          points: { show: false },
        },
      ],
    },
    [given.values.map((_, at) => at), given.values],
    box,
  );
};

const charts = new Map();
const drawCharts = () => {
  for (const [box, chart] of charts) {
    if (!box.isConnected) {
      chart.destroy();
      charts.delete(box);
    }
  }
  if (!window.uPlot) return;
  for (const box of document.querySelectorAll("[data-chart]")) {
    if (!charts.has(box)) charts.set(box, chartOf(box));
  }
};
const redrawCharts = () => {
  for (const [box, chart] of charts) {
    chart.destroy();
    charts.delete(box);
    box.replaceChildren();
  }
  drawCharts();
};

let resizing;
window.addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(redrawCharts, 150);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawCharts);
document.addEventListener("htmx:afterSettle", (event) => {
  startToasts(event.target);
  drawCharts();
});
document.addEventListener("DOMContentLoaded", () => {
  startToasts(document);
  document.fonts.ready.then(drawCharts);
});
