// The 26 gradients as small buttons that keep their places: state and choice change their looks alone.

const ICONS = { found: "check", revealed: "visibility", open: "" };
const WORDS = { found: "found", revealed: "looked up", open: "open" };
const strips = new WeakMap(); // element -> buttons

function make(tag, className, parent) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function tile(strip, name, number) {
  const root = make("button", "", strip.element);
  root.type = "button";
  make("code", "", root).textContent = name;
  const icon = make("i", "", root);
  root.onclick = () => strip.tell("problem", number);
  root.onkeydown = (event) => {
    if (event.key === " " || event.key === "Enter") event.stopPropagation(); // it opens a problem, and plays nothing
  };
  return { root, icon };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".exercise-strip");
  let strip = strips.get(element);
  if (!strip) {
    strip = { element };
    strip.tiles = data.tiles.map(({ name }, number) => tile(strip, name, number));
    strips.set(element, strip);
  }
  strip.tell = setTriggerValue;
  data.tiles.forEach(({ name, state }, number) => {
    const { root, icon } = strip.tiles[number];
    root.className = state;
    icon.textContent = ICONS[state];
    root.setAttribute("aria-pressed", number === data.chosen);
    root.setAttribute("aria-label", `${name}, ${WORDS[state]}`);
    root.title = `${number + 1}: ${name}, ${WORDS[state]}`;
  });
}
