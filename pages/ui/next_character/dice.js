// One name, letter by letter. The server has thrown all numbers; here they fall one after the other, when asked to. A
// refresh brings the same throws on a newer net, and leaves the hand where it is.

const PAUSE = 1500; // milliseconds between two throws while it plays
const dice = new WeakMap(); // element -> the throws, and how many have fallen

function make(tag, className, parent, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

function button(label, act, parent) {
  const element = make("button", "", parent, label);
  element.type = "button";
  element.onclick = act;
  element.onkeydown = (event) => {
    if (event.key === " " || event.key === "Enter") event.stopPropagation(); // it throws, and trains nothing
  };
  return element;
}

function step(d, isPlaying = false) {
  if (!isPlaying) halt(d);
  if (d.fallen < d.rolls.length) d.fallen += 1;
  d.element.classList.remove("falling");
  void d.element.offsetWidth; // so that the fall begins anew
  d.element.classList.add("falling");
  show(d);
}

function play(d) {
  if (d.timer) return halt(d);
  if (d.fallen >= d.rolls.length) d.fallen = 0;
  step(d, true);
  d.timer = setInterval(() => {
    if (d.fallen < d.rolls.length) step(d, true);
    if (d.fallen >= d.rolls.length) halt(d);
  }, PAUSE);
  show(d);
}

function halt(d) {
  clearInterval(d.timer);
  d.timer = undefined;
  show(d);
}

function reset(d) {
  d.fallen = 0;
  halt(d);
}

function show(d) {
  const isOver = d.fallen >= d.rolls.length;
  const roll = d.rolls[Math.max(0, d.fallen - 1)]; // the one that fell last; before the first, the one to come
  d.element.classList.toggle("fallen", d.fallen > 0);
  showWord(d, isOver && roll.ends);
  showBar(d.whole, roll);
  d.line.style.left = `calc(${100 * roll.number}% - 1px)`;
  d.label.style.left = `clamp(1.6rem, ${100 * roll.number}%, 100% - 1.6rem)`;
  d.label.textContent = roll.number.toFixed(4);
  d.sentence.textContent = d.fallen ? inWords(d, roll, isOver) : "Throw: a number between 0 and 1 falls on the bar.";
  d.play.textContent = d.timer ? "Pause" : "Roll slowly";
  d.step.disabled = isOver;
  d.reset.disabled = d.fallen === 0;
}

function showWord(d, hasEnded) {
  const drawn = d.rolls.slice(0, d.fallen).filter(({ ends }) => !ends).map(({ letter }) => letter);
  d.word.replaceChildren();
  make("i", "", d.word, d.begin.join(""));
  for (const letter of drawn) make("b", "", d.word, letter);
  if (hasEnded) make("span", "end", d.word, `the ${d.noun} ends`);
  d.word.scrollLeft = d.word.scrollWidth;
}

function showBar(whole, { slices }) {
  whole.replaceChildren();
  for (const slice of slices) {
    const width = 100 * (slice.to - slice.from);
    const element = make("span", "", whole, width > 1.6 ? slice.letter : "");
    element.style.width = `${width}%`;
    element.classList.toggle("thin", slice.thin);
    element.classList.toggle("hit", slice.hit);
    element.title = `${slice.letter || "many others"}: ${slice.from.toFixed(4)} to ${slice.to.toFixed(4)}`;
  }
}

function inWords(d, roll, isOver) {
  const { from, to } = roll.slices.find(({ hit }) => hit);
  const stretch = `${from.toFixed(4)} to ${to.toFixed(4)}`;
  const what = roll.ends ? `the boundary ‘${roll.letter}’` : `‘${roll.letter}’`;
  const then = roll.ends ? ` The ${d.noun} ends.` : isOver ? " Here it is cut: it is long enough." : "";
  return `Throw ${d.fallen}: ${roll.number.toFixed(4)} falls on ${what}, which owns ${stretch}.${then}`;
}

function mounted(element) {
  const [word, whole, sentence, controls] = [".word", ".whole", "p", ".controls"].map((s) => element.querySelector(s));
  const [line, label] = element.querySelector(".fall").children;
  const d = { element, word, whole, sentence, line, label, fallen: 0 };
  d.play = button("Roll slowly", () => play(d), controls);
  d.step = button("One throw", () => step(d), controls);
  d.reset = button("From the start", () => reset(d), controls);
  for (const text of ["0", "0.25", "0.5", "0.75", "1"]) make("span", "", element.querySelector(".scale"), text);
  element.onanimationend = () => element.classList.remove("falling");
  dice.set(element, d);
  return d;
}

export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".dice");
  const d = dice.get(element) ?? mounted(element);
  const which = JSON.stringify(data.roll);
  if (d.which !== which) d.fallen = 0; // other dice, another beginning
  Object.assign(d, { which, begin: data.begin, rolls: data.rolls, noun: data.noun });
  d.fallen = Math.min(d.fallen, d.rolls.length);
  show(d);
  return () => {
    if (!element.isConnected) clearInterval(d.timer);
  };
}
