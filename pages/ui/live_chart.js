// Draws a plotly figure with Plotly.react into one element that stays: nothing flickers, and a zoom survives
// (uirevision). The figure brings data and their colours; text, grid and background follow the page's theme.

const isTouch = matchMedia("(pointer: coarse)").matches; // there a swipe scrolls the page, and nothing hovers
const CONFIG = {
  displayModeBar: isTouch ? false : "hover",
  displaylogo: false,
  showSendToCloud: false, // plotly.js 4 would offer to upload the data
  modeBarButtonsToRemove: ["zoomIn2d", "zoomOut2d", "autoScale2d", "select2d", "lasso2d"],
};
const REST = 120; // milliseconds that a pointer stays to be told
const TITLE_LINE = 17; // pixels
const pen = document.createElement("canvas").getContext("2d");
const charts = new WeakMap(); // element -> what to draw there, and what is drawn already
const alongSteps = new Set(); // elements of charts over the steps: they share one cursor

// One script tag per tab, however many charts. The link to the server's own address also holds behind a proxy.
function loadPlotly(path) {
  window.plotlyLoading ??= new Promise((resolve, reject) => {
    const core = document.querySelector("link[rel=service-desc]").href.split("/agent/")[0]; // ends in /_stcore
    const src = `${core}/bidi-components/${path}`;
    const script = Object.assign(document.createElement("script"), { src, onerror: reject });
    script.onload = () => resolve(window.Plotly);
    document.head.append(script);
  });
  return window.plotlyLoading;
}

function themeOf(element) {
  const style = getComputedStyle(element);
  const css = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const palette = (name) => css(`chart-${name}-colors`).split(",");
  const scale = (colors) => colors.map((color, i) => [i / (colors.length - 1), color]);
  const [text, quiet, border] = [css("text-color"), css("gray-text-color"), css("border-color")];
  const signed = palette("diverging");
  signed.splice(5, 0, css("background-color")); // zero is exactly the background
  const halo = [1, 2, 3].map((blur) => `0 0 ${blur}px ${css("background-color")}`).join(); // curves run under words
  const axis = {
    gridcolor: css("border-color-light"), zerolinecolor: border, linecolor: border, tickcolor: border,
    spikecolor: quiet, spikethickness: 1, tickfont: { color: quiet }, title: { font: { color: quiet } },
  };
  return {
    font: { color: text, family: css("font") }, xaxis: axis, yaxis: axis,
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", legend: { bgcolor: "transparent" },
    hoverlabel: { bgcolor: css("secondary-background-color"), bordercolor: border, font: { color: text } },
    annotationdefaults: { font: { color: quiet, shadow: halo }, arrowcolor: quiet }, shapedefaults: { line: { color: quiet } },
    modebar: { bgcolor: "transparent", color: quiet, activecolor: text },
    colorway: palette("categorical"),
    colorscale: { sequential: scale(palette("sequential")), diverging: scale(signed) },
    dragmode: isTouch ? false : "zoom",
  };
}

// One template over another, as deep as they go.
function merge(below, above) {
  if (below?.constructor !== Object || above?.constructor !== Object) return above;
  const all = { ...below };
  for (const key in above) all[key] = merge(below[key], above[key]);
  return all;
}

// Where the pointer is in one chart over the steps, a line stands in all of them; a click looks back to that step.
function shareCursor(element) {
  const line = element.parentElement.appendChild(document.createElement("div"));
  line.className = "step-line";
  element.stepLine = line;
  alongSteps.add(element);
  element.addEventListener("pointermove", (event) => pointAt(stepUnder(element, event)));
  element.addEventListener("pointerleave", () => pointAt(null));
  element.on("plotly_click", ({ event }) => {
    const step = stepUnder(element, event);
    if (step !== null) document.dispatchEvent(new CustomEvent("look-at-step", { detail: Math.round(step - 1) }));
  });
}

function stepUnder(element, event) {
  const { xaxis, _size: plot } = element._fullLayout;
  const x = event.clientX - element.getBoundingClientRect().left - plot.l;
  return x >= 0 && x <= plot.w ? xaxis.p2d(x) : null;
}

function pointAt(step) {
  for (const element of alongSteps) {
    if (!element.isConnected) {
      alongSteps.delete(element);
      continue;
    }
    const { xaxis, _size: plot } = element._fullLayout;
    const x = step === null ? -1 : xaxis.d2p(step);
    const shown = x >= 0 && x <= plot.w;
    Object.assign(element.stepLine.style, {
      display: shown ? "block" : "none", left: `${plot.l + x}px`, top: `${plot.t}px`, height: `${plot.h}px`,
    });
  }
}

// A click on a point, or a pointer that rests on it, is told to the page that asked for it.
function tellPoints(element, chart) {
  element.tellsPoints = true;
  const told = ({ points: [{ x, y, customdata }] }) => ({ x, y, customdata });
  const later = (event) => setTimeout(() => chart.tell("hovered", told(event)), REST);
  let rest;
  element.on("plotly_click", (event) => {
    clearTimeout(rest);
    chart.tell("clicked", told(event));
  });
  if (!chart.hears.includes("hovered")) return;
  element.on("plotly_hover", (event) => {
    clearTimeout(rest);
    rest = later(event);
  });
  element.on("plotly_unhover", () => clearTimeout(rest));
}

// A title that is wider than its chart goes on in a further line, for which the plot makes room.
function wrapTitle(layout, template, width, family) {
  const lines = [""];
  pen.font = `${template.layout.title.font.size}px ${family}`;
  for (const word of layout.title.text.split(/ (?![^<]*>)/)) { // not within a tag
    const longer = lines.at(-1) + word;
    const fits = lines.at(-1) === "" || pen.measureText(unmarked(longer)).width <= width;
    if (fits) lines[lines.length - 1] = `${longer} `;
    else lines.push(`${word} `);
  }
  const margin = { ...template.layout.margin, ...layout.margin };
  margin.t += TITLE_LINE * (lines.length - 1);
  return { ...layout, margin, title: { ...layout.title, text: lines.join("<br>").trimEnd() } };
}

// One picture with its takeaway, not a heap of ticks. Zooming is a pointer's; a key turns to the numbers instead.
function say(element, takeaway) {
  const [picture, ...above] = element.querySelectorAll("svg.main-svg");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", takeaway);
  above.forEach((layer) => layer.setAttribute("aria-hidden", true));
  element.querySelectorAll(".modebar-btn").forEach((button) => { button.tabIndex = -1; });
}

async function draw(element, chart) {
  const Plotly = await loadPlotly(chart.library).catch(() => {});
  if (!Plotly) element.textContent = "The chart library did not load. Reload the page.";
  const width = element.clientWidth;
  if (!Plotly || !width) return; // without a width it is in a hidden tab; the observer calls again
  const theme = themeOf(element);
  const wanted = [chart.figure, width, JSON.stringify(theme)].join();
  if (wanted === chart.drawn) return;
  chart.drawn = wanted;
  const { data, layout: wished } = JSON.parse(chart.figure);
  const isPlaceholder = wished.template?.layout?.colorway?.[0] === "#000001"; // Streamlit's default for plotly
  const template = merge(isPlaceholder ? {} : wished.template, { layout: theme });
  const layout = wrapTitle(wished, template, width, theme.font.family);
  const size = { width, height: chart.height };
  chart.drawing = Plotly.react(element, data, { uirevision: true, ...layout, template, ...size }, CONFIG);
  await chart.drawing;
  say(element, layout.meta.takeaway);
  chart.freshen ??= numbersBehind(element, () => tablesOf(element));
  chart.freshen();
  if (layout.xaxis?.uirevision?.startsWith?.("steps") && !element.stepLine) shareCursor(element);
  if (chart.hears.length && !element.tellsPoints) tellPoints(element, chart);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".live-chart");
  let chart = charts.get(element);
  if (!chart) {
    chart = { observer: new ResizeObserver(() => draw(element, chart)) };
    chart.observer.observe(element);
    charts.set(element, chart);
  }
  Object.assign(chart, data, { tell: setTriggerValue });
  element.style.height = `${data.height}px`;
  draw(element, chart);
  return () => {
    if (element.isConnected) return; // not the end, only a newer call that came in between
    chart.observer.disconnect();
    chart.drawing?.then(() => window.Plotly.purge(element));
  };
}
