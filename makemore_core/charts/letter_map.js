// Letters on a canvas: a live map whose letters glide from one refresh to the next, or a movie over the steps that were
// kept, drawn between its frames too. The dashboard mounts it as a component; an exported movie carries this same file.

const GLIDE = 450; // milliseconds from one refresh to the next
const PER_SECOND = 20; // frames of a movie
const PATIENCE = 1500; // milliseconds in which an older answer does not undo what the hand has just chosen
const NEAR = 22; // pixels around a letter
const CLICK = 5; // pixels that a click may slip
const TRAIL = 9; // frames behind each letter
const [LEAST_ZOOM, MOST_ZOOM] = [1, 40];
const SPEEDS = [0.5, 1, 2, 4];

function letterMap(root, tell) {
  const s = { root, tell, data: null, place: 0, playing: false, speed: 1, drawn: 0, chosen: [], hovered: -1, moved: -PATIENCE };
  s.view = { k: 1, x: 0, y: 0 }; // zoom, and the shift in pixels
  const make = (tag, className, parent) => parent.appendChild(Object.assign(document.createElement(tag), { className }));
  const head = make("header", "", root);
  const title = make("b", "", head);
  const legend = make("span", "legend", head);
  const bar = make("div", "bar", root);
  const canvas = make("canvas", "", root);
  canvas.setAttribute("role", "img");
  const hint = make("output", "hint", root);
  const button = Object.assign(make("button", "", bar), { type: "button" });
  const slider = Object.assign(make("input", "", bar), { type: "range", min: 0, step: "any" });
  slider.setAttribute("aria-label", "Step of the movie");
  const step = make("output", "step", bar);
  const pace = make("select", "", bar);
  pace.setAttribute("aria-label", "Speed of the movie");
  for (const times of SPEEDS) pace.append(new Option(`${times}×`, times, times === 1, times === 1));
  const pen = canvas.getContext("2d");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // The points of a frame, or between two, as x, y, x, y ... in the data's own units.
  function at(place) {
    const { frames, labels } = s.data, i = Math.min(Math.floor(place), frames.length - 1);
    const [a, b, t] = [frames[i], frames[Math.min(i + 1, frames.length - 1)], place - i];
    if (!t) return a;
    const between = new Float32Array(2 * labels.length);
    for (let j = 0; j < between.length; j++) between[j] = a[j] + (b[j] - a[j]) * t;
    return between;
  }

  function shown() {
    if (s.data.movie || s.glide === undefined) return at(s.place);
    const t = 1 - (1 - s.glide) ** 3;
    return s.to.map((value, j) => s.from[j] + (value - s.from[j]) * t);
  }

  const scale = () => {
    const [rx, ry] = s.extent;
    return Math.min(s.width / rx, s.height / ry) / 2;
  };
  const toScreen = (x, y) => [
    s.width / 2 + s.view.x + x * scale() * s.view.k, s.height / 2 + s.view.y - y * scale() * s.view.k,
  ];

  function line(points, color, alpha, width = 1) {
    pen.globalAlpha = alpha;
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }

  function trails(now) {
    const { colors, frames } = s.data, last = s.data.movie ? Math.floor(s.place) : frames.length - 1;
    const first = Math.max(0, last - TRAIL);
    if (!s.data.movie && frames.length < 2) return;
    for (let i = 0; i < colors.length; i++) {
      const path = [], on = s.chosen.includes(i);
      for (let f = first; f <= last; f++) path.push(toScreen(frames[f][2 * i], frames[f][2 * i + 1]));
      if (!s.data.movie) path.pop();
      path.push(toScreen(now[2 * i], now[2 * i + 1]));
      for (let j = 1; j < path.length; j++) line(path.slice(j - 1, j + 1), colors[i], ((on ? 0.9 : 0.45) * j) / path.length, on ? 2 : 1.2);
    }
  }

  function letters(now) {
    const { labels, colors, sizes } = s.data, text = getComputedStyle(root);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    labels.forEach((label, i) => {
      const [x, y] = toScreen(now[2 * i], now[2 * i + 1]), on = s.chosen.includes(i);
      pen.fillStyle = colors[i];
      pen.globalAlpha = on ? 0.3 : 0.13;
      pen.beginPath();
      pen.arc(x, y, sizes[i] * (on ? 0.95 : 0.8), 0, 7);
      pen.fill();
      pen.globalAlpha = 1;
      if (on) {
        pen.strokeStyle = colors[i];
        pen.lineWidth = 1.5;
        pen.stroke();
      }
      pen.font = `${on ? 700 : 500} ${sizes[i]}px ${text.fontFamily}`;
      pen.fillText(label, x, y + sizes[i] * 0.06);
    });
  }

  function draw() {
    s.due = false;
    if (!s.data || !s.width) return;
    const style = getComputedStyle(root), quiet = style.getPropertyValue("--quiet") || style.color;
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, s.width, s.height);
    const [x, y] = toScreen(0, 0), now = shown();
    line([[x, 0], [x, s.height]], quiet, 0.25);
    line([[0, y], [s.width, y]], quiet, 0.25);
    trails(now);
    letters(now);
    pen.globalAlpha = 1;
    if (s.lasso) {
      line([...s.lasso, s.lasso[0]], style.color, 0.7);
      pen.globalAlpha = 0.06;
      pen.fillStyle = style.color;
      pen.fill();
    }
    s.now = now;
    s.drawn++;
  }

  function redraw() {
    if (s.due) return;
    s.due = true;
    requestAnimationFrame(draw);
  }

  function words() {
    const number = s.data.steps[Math.round(s.place)].toLocaleString("en");
    title.textContent = `${s.data.title} at step ${number}`;
    step.textContent = `step ${number}`;
    slider.value = s.place;
    slider.style.setProperty("--passed", `${(100 * s.place) / Math.max(1, s.data.steps.length - 1)}%`);
    slider.setAttribute("aria-valuetext", step.textContent);
    button.textContent = s.playing ? "Pause" : "Play";
  }

  // One turn of what moves by itself: a movie that plays, or letters on their way to where they are now.
  function turn(time) {
    const passed = Math.min(100, time - (s.time ?? time));
    s.time = time;
    if (s.playing) {
      s.place = Math.min(s.data.steps.length - 1, s.place + (passed / 1000) * PER_SECOND * s.speed);
      if (s.place >= s.data.steps.length - 1) s.playing = false;
      words();
    }
    if (s.glide !== undefined) {
      s.glide += passed / GLIDE;
      s.extent = s.extent.map((value, i) => value + (s.data.extent[i] - value) * Math.min(1, s.glide));
      if (s.glide >= 1) [s.glide, s.extent] = [undefined, s.data.extent];
    }
    draw();
    s.moving = s.playing || s.glide !== undefined;
    if (s.moving && root.isConnected) requestAnimationFrame(turn);
  }

  function move() {
    if (s.moving) return;
    [s.moving, s.time] = [true, undefined];
    requestAnimationFrame(turn);
  }

  function play() {
    if (!s.playing && s.place >= s.data.steps.length - 1) s.place = 0;
    s.playing = !s.playing;
    words();
    if (s.playing) move();
  }

  function choose(indices) {
    [s.chosen, s.moved] = [indices, performance.now()];
    s.tell("chosen", indices.map((i) => s.data.labels[i]));
    redraw();
  }

  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function letterAt([x, y]) {
    let [best, distance] = [-1, NEAR];
    s.data?.labels.forEach((_, i) => {
      const [a, b] = toScreen(s.now[2 * i], s.now[2 * i + 1]), apart = Math.hypot(a - x, b - y);
      if (apart < distance) [best, distance] = [i, apart];
    });
    return best;
  }

  // How often a ray to the right crosses the line tells inside from outside.
  function within(x, y, path) {
    let inside = false;
    path.forEach(([x1, y1], i) => {
      const [x2, y2] = path[(i + 1) % path.length];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    });
    return inside;
  }

  function lassoed() {
    return s.data.labels.flatMap((_, i) => (within(...toScreen(s.now[2 * i], s.now[2 * i + 1]), s.lasso) ? [i] : []));
  }

  canvas.onpointerdown = (event) => {
    if (event.button || !s.now) return;
    s.pressed = where(event);
    s.panning = event.shiftKey ? { ...s.view } : null;
    if (event.pointerType === "touch") return; // there a swipe scrolls the page
    canvas.setPointerCapture(event.pointerId);
    if (!s.panning) s.lasso = [s.pressed];
  };
  canvas.onpointermove = (event) => {
    const here = where(event);
    if (s.panning && s.pressed) {
      s.view = { ...s.panning, x: s.panning.x + here[0] - s.pressed[0], y: s.panning.y + here[1] - s.pressed[1] };
    } else if (s.lasso) {
      s.lasso.push(here);
    } else if (s.now) {
      const over = letterAt(here);
      if (over === s.hovered) return;
      s.hovered = over;
      hint.textContent = over < 0 ? "" : s.data.names[over];
      canvas.style.cursor = over < 0 ? "" : "pointer";
    }
    redraw();
  };
  canvas.onpointerup = (event) => {
    if (!s.pressed) return;
    const here = where(event), [pressed, panned] = [s.pressed, s.panning];
    const slipped = Math.max(...(s.lasso ?? [here]).map(([x, y]) => Math.hypot(x - pressed[0], y - pressed[1])));
    const picked = slipped > CLICK ? (s.lasso ? lassoed() : null) : [letterAt(here)].filter((i) => i >= 0);
    s.pressed = s.panning = s.lasso = null;
    if (picked && !panned) choose(event.ctrlKey || event.metaKey ? [...new Set([...s.chosen, ...picked])] : picked);
    redraw();
  };
  canvas.onpointercancel = canvas.onlostpointercapture = () => {
    s.pressed = s.panning = s.lasso = null;
    redraw();
  };
  canvas.onpointerleave = () => {
    [s.hovered, hint.textContent] = [-1, ""];
    redraw();
  };
  canvas.ondblclick = () => {
    s.view = { k: 1, x: 0, y: 0 };
    redraw();
  };
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls the page
    event.preventDefault();
    const { k, x, y } = s.view, [a, b] = where(event);
    const now = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, k * Math.exp(-event.deltaY / 200)));
    const [fromX, fromY] = [a - s.width / 2, b - s.height / 2];
    s.view = { k: now, x: fromX - ((fromX - x) * now) / k, y: fromY - ((fromY - y) * now) / k };
    redraw();
  }, { passive: false });
  button.onclick = play;
  button.onkeydown = (event) => {
    if (event.key === " " || event.key === "Enter") event.stopPropagation(); // it plays the movie, not the run
  };
  slider.oninput = () => {
    [s.playing, s.place] = [false, Number(slider.value)];
    words();
    redraw();
  };
  pace.onchange = () => { s.speed = Number(pace.value); };

  function resize() {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight], ratio = window.devicePixelRatio || 1;
    if (!width || (width === s.width && height === s.height && ratio === s.ratio)) return;
    Object.assign(s, { width, height, ratio });
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    draw();
  }
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);

  // 16-bit numbers, little-endian, as shares of the reach.
  function unpacked({ points, reach, labels, steps }) {
    const bytes = Uint8Array.from(atob(points), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer), n = 2 * labels.length;
    return steps.map((_, f) =>
      Float32Array.from({ length: n }, (__, j) => (view.getInt16(2 * (f * n + j), true) / 32767) * reach));
  }

  function legendOf({ legend: parts }) {
    legend.replaceChildren(...parts.map(([name, color]) => {
      const part = document.createElement("span");
      part.textContent = name;
      part.style.setProperty("--color", color);
      return part;
    }));
  }

  function show(data, chosen) {
    canvas.setAttribute("aria-label", data.takeaway);
    if (performance.now() - s.moved > PATIENCE) s.chosen = chosen.map((c) => data.labels.indexOf(c)).filter((i) => i >= 0);
    if (s.version !== data.version) {
      const before = s.data, from = s.now;
      s.version = data.version;
      s.data = { ...data, frames: unpacked(data) };
      const same = before && from && !data.movie && !before.movie && before.kind === data.kind && from.length === 2 * data.labels.length;
      s.place = data.movie ? (before?.movie && before.kind === data.kind ? Math.min(s.place, data.steps.length - 1) : 0) : data.steps.length - 1;
      if (same && !still.matches && document.visibilityState === "visible") {
        Object.assign(s, { from, to: at(s.place), glide: 0 });
        move();
      } else Object.assign(s, { glide: undefined, extent: data.extent, view: same ? s.view : { k: 1, x: 0, y: 0 } });
      slider.max = data.steps.length - 1;
      bar.hidden = !data.movie;
      root.dataset.kind = data.kind;
      legendOf(data);
    }
    words();
    resize();
    redraw();
  }

  function end() {
    observer.disconnect();
    s.playing = false;
  }
  return Object.assign(s, { canvas, show, end });
}
