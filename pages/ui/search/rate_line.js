// A line over a chart with a logarithmic axis. It follows the hand at once, reads the loss off the chart as it goes, and
// tells the server where it was left. The arrow keys move it by one in the second digit.

const PATIENCE = 1500; // milliseconds in which an older answer does not move what the hand has just moved
const REST = 200; // milliseconds without a key until the server hears
const LEAP = 10 ** 0.25; // of the page keys
const lines = new WeakMap(); // element -> what it shows

const round = (rate) => Number(rate.toPrecision(2));
const shown = (rate) => (rate < 1e-4 ? rate.toExponential().replace("e-", "e-0") : String(rate)); // as Python writes it

function chartOf(s) {
  const chart = document.querySelector(`.st-key-${s.chart} .live-chart`);
  return chart?._fullLayout?.xaxis?.d2p && chart.on ? chart : null;
}

// The calm loss at a rate, between the points of the chart's trace.
function lossAt(s, chart, rate) {
  const trace = chart._fullData.find(({ name }) => name === s.trace);
  const after = trace ? Array.from(trace.x).findIndex((x) => x >= rate) : -1;
  if (after < 0) return null;
  const before = Math.max(0, after - 1);
  const [x0, x1] = [trace.x[before], trace.x[after]].map(Math.log);
  const share = x1 > x0 ? (Math.log(rate) - x0) / (x1 - x0) : 0;
  return trace.y[before] + share * (trace.y[after] - trace.y[before]);
}

function show(s) {
  const chart = s.element.isConnected && chartOf(s);
  if (!chart) return;
  if (s.handle.parentElement !== chart.parentElement) {
    chart.parentElement.append(s.handle);
    chart.on("plotly_afterplot", () => show(s));
  }
  const { xaxis, _size: plot } = chart._fullLayout;
  const x = xaxis.d2p(s.rate);
  const seen = x >= -1 && x <= plot.w + 1;
  Object.assign(s.handle.style, {
    display: seen ? "block" : "none", left: `${plot.l + x}px`, top: `${plot.t}px`, height: `${plot.h}px`,
  });
  const loss = lossAt(s, chart, s.rate);
  const words = loss === null ? "not reached" : `loss ${loss.toFixed(3)}`;
  s.element.querySelector("b").textContent = `rate ${shown(s.rate)}`;
  s.element.querySelector("span").textContent = words;
  s.handle.firstChild.textContent = shown(s.rate);
  s.handle.setAttribute("aria-valuenow", s.rate);
  s.handle.setAttribute("aria-valuetext", `rate ${shown(s.rate)}, ${words}`);
}

function moveTo(s, rate) {
  s.rate = round(Math.max(s.low, Math.min(rate, s.high)));
  s.moved = performance.now();
  show(s);
}

function leave(s) {
  clearTimeout(s.timer);
  s.moved = performance.now();
  s.tell("rate", s.rate);
}

// One more or less in the second digit: .098, .099, .1, .11.
function step(rate, up) {
  const unit = 10 ** (Math.floor(Math.log10(rate) + 1e-9) - 1);
  if (up) return rate + unit;
  return rate - (round(rate / unit) === 10 ? unit / 10 : unit);
}

function onKey(s, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rate = {
    ArrowRight: step(s.rate, true), ArrowUp: step(s.rate, true), ArrowLeft: step(s.rate, false),
    ArrowDown: step(s.rate, false), PageUp: s.rate * LEAP, PageDown: s.rate / LEAP, Home: s.low, End: s.high,
  }[event.key];
  if (rate === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  moveTo(s, rate);
  clearTimeout(s.timer);
  s.timer = setTimeout(() => leave(s), REST);
}

function drag(s, event) {
  const chart = chartOf(s);
  const x = event.clientX - chart.getBoundingClientRect().left - chart._fullLayout._size.l - s.grip;
  moveTo(s, chart._fullLayout.xaxis.p2d(x));
}

function mounted(element) {
  const handle = document.createElement("div");
  handle.className = "rate-handle";
  handle.innerHTML = "<output></output>";
  for (const [name, value] of [["role", "slider"], ["tabindex", "0"], ["aria-label", "Rate to take"]]) {
    handle.setAttribute(name, value);
  }
  const s = { element, handle, moved: -PATIENCE };
  handle.onkeydown = (event) => onKey(s, event);
  handle.onpointerdown = (event) => {
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const { left } = handle.getBoundingClientRect();
    s.grip = event.clientX - left - handle.offsetWidth / 2; // where within its width it was taken
    handle.classList.add("held");
  };
  handle.onpointermove = (event) => handle.hasPointerCapture(event.pointerId) && drag(s, event);
  handle.onlostpointercapture = () => {
    handle.classList.remove("held");
    leave(s);
  };
  lines.set(element, s);
  return s;
}

// The chart of the other component may be drawn later than this.
function whenDrawn(s) {
  clearTimeout(s.waiting);
  if (chartOf(s)) show(s);
  else if (s.element.isConnected) s.waiting = setTimeout(() => whenDrawn(s), 60);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".rate-line");
  const s = lines.get(element) ?? mounted(element);
  const held = s.handle.classList.contains("held") || performance.now() - s.moved < PATIENCE;
  const rate = held ? s.rate : round(data.rate);
  if (data.rate === s.rate) s.moved = -PATIENCE; // the server has heard
  Object.assign(s, data, { tell: setTriggerValue, rate });
  s.handle.setAttribute("aria-valuemin", data.low);
  s.handle.setAttribute("aria-valuemax", data.high);
  whenDrawn(s);
  return () => setTimeout(() => {
    if (element.isConnected) return; // not the end, only a newer call that came in between
    clearTimeout(s.timer);
    clearTimeout(s.waiting);
    s.handle.remove();
  }, 0);
}
