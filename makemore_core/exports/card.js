// Draws the card's charts in the colours of its style sheet: light, dark, or black on white for the printer.

const CONFIG = { displaylogo: false, displayModeBar: false, responsive: true, showSendToCloud: false };
const figures = JSON.parse(document.getElementById("figures").textContent);

// Axes of a figure by name: xaxis, yaxis2 and so on.
const axesOf = (layout) => Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));

// A colour of the style sheet as it is now.
function colorOf(element, name) {
  element.style.color = `var(--${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = "";
  return color;
}

// Text, grid and background; the figure brings the colours of its data.
function themeOf(element) {
  const [ink, quiet, line, grid, paper] = ["ink", "quiet", "line", "grid", "paper"].map((name) => colorOf(element, name));
  return {
    font: { color: ink, family: getComputedStyle(element).fontFamily }, paper_bgcolor: paper, plot_bgcolor: paper,
    axis: { gridcolor: grid, zerolinecolor: line, linecolor: line, tickfont: { color: quiet } },
    annotationdefaults: { font: { color: quiet } }, hoverlabel: { bgcolor: paper, bordercolor: line, font: { color: ink } },
  };
}

function draw(name) {
  const element = document.getElementById(name);
  const { data, layout } = structuredClone(figures[name]);
  const { axis, font, ...theme } = themeOf(element);
  for (const key of new Set(["xaxis", "yaxis", ...axesOf(layout)])) layout[key] = { ...axis, ...layout[key] };
  const look = { ...theme, font: { ...font, size: 12 }, height: element.clientHeight, autosize: true, dragmode: false };
  Plotly.react(element, data, { ...layout, ...look }, CONFIG);
}

const drawAll = () => Object.keys(figures).forEach(draw);

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
matchMedia("print").addEventListener("change", drawAll);
