// Draws a plotly figure with Plotly.react into one element that stays: nothing flickers, and a zoom survives
// (uirevision). The figure brings data and their colours; text, grid and background follow the page's theme.

const CONFIG = {
  displaylogo: false,
  showSendToCloud: false, // plotly.js 4 would offer to upload the data
  modeBarButtonsToRemove: ["zoomIn2d", "zoomOut2d", "autoScale2d", "select2d", "lasso2d"],
};
const charts = new WeakMap(); // element -> the figure to draw and what is drawn already

// One script tag per tab, however many charts; only a failure is tried again.
function loadPlotly(path) {
  window.plotlyLoading ??= new Promise((resolve, reject) => {
    const core = document.querySelector("link[rel=service-desc]").href.split("/agent/")[0]; // ends in /_stcore
    const script = document.createElement("script");
    script.src = `${core}/bidi-components/${path}`;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`${script.src} does not answer.`));
    document.head.append(script);
  }).catch((error) => {
    window.plotlyLoading = undefined;
    throw error;
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
  const axis = {
    gridcolor: css("border-color-light"), zerolinecolor: border, linecolor: border, tickcolor: border,
    spikecolor: quiet, spikethickness: 1, tickfont: { color: quiet }, title: { font: { color: quiet } },
  };
  return {
    font: { color: text, family: css("font") }, xaxis: axis, yaxis: axis,
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", legend: { bgcolor: "transparent" },
    hoverlabel: { bgcolor: css("secondary-background-color"), bordercolor: border, font: { color: text } },
    annotationdefaults: { font: { color: quiet }, arrowcolor: quiet }, shapedefaults: { line: { color: quiet } },
    modebar: { bgcolor: "transparent", color: quiet, activecolor: text },
    colorway: palette("categorical"),
    colorscale: { sequential: scale(palette("sequential")), diverging: scale(signed) },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", // on a phone a swipe scrolls the page
  };
}

function merge(below, above) {
  if (below?.constructor !== Object || above?.constructor !== Object) return above;
  const all = { ...below };
  for (const key in above) all[key] = merge(below[key], above[key]);
  return all;
}

async function draw(element, chart) {
  const Plotly = await loadPlotly(chart.library);
  const width = element.clientWidth;
  const theme = themeOf(element);
  const wanted = [chart.figure, width, JSON.stringify(theme)].join();
  if (!width || wanted === chart.drawn) return; // in a hidden tab, or drawn already
  chart.drawn = wanted;
  const { data, layout } = JSON.parse(chart.figure);
  const isPlaceholder = layout.template?.layout?.colorway?.[0] === "#000001"; // what Streamlit makes plotly's default
  const template = merge(isPlaceholder ? {} : layout.template, { layout: theme });
  await Plotly.react(element, data, { uirevision: true, ...layout, template, width, height: chart.height }, CONFIG);
}

export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".live-chart");
  let chart = charts.get(element);
  if (!chart) {
    chart = { observer: new ResizeObserver(() => draw(element, chart)) };
    chart.observer.observe(element);
    charts.set(element, chart);
  }
  Object.assign(chart, data);
  element.style.height = `${data.height}px`;
  element.setAttribute("aria-label", data.alt);
  draw(element, chart);
  return () => {
    if (element.isConnected) return; // only a newer call of this function came in between
    chart.observer.disconnect();
    window.Plotly?.purge(element);
  };
}
