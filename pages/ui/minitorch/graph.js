// A graph of Tensors from left to right, and its tape: a slider over all steps. What a step shows is worked out here,
// from what the server sent once; the server only hears where the hand is, and which node was clicked.

const PAUSE = 900; // milliseconds between two steps while it plays
const REST = 150; // milliseconds that a step stays to be told
const PATIENCE = 1500; // milliseconds in which an older answer does not move what the hand has just moved
const RADIUS = 13, BOX = 114;
const ROOM = 18; // characters of a name and its shape in one line
const SMALLEST = 0.74; // of its size; a larger graph scrolls
const SVG = "http://www.w3.org/2000/svg";
const COLUMNS = ["to", "local derivative", "times", "adds", "its gradient now"];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const graphs = new WeakMap(); // element -> what is drawn there

function make(tag, className, parent, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

function draw(tag, className, parent, attributes) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", className);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  parent.append(element);
  return element;
}

function button(icon, label, act, parent) {
  const element = make("button", "icon", parent, icon);
  element.type = "button";
  element.title = label;
  element.setAttribute("aria-label", label);
  element.onclick = act;
  quiet(element);
  return element;
}

// Space and Enter act here, and train nothing.
function quiet(element) {
  element.onkeydown = (event) => {
    if (event.key === " " || event.key === "Enter") event.stopPropagation();
  };
}

function mounted(element) {
  const g = { element, at: 0, moved: -PATIENCE };
  const bar = make("div", "tape", element);
  button("first_page", "First step", () => move(g, 0), bar);
  button("chevron_left", "Step back", () => move(g, g.at - 1), bar);
  g.play = button("play_arrow", "Walk the tape", () => play(g), bar);
  button("chevron_right", "Next step", () => move(g, g.at + 1), bar);
  button("last_page", "Last step", () => move(g, g.steps.length - 1), bar);
  g.back = make("button", "words", bar, "From the output");
  g.back.title = "All values are known, no gradient is: from here backward() begins";
  g.back.type = "button";
  g.back.onclick = () => move(g, g.turn);
  quiet(g.back);
  g.slider = make("input", "", bar);
  g.slider.type = "range";
  g.slider.min = 0;
  g.slider.setAttribute("aria-label", "Step of the tape");
  g.slider.oninput = () => move(g, Number(g.slider.value));
  g.output = make("output", "", bar);
  g.scroll = make("div", "scroll", element);
  g.account = make("div", "account", element);
  g.observer = new ResizeObserver(() => fit(g));
  g.observer.observe(element);
  graphs.set(element, g);
  return g;
}

// Boxes and lines; again, where the graph has become another one.
function build(g, data) {
  g.scroll.replaceChildren();
  g.stage = make("div", "stage", g.scroll);
  const svg = draw("svg", "lines", g.stage, { width: data.width, height: data.height });
  g.edges = data.edges.map((edge) => ({ ...edge, path: draw("path", "edge", svg, { d: curve(edge.points) }) }));
  g.boxes = data.nodes.map((node, id) => box(g, node, id, svg));
  g.boxes.forEach(({ root }, id) => root.style.setProperty("--layer", data.colors[id] ?? "transparent"));
}

function curve(points) {
  const [[x, y], ...rest] = points;
  let path = `M${x} ${y}`, [px, py] = [x, y];
  for (const [qx, qy] of rest) {
    const middle = (px + qx) / 2;
    path += `C${middle} ${py} ${middle} ${qy} ${qx} ${qy}`;
    [px, py] = [qx, qy];
  }
  return path;
}

function box(g, node, id, svg) {
  const middle = node.y + node.tall / 2;
  const sign = node.kind === "op" ? draw("g", "sign", svg, {}) : null;
  if (sign) {
    draw("path", "edge stem", sign, { d: `M${node.x - 6} ${middle}H${node.x}` });
    draw("circle", "", sign, { cx: node.x - 6 - RADIUS, cy: middle, r: RADIUS });
    const text = draw("text", node.symbol.length > 2 ? "small" : "", sign, { x: node.x - 6 - RADIUS, y: middle });
    text.textContent = node.symbol;
  }
  const root = make("button", `node ${node.kind}`, g.stage);
  root.type = "button";
  root.onclick = () => {
    choose(g, id);
    g.tell("node", id);
  };
  quiet(root);
  Object.assign(root.style, { left: `${node.x}px`, top: `${node.y}px`, width: `${BOX}px`, height: `${node.tall}px` });
  const head = make("b", "", root);
  const parts = { root, sign, head, name: make("span", "", head), shape: make("small", "", head) };
  parts.fields = make("span", "fields", root);
  parts.data = make("span", "field", parts.fields);
  parts.grad = node.kind === "constant" ? null : make("span", "field", parts.fields);
  return parts;
}

// As large as there is room for, but never too small to read.
function fit(g) {
  if (!g.stage || !g.element.clientWidth) return;
  const scale = Math.min(1, Math.max(SMALLEST, g.element.clientWidth / g.data.width));
  g.stage.style.width = `${g.data.width}px`;
  g.stage.style.height = `${g.data.height}px`;
  g.stage.style.zoom = scale;
  g.scroll.style.maxHeight = `${g.data.stage + 12}px`;
}

function fill(field, label, shown, isKnown) {
  const content = JSON.stringify([label, shown, isKnown]);
  if (field.dataset.content === content) return;
  field.dataset.content = content;
  field.replaceChildren();
  field.classList.toggle("unknown", !isKnown);
  field.classList.toggle("table", Boolean(shown?.cells));
  field.style.removeProperty("background");
  make("small", "", field, label);
  if (!isKnown) make("span", "", field, label === "grad" ? "0" : "");
  else if (shown.cells) cells(field, shown.cells);
  else {
    make("span", "", field, shown.text);
    field.style.background = tinted(shown.tint * 0.55);
  }
}

function cells(field, rows) {
  const svg = draw("svg", "cells", field, { viewBox: `0 0 ${rows[0].length} ${rows.length}`, preserveAspectRatio: "none" });
  rows.forEach((row, y) => row.forEach((value, x) => {
    draw("rect", "", svg, { x, y, width: 1.02, height: 1.02, style: `fill:${tinted(value / 100)}` });
  }));
}

// Blue below zero, orange above, zero as the page.
function tinted(value) {
  const share = Math.round(100 * Math.min(1, Math.abs(value)));
  return `color-mix(in srgb, var(${value < 0 ? "--below-zero" : "--above-zero"}) ${share}%, var(--st-background-color))`;
}

function show(g) {
  const step = g.steps[g.at];
  const built = new Set(g.steps.slice(0, g.at + 1).filter(({ kind }) => kind === "forward").map(({ at }) => at));
  const gradients = Object.assign({}, ...g.steps.slice(0, g.at + 1).map(({ grads }) => grads));
  const isBack = step.kind === "backward" || step.kind === "start";
  g.data.nodes.forEach((node, id) => {
    const parts = g.boxes[id];
    const isKnown = node.kind !== "op" || built.has(id);
    parts.name.textContent = node.name;
    parts.shape.textContent = node.name.length + node.shape.length > ROOM ? "" : node.shape;
    parts.root.classList.toggle("waiting", !isKnown);
    parts.sign?.classList.toggle("waiting", !isKnown);
    const isActive = step.kind !== "leaves" && id === step.at;
    parts.root.classList.toggle("active", isActive);
    parts.sign?.classList.toggle("active", isActive);
    fill(parts.data, "data", node.data, isKnown);
    if (parts.grad) fill(parts.grad, "grad", gradients[id], Boolean(gradients[id]));
    parts.root.title = [node.formula === node.name ? node.name : `${node.name} = ${node.formula}`, node.shape].join("  ");
    const said = [node.name, node.data.text && isKnown && `data ${node.data.text}`, gradients[id]?.text && `grad ${gradients[id].text}`];
    parts.root.setAttribute("aria-label", said.filter(Boolean).join(", "));
  });
  const flows = new Map(step.flows);
  for (const { path, from, to } of g.edges) {
    const tint = to === step.at && isBack ? flows.get(from) : undefined;
    path.classList.toggle("forward", step.kind === "forward" && to === step.at);
    path.classList.toggle("back", tint !== undefined);
    path.style.stroke = tint === undefined ? "" : tint < 0 ? "var(--below-zero)" : "var(--above-zero)";
    path.style.strokeWidth = tint === undefined ? "" : 1.5 + 4 * Math.abs(tint);
  }
  tellAbout(g, step);
  g.slider.max = g.steps.length - 1;
  g.slider.value = g.at;
  g.slider.style.setProperty("--passed", `${(100 * g.at) / Math.max(1, g.slider.max)}%`);
  const side = g.at <= g.turn ? `forward ${g.at} of ${g.turn}` : `backward ${g.at - g.turn} of ${g.steps.length - 1 - g.turn}`;
  g.output.textContent = side;
  g.slider.setAttribute("aria-valuetext", side);
  g.play.textContent = g.timer ? "pause" : "play_arrow";
}

// The account of a step: a sentence, and a line for each gradient that flows.
function tellAbout(g, step) {
  g.account.style.height = `${g.data.below}px`;
  const content = JSON.stringify([step.words, step.rows]);
  if (g.told === content) return;
  g.told = content;
  g.account.replaceChildren();
  make("p", "", g.account, step.words);
  if (!step.rows.length) return;
  const table = make("table", "", g.account);
  const head = make("tr", "", make("thead", "", table));
  COLUMNS.forEach((name) => make("th", "", head, name));
  const body = make("tbody", "", table);
  step.rows.forEach((row) => {
    const line = make("tr", "", body);
    row.forEach((text) => make("td", "", line, text));
  });
}

function choose(g, id) {
  g.chosen = id;
  g.boxes.forEach(({ root }, i) => root.setAttribute("aria-pressed", i === id));
}

function move(g, at, isPlaying = false) {
  if (!isPlaying) halt(g);
  g.at = Math.max(0, Math.min(at, g.steps.length - 1));
  g.moved = performance.now();
  choose(g, g.steps[g.at].kind === "leaves" ? g.chosen : g.steps[g.at].at);
  show(g);
  follow(g);
  clearTimeout(g.rest);
  g.rest = setTimeout(() => g.tell("step", g.at), REST);
}

// What the step is about is brought into view, sideways only.
function follow(g) {
  const { root } = g.boxes[g.chosen] ?? {};
  if (!root || g.scroll.scrollWidth <= g.scroll.clientWidth) return;
  const [own, view] = [root.getBoundingClientRect(), g.scroll.getBoundingClientRect()];
  g.scroll.scrollBy({ left: own.left + own.width / 2 - view.left - view.width / 2, behavior: still.matches ? "auto" : "smooth" });
}

function play(g) {
  if (g.timer) {
    halt(g);
    show(g);
    return;
  }
  if (g.at >= g.steps.length - 1) move(g, 0);
  g.timer = setInterval(() => {
    move(g, g.at + 1, true);
    if (g.at >= g.steps.length - 1) halt(g);
    show(g);
  }, PAUSE);
  show(g);
}

function halt(g) {
  clearInterval(g.timer);
  g.timer = undefined;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".tape-graph");
  const g = graphs.get(element) ?? mounted(element);
  g.tell = setTriggerValue;
  const isNew = g.data?.graph !== data.graph;
  const shape = JSON.stringify([data.edges, data.nodes.map(({ x, y, tall, kind, symbol }) => [x, y, tall, kind, symbol])]);
  Object.assign(g, { data, steps: data.steps, turn: data.steps.findIndex(({ kind }) => kind === "start") });
  g.turn = g.turn < 0 ? data.steps.length - 1 : g.turn - 1;
  if (g.shape !== shape) build(g, data);
  g.shape = shape;
  if (isNew) halt(g);
  if (isNew || (performance.now() - g.moved > PATIENCE && !g.timer)) {
    g.at = Math.min(data.at ?? data.steps.length - 1, data.steps.length - 1);
    choose(g, data.chosen);
  } else {
    g.at = Math.min(g.at, data.steps.length - 1);
    choose(g, g.chosen ?? data.chosen);
  }
  fit(g);
  show(g);
  return () => {
    if (element.isConnected) return;
    halt(g);
    clearTimeout(g.rest);
    g.observer.disconnect();
  };
}
