// Plays a recorded run: evenly along the logarithm of its steps the curve grows, the names change, the letters move.
// All of it happens here; where in the recording one is stands in the window, so that a new page goes on with it.

const [DURATION, REST] = [20_000, 6_000]; // milliseconds of a run, and of its end before it begins again
const BEAT = 100; // milliseconds between two pictures: more would take the processor from the lab that is warming up
const MARGIN = { left: 48, right: 12, top: 34, bottom: 36 };
const ICONS = ["check_circle", "visibility", "warning"];
const LEVELS = ["healthy", "watch", "sick"];
const players = new WeakMap(); // element -> what is drawn in it
const clock = (window.makemoreRecording ??= {
  began: performance.now(),
  heldAt: matchMedia("(prefers-reduced-motion: reduce)").matches ? DURATION : null, // milliseconds; null is playing
});

const LAYOUT = `
  <header><i></i><span class="about"></span><button type="button"></button></header>
  <div class="panels">
    <svg class="loss" role="img"></svg>
    <section class="names" aria-hidden="true"><header>Names it invents<small><b>new</b> names are bold, names of the list
      are <i>plain</i></small></header></section>
    <svg class="letters" role="img"></svg>
    <section class="verdicts"><b>Health</b><div></div></section>
  </div>`;

const words = (step) => step.toLocaleString("en");
const escaped = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

function placeNow() {
  const passed = clock.heldAt ?? (performance.now() - clock.began) % (DURATION + REST);
  return Math.min(1, passed / DURATION);
}

function hold() {
  if (clock.heldAt === null) clock.heldAt = (performance.now() - clock.began) % (DURATION + REST);
  else [clock.began, clock.heldAt] = [performance.now() - (clock.heldAt % DURATION), null];
}

// As loss.py draws it: step n at n + 1 on a logarithmic axis, the batches as a ghost, a calm line, val, and yardsticks.
function drawLoss(p) {
  const { run, loss } = p, { width, height } = p;
  const [right, floor] = [width - MARGIN.right, height - MARGIN.bottom];
  const values = [...run.curve.map(([, , , calm]) => calm), ...run.looks.map(({ val }) => val), ...Object.values(run.yardsticks)];
  const [low, high] = [0.97 * Math.min(...values), 1.03 * Math.max(...values)];
  p.x = (step) => MARGIN.left + ((right - MARGIN.left) * Math.log10(step + 1)) / Math.log10(run.steps + 1);
  const y = (nats) => floor - ((floor - MARGIN.top) * (nats - low)) / (high - low);
  const line = (points) => points.map(([step, nats], i) => `${i ? "L" : "M"}${p.x(step).toFixed(1)} ${y(nats).toFixed(1)}`).join("");
  const decades = Array.from({ length: Math.floor(Math.log10(run.steps)) + 1 }, (_, k) => 10 ** k);
  const heights = Array.from({ length: 20 }, (_, k) => 1.8 + 0.2 * k).filter((nats) => nats > low && nats < high);
  const ghost = line(run.curve.map(([step, , top]) => [step, top])) + line(run.curve.map(([step, bottom]) => [step, bottom]).reverse()).replace("M", "L");
  const blind = Math.max(...Object.values(run.yardsticks)); // the curve falls late: the lower ones are named at the left
  const crossing = run.looks.find(({ val }) => val < run.yardsticks.bigram);
  loss.setAttribute("viewBox", `0 0 ${width} ${height}`);
  loss.innerHTML = `
    <text class="title" x="0" y="20">Loss in nats: <tspan class="train">train, batch by batch</tspan> and <tspan class="val">val</tspan></text>
    ${heights.map((nats) => `<path class="grid" d="M${MARGIN.left} ${y(nats)}H${right}"/><text class="tick" text-anchor="end" x="${MARGIN.left - 6}" y="${y(nats) + 4}">${nats.toFixed(1)}</text>`).join("")}
    ${decades.map((step) => `<path class="grid" d="M${p.x(step - 1)} ${MARGIN.top}V${floor}"/><text class="tick" text-anchor="middle" x="${p.x(step - 1)}" y="${floor + 15}">${words(step)}</text>`).join("")}
    <text class="tick" text-anchor="middle" x="${(MARGIN.left + right) / 2}" y="${height - 4}">step</text>
    ${Object.entries(run.yardsticks).map(([name, nats]) => `<path class="yardstick" d="M${MARGIN.left} ${y(nats)}H${right}"/><text class="tick" ${nats < blind ? `x="${MARGIN.left}"` : `text-anchor="end" x="${right}"`} y="${y(nats) - 4}">${name} ${nats.toFixed(3)}</text>`).join("")}
    <clipPath id="recorded"><rect x="${MARGIN.left}" y="${MARGIN.top}" width="0" height="${floor - MARGIN.top}"/></clipPath>
    <g clip-path="url(#recorded)"><path class="ghost" d="${ghost}Z"/>
      <path class="train" d="${line(run.curve.map(([step, , , calm]) => [step, calm]))}"/>
      <path class="val" d="${line(run.looks.map(({ step, val }) => [step, val]))}"/>
      <g class="crossing" transform="translate(${p.x(crossing.step)} ${y(crossing.val)})"><path d="M0 -6L6 0L0 6L-6 0Z"/><text text-anchor="end" x="-9" y="14">beats counting pairs</text></g></g>`;
  loss.setAttribute("aria-label", `A recorded run: val falls from ${run.looks[0].val} to ${run.looks.at(-1).val} nats, below the bigram at step ${words(crossing.step)}.`);
  p.window = loss.querySelector("rect");
}

function drawLetters(p) {
  const { run, letters } = p;
  const vowels = "aeiou", side = 240;
  letters.setAttribute("viewBox", `${-side} -190 ${2 * side} 380`);
  letters.innerHTML = `<path class="grid" d="M${-side} 0H${side}M0 -165V190"/><text class="title" x="${-side}" y="-172"></text>` + run.letters.map((letter, i) => {
    const kind = i === 0 ? "end" : vowels.includes(letter) ? "vowel" : "other";
    return `<g class="${kind}"><circle r="11"/><text text-anchor="middle" y="5">${escaped(letter)}</text></g>`;
  }).join("");
  p.title = letters.querySelector(".title");
  p.marks = [...letters.querySelectorAll("g")];
  letters.setAttribute("aria-label", "The alphabet as the net arranges it: vowels come together.");
}

function namesRow(look, kind) {
  const names = look.names.map(([name, isKnown]) => (isKnown ? `<i>${escaped(name)}</i>` : `<b>${escaped(name)}</b>`));
  return `<div class="${kind}"><span>step ${words(look.step)}</span><p>${names.join(" ")}</p></div>`;
}

// Names, letters and verdicts of a look that was taken on the way; those of 0, 10, 100, ... steps stay below.
function showLook(p, number) {
  p.shown = number;
  const { looks } = p.run, look = looks[number];
  const milestones = [0, 10, 100, 1000, 10_000, 100_000].flatMap((step) => looks.find((seen) => seen.step >= step) ?? []);
  const past = milestones.filter(({ step }) => step < look.step).reverse();
  p.names.replaceChildren(p.legend);
  p.names.insertAdjacentHTML("beforeend", namesRow(look, "now") + past.map((seen) => namesRow(seen, "then")).join(""));
  p.title.textContent = `The alphabet at step ${words(look.step)}`;
  const reach = Math.max(2, ...look.points.flat().map(Math.abs));
  p.reach = p.reach && reach > p.reach / 1.3 && reach < p.reach ? p.reach : 1.15 * reach; // calm: it grows by jumps
  look.points.forEach(([x, y], i) => p.marks[i].setAttribute("transform", `translate(${(225 * x) / p.reach} ${(-165 * y) / p.reach})`));
  p.verdicts.innerHTML = look.verdicts.map(([level, text]) =>
    `<p><i class="icon ${LEVELS[level]}" role="img" aria-label="${LEVELS[level]}">${ICONS[level]}</i> ${escaped(text)}</p>`).join("");
}

function turn(p) {
  if (!p.element.isConnected) return;
  const { looks, steps } = p.run, place = placeNow();
  const step = (steps + 1) ** place - 1;
  p.window?.setAttribute("width", Math.max(0, p.x(step) - MARGIN.left));
  const number = Math.max(0, looks.findLastIndex((look) => look.step <= step + 0.5));
  if (number !== p.shown) showLook(p, number);
  setTimeout(() => requestAnimationFrame(() => turn(p)), BEAT);
}

function resize(p) {
  const { clientWidth: width, clientHeight: height } = p.loss;
  if (!width || (width === p.width && height === p.height)) return;
  Object.assign(p, { width, height });
  drawLoss(p);
}

function mounted(element, data) {
  element.innerHTML = LAYOUT;
  const find = (selector) => element.querySelector(selector);
  const p = { element, run: JSON.parse(data.run), loss: find(".loss"), letters: find(".letters"), names: find(".names"), legend: find(".names header"), verdicts: find(".verdicts div") };
  const button = find("button");
  const say = () => { button.textContent = clock.heldAt === null ? "Hold" : "Play it"; };
  button.onclick = () => { hold(); say(); };
  say();
  find(".about").textContent = data.about;
  drawLetters(p);
  new ResizeObserver(() => resize(p)).observe(p.loss);
  resize(p);
  turn(p);
  return p;
}

export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".recording");
  if (players.has(element)) return;
  players.set(element, mounted(element, data));
}
