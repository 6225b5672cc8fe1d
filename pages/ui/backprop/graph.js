// The graph of a net's lines. It follows the hand at once, and tells the server which line is to be shown; the nodes
// stay from one refresh to the next. Arrow keys walk from anywhere inside.

const BEAT = 1100; // milliseconds that a line stays when it walks by itself
const PATIENCE = 1500; // milliseconds in which an older answer does not move what the hand has just moved
const SVG = "http://www.w3.org/2000/svg";
const walks = new WeakMap(); // element -> its state

function make(tag, className, parent) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function build(walk) {
  walk.graph.querySelectorAll("section").forEach((section) => section.remove());
  walk.svg.replaceChildren();
  walk.nodes = new Map();
  for (const stage of walk.stages) {
    const section = make("section", "", walk.graph);
    make("h4", "", section).textContent = stage.title;
    const row = make("div", "nodes", section);
    for (const { name, shape, isParameter } of stage.nodes) {
      const node = make("button", isParameter ? "parameter" : "", row);
      node.type = "button";
      make("b", "", node).textContent = name;
      make("small", "", node).textContent = shape;
      node.onclick = () => moveTo(walk, lineOf(walk, name));
      walk.nodes.set(name, node);
    }
  }
  walk.paths = walk.edges.map(([from, to]) => {
    const path = document.createElementNS(SVG, "path");
    walk.svg.append(path);
    return { from, to, path };
  });
  place(walk);
}

// A parameter has no line forward: a click shows its gradient. A value shows the pass in which one is.
function lineOf(walk, name) {
  const wanted = walk.lines[walk.at]?.[1] ?? false;
  const lines = walk.lines.map(([at, isBack], i) => ({ at, isBack, i })).filter(({ at }) => at === name);
  return (lines.find(({ isBack }) => isBack === wanted) ?? lines[0]).i;
}

function place(walk) {
  const { scrollWidth, scrollHeight } = walk.graph;
  walk.svg.setAttribute("viewBox", `0 0 ${scrollWidth} ${scrollHeight}`);
  Object.assign(walk.svg.style, { width: `${scrollWidth}px`, height: `${scrollHeight}px` });
  const box = (name) => {
    const node = walk.nodes.get(name);
    return { x: node.offsetLeft, y: node.offsetTop, w: node.offsetWidth, h: node.offsetHeight };
  };
  for (const { from, to, path } of walk.paths) {
    const [a, b] = [box(from), box(to)];
    path.setAttribute("d", curve(a, b));
  }
}

function curve(a, b) {
  if (Math.abs(a.y - b.y) < a.h) {
    const [x0, x1, y] = [a.x + a.w, b.x, a.y + a.h / 2];
    const bow = x1 - x0 > 30 ? a.h * 0.75 : 0; // over what stands between
    return `M${x0} ${y}C${x0 + 12} ${y - bow} ${x1 - 12} ${y - bow} ${x1} ${y}`;
  }
  const [x0, y0, x1, y1] = [a.x + a.w / 2, a.y + a.h, b.x + b.w / 2, b.y];
  const reach = Math.max(16, Math.abs(y1 - y0) / 2);
  return `M${x0} ${y0}C${x0} ${y0 + reach} ${x1} ${y1 - reach} ${x1} ${y1}`;
}

function show(walk) {
  const [name, isBack] = walk.lines[walk.at];
  const forward = walk.lines.filter(([, back]) => !back).length;
  const done = new Set(walk.lines.slice(0, walk.at + 1).filter(([, back]) => !back).map(([at]) => at));
  const found = new Set(walk.lines.slice(0, walk.at + 1).filter(([, back]) => back).map(([at]) => at));
  for (const [at, node] of walk.nodes) {
    node.classList.toggle("ahead", !done.has(at) && !node.classList.contains("parameter"));
    node.classList.toggle("found", found.has(at));
    node.style.setProperty("--up", `${100 * (walk.up[at] ?? 0)}%`);
    node.classList.toggle("nothing", found.has(at) && walk.up[at] === null);
    node.setAttribute("aria-current", at === name ? "step" : "false");
  }
  for (const { from, to, path } of walk.paths) {
    const near = isBack ? from === name : to === name;
    const sign = found.has(from) && (walk.up[from] ?? 0) > 0.5 ? "up" : "down"; // of what has come back this way
    path.setAttribute("class", [near && "near", found.has(from) && sign].filter(Boolean).join(" "));
  }
  const place = isBack ? walk.at - forward + 1 : walk.at + 1;
  const words = `${isBack ? "back" : "forward"} ${place} of ${isBack ? walk.lines.length - forward : forward}`;
  walk.output.textContent = words;
  walk.slider.max = walk.lines.length - 1;
  walk.slider.value = walk.at;
  walk.slider.style.setProperty("--turn", `${(100 * (forward - 0.5)) / (walk.lines.length - 1)}%`);
  walk.slider.setAttribute("aria-valuetext", `${words}: ${isBack ? "d" : ""}${name}`);
  const last = walk.at === walk.lines.length - 1;
  for (const [to, button] of Object.entries(walk.buttons)) {
    button.disabled = (to === "first" || to === "back") ? walk.at === 0 : last;
  }
  walk.buttons.play.textContent = walk.timer ? "pause" : "play_arrow";
  reveal(walk, walk.nodes.get(name));
}

// Scrolls the graph alone, and only when the line is another one.
function reveal(walk, node) {
  const seen = `${walk.at} ${walk.graph.clientWidth}`;
  if (walk.revealed === seen) return;
  walk.revealed = seen;
  const { scrollTop, clientHeight } = walk.graph;
  if (node.offsetTop - 24 < scrollTop) walk.graph.scrollTop = node.offsetTop - 24;
  const over = node.offsetTop + node.offsetHeight + 8 - scrollTop - clientHeight;
  if (over > 0) walk.graph.scrollTop = scrollTop + over;
}

function moveTo(walk, at) {
  walk.at = Math.max(0, Math.min(at, walk.lines.length - 1));
  walk.moved = performance.now();
  show(walk);
  walk.tell("line", walk.at);
}

function pause(walk) {
  clearInterval(walk.timer);
  walk.timer = null;
}

function play(walk) {
  if (walk.timer) return pause(walk);
  walk.timer = setInterval(() => {
    if (!walk.element.isConnected || walk.at >= walk.lines.length - 1) pause(walk);
    else moveTo(walk, walk.at + 1);
    show(walk);
  }, BEAT);
  return moveTo(walk, walk.at + 1);
}

function press(walk, to) {
  if (to === "play") {
    play(walk);
    show(walk);
    return;
  }
  pause(walk);
  moveTo(walk, { first: 0, back: walk.at - 1, forward: walk.at + 1, last: walk.lines.length - 1 }[to]);
}

function onKey(walk, event) {
  if (event.key === " " || event.key === "Enter") event.stopPropagation(); // it presses a button, and plays no run
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const to = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" }[event.key];
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  press(walk, to);
}

function mounted(element) {
  const [graph, svg, slider, output] = [".graph", "svg", "input", "output"].map((what) => element.querySelector(what));
  const walk = { element, graph, svg, slider, output, moved: -PATIENCE, timer: null };
  walk.buttons = Object.fromEntries([...element.querySelectorAll("[data-to]")].map((b) => [b.dataset.to, b]));
  for (const [to, button] of Object.entries(walk.buttons)) button.onclick = () => press(walk, to);
  slider.oninput = () => {
    pause(walk);
    moveTo(walk, Number(slider.value));
  };
  element.addEventListener("keydown", (event) => onKey(walk, event));
  walk.observer = new ResizeObserver(() => walk.nodes && place(walk));
  walk.observer.observe(graph);
  walks.set(element, walk);
  return walk;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".walk");
  const walk = walks.get(element) ?? mounted(element);
  walk.tell = setTriggerValue;
  const net = JSON.stringify([data.stages, data.lines]);
  const isOther = walk.net !== net;
  Object.assign(walk, { net, stages: data.stages, lines: data.lines, edges: data.edges, up: data.up });
  const isStale = walk.at !== data.at && performance.now() - walk.moved < PATIENCE;
  if (isOther || !isStale) walk.at = data.at;
  if (isOther) build(walk);
  show(walk);
  return () => {
    if (element.isConnected) return;
    pause(walk);
    walk.observer.disconnect();
  };
}
