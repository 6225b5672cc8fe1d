// A slider over the steps that were kept; its right end is the present. It follows the hand at once, and tells the
// server no more often than the server can redraw. The arrow keys move it from anywhere on the page.

const PAUSE = 120; // milliseconds between two messages to the server
const PATIENCE = 1500; // milliseconds in which an older answer does not move what the hand has just moved
const LIVE = -1; // what the server hears for the present
const TYPING = "input, textarea, select, [contenteditable=true], [role=slider], [role=combobox], [role=tab], [role=listbox]";
const scrubbers = new WeakMap(); // element -> what it shows

function show(s) {
  const stop = Number(s.slider.value);
  const live = stop >= s.steps.length;
  const words = live ? "now" : `step ${s.steps[stop].toLocaleString("en")}`;
  s.output.textContent = words;
  s.slider.setAttribute("aria-valuetext", words);
  s.slider.style.setProperty("--passed", `${(100 * stop) / s.slider.max}%`);
  s.button.classList.toggle("on", live);
  s.element.classList.toggle("back", !live);
}

function send(s) {
  clearTimeout(s.timer);
  const rest = s.sent + PAUSE - performance.now();
  if (rest > 0) {
    s.timer = setTimeout(() => send(s), rest);
    return;
  }
  s.sent = performance.now();
  s.tell("step", s.wanted);
}

function moveTo(s, stop) {
  s.slider.value = Math.max(0, Math.min(stop, s.steps.length));
  s.wanted = s.steps[Number(s.slider.value)] ?? LIVE;
  s.moved = performance.now();
  show(s);
  send(s);
}

function onKey(s, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.(TYPING)) return;
  const here = Number(s.slider.value);
  const stop = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: s.steps.length }[event.key];
  if (stop === undefined || s.slider.disabled) return;
  event.preventDefault();
  moveTo(s, stop);
}

// Somebody clicked into a chart over the steps: to the stop that is nearest there.
function lookAt(s, step) {
  if (s.slider.disabled) return;
  const distance = s.steps.map((stop) => Math.abs(Math.log1p(stop) - Math.log1p(Math.max(0, step))));
  moveTo(s, distance.indexOf(Math.min(...distance)));
}

function mounted(element) {
  const [output, slider, button] = ["output", "input", "button"].map((tag) => element.querySelector(tag));
  const s = { element, output, slider, button, steps: [], sent: 0, moved: -PATIENCE, wanted: LIVE };
  slider.oninput = () => moveTo(s, Number(slider.value));
  button.onclick = () => moveTo(s, s.steps.length);
  s.listener = (event) => onKey(s, event);
  s.pointed = (event) => lookAt(s, event.detail);
  document.addEventListener("keydown", s.listener);
  document.addEventListener("look-at-step", s.pointed);
  scrubbers.set(element, s);
  return s;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".time-scrubber");
  const s = scrubbers.get(element) ?? mounted(element);
  s.tell = setTriggerValue;
  s.steps = data.steps;
  s.slider.max = Math.max(1, data.steps.length);
  s.slider.disabled = s.button.disabled = !data.steps.length;
  const answer = data.at ?? LIVE;
  const at = answer !== s.wanted && performance.now() - s.moved < PATIENCE ? s.wanted : answer;
  s.wanted = at;
  const stop = data.steps.indexOf(at);
  s.slider.value = at === LIVE || stop < 0 ? s.slider.max : stop;
  show(s);
  return () => {
    if (element.isConnected) return;
    clearTimeout(s.timer);
    document.removeEventListener("keydown", s.listener);
    document.removeEventListener("look-at-step", s.pointed);
  };
}
