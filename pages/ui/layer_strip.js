// The net drawn layer by layer, as buttons in a row that scrolls sideways: name, tiny histogram, shape, state of health.
// The buttons stay from one refresh to the next; only what they show changes, so that focus and scrolling survive.

const ICONS = ["check_circle", "visibility", "warning"]; // as under the charts: never by colour alone
const WORDS = ["healthy", "watch", "sick"];
const WIDTH = 80, HEIGHT = 26; // of a histogram, in its own units
const strips = new WeakMap(); // element -> names and buttons

function make(tag, className, parent) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function button(layer, strip, element) {
  const root = make("button", "", element);
  root.type = "button";
  root.style.setProperty("--layer", layer.color);
  make("small", "group", root).textContent = layer.group;
  const head = make("span", "head", root);
  make("b", "", head).textContent = layer.name;
  const icon = make("i", "icon", head);
  root.insertAdjacentHTML("beforeend", `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><path/></svg>`);
  make("small", "", root).textContent = layer.kind;
  root.onclick = () => strip.tell("layer", layer.id);
  root.onkeydown = (event) => {
    if (event.key === " " || event.key === "Enter") event.stopPropagation(); // it opens a layer, and plays nothing
  };
  return { root, icon, path: root.querySelector("path") };
}

function area(bars) {
  const wide = WIDTH / Math.max(1, bars.length);
  const steps = bars.map((bar, i) => `V${HEIGHT - (bar * HEIGHT) / 100}H${(i + 1) * wide}`);
  return bars.length ? `M0 ${HEIGHT}${steps.join("")}V${HEIGHT}Z` : "";
}

function show(part, layer, chosen) {
  part.path.setAttribute("d", area(layer.bars));
  const level = layer.level ?? -1;
  part.icon.textContent = ICONS[level] ?? "";
  part.icon.className = `icon ${WORDS[level] ?? ""}`;
  part.root.setAttribute("aria-pressed", layer.id === chosen);
  part.root.title = `${layer.id}: ${layer.kind}`;
  part.root.setAttribute("aria-label", `${layer.id}, ${layer.kind}${level < 0 ? "" : `, ${WORDS[level]}`}`);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".layer-strip");
  const names = JSON.stringify(data.layers.map((layer) => [layer.id, layer.kind, layer.color]));
  let strip = strips.get(element);
  if (strip?.names !== names) {
    element.replaceChildren();
    strip = { names };
    strip.parts = data.layers.map((layer) => button(layer, strip, element));
    strips.set(element, strip);
  }
  strip.tell = setTriggerValue;
  element.classList.toggle("grouped", data.layers.some((layer) => layer.group));
  data.layers.forEach((layer, i) => show(strip.parts[i], layer, data.chosen));
}
