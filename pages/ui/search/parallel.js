// Parallel coordinates: an upright axis for each knob and one for val, a line for each trial. Drag along an axis to
// keep the lines that pass there; click a line to choose its trial. All elements stay from one refresh to the next, so
// that the brushes do. Colours and text follow the theme.

const SVG = "http://www.w3.org/2000/svg";
const PAD = { top: 46, bottom: 14, left: 52, right: 18 }; // pixels
const NEAR = 14, EDGE = 7, LEAST = 0.015; // pixels to a line, to a brush's end; the shortest brush
const NARROW = 110; // pixels between axes below which their names take turns in two rows
const PALEST = 3; // the sequential colours before this one are too pale for a line
const charts = new WeakMap(); // element -> what stands there

function make(tag, className, parent) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", className);
  parent.append(element);
  return element;
}

function set(element, values) {
  for (const name in values) element.setAttribute(name, values[name]);
}

function create(root) {
  const svg = root.querySelector("svg");
  const [axes, grips] = ["axes", "grips"].map((name) => make("g", name, svg));
  const chart = { root, svg, axes, grips, lines: new Map(), handles: new Map(), brushes: {}, pointed: null };
  chart.pointedLine = make("path", "pointed", svg);
  chart.chosenLine = make("path", "chosen", svg);
  svg.append(axes, grips); // in front of the lines
  chart.words = root.querySelector(".words");
  chart.kept = root.querySelector("button");
  chart.kept.onclick = () => brush(chart, {});
  svg.onpointermove = (event) => point(chart, nearest(chart, event));
  svg.onpointerleave = () => point(chart, null);
  svg.onclick = (event) => choose(chart, nearest(chart, event));
  chart.pointedElsewhere = ({ detail }) => point(chart, detail, false);
  document.addEventListener("trial-pointed", chart.pointedElsewhere);
  return chart;
}

// --- where things stand

function xOf(chart, i) {
  const n = chart.figure.axes.length;
  return PAD.left + (i * (chart.width - PAD.left - PAD.right)) / Math.max(1, n - 1);
}

const yOf = (chart, place) => PAD.top + (1 - place) * (chart.height - PAD.top - PAD.bottom);
const placeOf = (chart, y) => 1 - (y - PAD.top) / (chart.height - PAD.top - PAD.bottom);
const placesOf = (line) => (line.val === null ? line.places : [...line.places, line.val]);

function pathOf(chart, line) {
  return `M${placesOf(line).map((place, i) => `${xOf(chart, i).toFixed(1)},${yOf(chart, place).toFixed(1)}`).join("L")}`;
}

function under(chart, event) {
  const box = chart.svg.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// The number of the line that passes nearest to a pointer, of those that the brushes keep.
function nearest(chart, event) {
  const [x, y] = under(chart, event);
  const width = xOf(chart, 1) - xOf(chart, 0);
  const i = Math.max(0, Math.min(chart.figure.axes.length - 2, Math.floor((x - PAD.left) / width)));
  const share = Math.max(0, Math.min(1, (x - xOf(chart, i)) / width));
  let [best, least] = [null, NEAR];
  for (const line of chart.figure.lines) {
    const places = placesOf(line);
    if (places.length < i + 2 || !isKept(chart, line)) continue;
    const away = Math.abs(yOf(chart, places[i] + share * (places[i + 1] - places[i])) - y);
    if (away < least) [best, least] = [line.number, away];
  }
  return best;
}

// --- lines

function isKept(chart, line) {
  const places = placesOf(line);
  return chart.figure.axes.every(({ name }, i) => {
    const ends = chart.brushes[name];
    return !ends || (places[i] !== undefined && ends[0] <= places[i] && places[i] <= ends[1]);
  });
}

function drawLines(chart) {
  const shades = chart.palette.slice(PALEST);
  const inOrder = [...chart.figure.lines].sort((a, b) => (a.val ?? -1) - (b.val ?? -1)); // the best in front
  const known = new Set(inOrder.map(({ number }) => number));
  for (const [number, element] of chart.lines) {
    if (known.has(number)) continue;
    element.remove();
    chart.lines.delete(number);
  }
  for (const line of inOrder) {
    if (!chart.lines.has(line.number)) chart.lines.set(line.number, make("path", "", chart.svg));
    const element = chart.lines.get(line.number);
    const shade = line.val === null ? "" : shades[Math.round(line.val ** 2 * (shades.length - 1))];
    set(element, { d: pathOf(chart, line), style: shade && `stroke: ${shade}` });
    chart.svg.insertBefore(element, chart.pointedLine);
  }
  fade(chart);
}

function fade(chart) {
  let kept = 0;
  const isBrushed = Object.keys(chart.brushes).length > 0;
  for (const line of chart.figure.lines) {
    const isIn = isKept(chart, line);
    kept += isIn;
    const looks = ["line", line.state, line.own ? "own" : "", isIn ? "" : "out"];
    chart.lines.get(line.number).setAttribute("class", looks.filter(Boolean).join(" "));
  }
  chart.kept.hidden = !isBrushed;
  chart.kept.textContent = `${kept} of ${chart.figure.lines.length} trials · clear`;
}

function showOver(chart, element, number) {
  const line = chart.figure.lines.find((line) => line.number === number);
  set(element, { d: line ? pathOf(chart, line) : "" });
  return line?.words;
}

function say(chart) {
  const chosen = showOver(chart, chart.chosenLine, chart.chosen);
  const pointed = showOver(chart, chart.pointedLine, chart.pointed);
  chart.words.textContent = pointed ?? chosen ?? chart.figure.hint;
}

function point(chart, number, isOwn = true) {
  if (chart.pointed === number || !chart.figure) return;
  chart.pointed = number;
  chart.svg.style.cursor = number === null ? "" : "pointer";
  say(chart);
  if (isOwn) document.dispatchEvent(new CustomEvent("trial-pointed", { detail: number }));
}

function choose(chart, number) {
  if (number === null || chart.hasDragged) return;
  chart.chosen = number; // at once; the page follows
  say(chart);
  chart.tell("trial", number);
}

// --- axes and brushes

function drawAxes(chart) {
  const { axes } = chart.figure;
  const takesTurns = xOf(chart, 1) - xOf(chart, 0) < NARROW;
  chart.axes.replaceChildren();
  axes.forEach((axis, i) => {
    const x = xOf(chart, i);
    const group = make("g", "axis", chart.axes);
    const [bottom, top] = [yOf(chart, 0), yOf(chart, 1)];
    set(make("line", "rule", group), { x1: x, x2: x, y1: bottom, y2: top });
    const anchor = i === 0 ? "start" : i === axes.length - 1 ? "end" : "middle";
    const at = { start: 2, end: chart.width - 2, middle: x }[anchor];
    const name = make("text", "name", group);
    set(name, { x: at, y: takesTurns && i % 2 ? 27 : 13, "text-anchor": anchor });
    name.textContent = axis.name;
    if (axis.scale && !takesTurns) {
      const scale = make("text", "scale", group);
      set(scale, { x: at, y: 28, "text-anchor": anchor });
      scale.textContent = axis.scale;
    }
    for (const { at, text } of axis.ticks) {
      set(make("line", "tick", group), { x1: x - 3, x2: x + 3, y1: yOf(chart, at), y2: yOf(chart, at) });
      const label = make("text", "tick", group);
      set(label, { x: x - 6, y: yOf(chart, at) + 3.5, "text-anchor": "end" });
      label.textContent = text;
    }
  });
  placeHandles(chart);
  drawBrushes(chart);
}

// What is taken hold of stays while trials come in, or a drag would end halfway.
function placeHandles(chart) {
  const names = chart.figure.axes.map(({ name }) => name);
  for (const [name, { band, grip }] of chart.handles) {
    if (names.includes(name)) continue;
    [band, grip].forEach((element) => element.remove());
    chart.handles.delete(name);
  }
  const [bottom, top] = [yOf(chart, 0), yOf(chart, 1)];
  names.forEach((name, i) => {
    if (!chart.handles.has(name)) {
      const [band, grip] = ["band", "grip"].map((kind) => make("rect", kind, chart.grips));
      grip.onpointerdown = (event) => drag(chart, name, grip, event);
      chart.handles.set(name, { band, grip });
    }
    const { band, grip } = chart.handles.get(name);
    set(grip, { x: xOf(chart, i) - 14, width: 28, y: top - 8, height: bottom - top + 16 });
    set(band, { x: xOf(chart, i) - 6, width: 12 });
  });
}

function drawBrushes(chart) {
  for (const [name, { band }] of chart.handles) {
    const [low, high] = chart.brushes[name] ?? [0, 0];
    set(band, { y: yOf(chart, high), height: yOf(chart, low) - yOf(chart, high) });
  }
}

function brush(chart, brushes) {
  chart.brushes = brushes;
  drawBrushes(chart);
  fade(chart);
  const isBrushed = Object.keys(brushes).length > 0;
  const kept = chart.figure.lines.filter((line) => isKept(chart, line)).map(({ number }) => number);
  document.dispatchEvent(new CustomEvent("trials-brushed", { detail: isBrushed ? kept : null }));
}

// A drag begins a brush, moves one by its middle, or an end of it; a click beside takes it away.
function drag(chart, name, grip, event) {
  event.preventDefault();
  const from = placeOf(chart, under(chart, event)[1]);
  const old = chart.brushes[name];
  const edge = EDGE / (chart.height - PAD.top - PAD.bottom);
  const end = old?.findIndex((place) => Math.abs(place - from) < edge) ?? -1;
  const isInside = old && end < 0 && old[0] < from && from < old[1];
  chart.hasDragged = false;
  grip.setPointerCapture(event.pointerId);
  grip.onpointermove = (move) => {
    const to = Math.max(0, Math.min(1, placeOf(chart, under(chart, move)[1])));
    if (!chart.hasDragged && Math.abs(to - from) < LEAST) return;
    chart.hasDragged = true;
    const fixed = end < 0 ? from : old[1 - end];
    const shift = isInside && Math.max(-old[0], Math.min(1 - old[1], to - from));
    const ends = isInside ? old.map((place) => place + shift) : [Math.min(fixed, to), Math.max(fixed, to)];
    brush(chart, { ...chart.brushes, [name]: ends });
  };
  grip.onpointerup = grip.onpointercancel = () => {
    grip.onpointermove = null;
    if (!chart.hasDragged && old && !isInside) {
      const { [name]: _, ...others } = chart.brushes;
      brush(chart, others);
      chart.hasDragged = true; // the click that follows chooses nothing
    }
    setTimeout(() => { chart.hasDragged = false; });
  };
}

// --- all of it

function draw(chart) {
  const width = chart.root.clientWidth;
  const palette = getComputedStyle(chart.root).getPropertyValue("--st-chart-sequential-colors").split(",");
  const wanted = [chart.json, width, chart.height, palette].join();
  if (!width || !chart.json) return;
  if (wanted !== chart.drawn) {
    const isSame = chart.figure?.id === chart.id;
    Object.assign(chart, { drawn: wanted, width, palette, figure: JSON.parse(chart.json) });
    chart.figure.id = chart.id;
    if (!isSame) chart.brushes = {};
    set(chart.svg, { width, height: chart.height, role: "img", "aria-label": chart.figure.takeaway });
    drawAxes(chart);
    drawLines(chart);
  }
  say(chart);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".parallel");
  let chart = charts.get(root);
  if (!chart) {
    chart = create(root);
    chart.observer = new ResizeObserver(() => draw(chart));
    chart.observer.observe(root);
    charts.set(root, chart);
  }
  Object.assign(chart, { json: data.figure, id: data.id, chosen: data.chosen, tell: setTriggerValue });
  chart.height = data.height - 40; // the words below
  draw(chart);
  return () => {
    if (root.isConnected) return;
    chart.observer.disconnect();
    document.removeEventListener("trial-pointed", chart.pointedElsewhere);
  };
}
