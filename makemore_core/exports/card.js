// Draws the card's charts in the colours of its style sheet: light, dark, or black on white for the printer.

const CONFIG = { displaylogo: false, displayModeBar: false, responsive: true, showSendToCloud: false };
const figures = JSON.parse(document.getElementById("figures").textContent);

// Axes of a figure by name: xaxis, yaxis2 and so on.
const axesOf = (layout) => Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));

// Text, grid and background as the element has them; the figure brings the colours of its data.
function themeOf(element) {
  const { color, borderTopColor: line, outlineColor: quiet, backgroundColor: paper, fontFamily } = getComputedStyle(element);
  return {
    font: { color, family: fontFamily }, paper_bgcolor: paper, plot_bgcolor: paper,
    axis: { gridcolor: line, zerolinecolor: line, linecolor: line, tickfont: { color: quiet } },
    hoverlabel: { bgcolor: paper, bordercolor: line, font: { color } },
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
