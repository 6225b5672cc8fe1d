// The leaderboard: a row for each trial, which stays its row while others come; one that rises glides to its place.

const boards = new WeakMap(); // element -> its rows by trial, and what to tell
const GLIDE = 250; // milliseconds
const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function cell(row, tag, text, className) {
  const element = document.createElement(tag);
  row.append(element);
  write(element, text, className);
}

function write(element, text, className) {
  element.className = className ?? "";
  element.textContent = text;
}

function drawHead(board, head) {
  const row = document.createElement("tr");
  for (const text of ["", ...head]) cell(row, "th", text);
  board.table.tHead.replaceChildren(row);
}

function rowOf(board, number) {
  if (board.rows.has(number)) return board.rows.get(number);
  const row = document.createElement("tr");
  row.onclick = () => choose(board, number);
  row.onkeydown = (event) => onKey(board, row, number, event);
  row.onpointerenter = () => point(number);
  row.onpointerleave = () => point(null);
  board.rows.set(number, row);
  return row;
}

const point = (detail) => document.dispatchEvent(new CustomEvent("trial-pointed", { detail }));

function choose(board, number) {
  board.chosen = number; // at once; the page follows
  mark(board);
  board.tell("trial", number);
}

function onKey(board, row, number, event) {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    event.stopPropagation(); // it chooses, and plays nothing
    choose(board, number);
  }
  const to = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}

function fill(row, trial) {
  const words = JSON.stringify(trial);
  if (row.words === words) return;
  row.words = words;
  row.className = trial.own ? `${trial.state} own` : trial.state;
  const place = trial.place ?? { pruned: "×", failed: "!" }[trial.state] ?? "–";
  const values = trial.values.map((value) => [value]);
  const cells = [[place, "place"], [trial.val, "val"], [trial.apart, "apart"], ...values, [trial.note, "note"]];
  if (row.cells.length !== cells.length) row.replaceChildren();
  const isNew = !row.cells.length; // else the cells stay: one that goes while it is pressed loses the click
  cells.forEach(([text, name], i) => (isNew ? cell(row, "td", text, name) : write(row.cells[i], text, name)));
}

function mark(board) {
  for (const [number, row] of board.rows) {
    const isChosen = number === board.chosen;
    row.setAttribute("aria-selected", isChosen);
    row.tabIndex = isChosen || (number === board.first && !board.rows.has(board.chosen)) ? 0 : -1;
    row.classList.toggle("pointed", number === board.pointed);
    row.classList.toggle("out", board.kept !== null && !board.kept.has(number));
  }
}

function drawRows(board, trials) {
  const before = new Map([...board.rows].map(([number, row]) => [number, row.offsetTop]));
  const rows = trials.map((trial) => {
    const row = rowOf(board, trial.number);
    fill(row, trial);
    return row;
  });
  const wanted = new Set(trials.map(({ number }) => number));
  for (const number of board.rows.keys()) {
    if (wanted.has(number)) continue;
    board.rows.get(number).remove();
    board.rows.delete(number);
  }
  const body = board.table.tBodies[0];
  rows.forEach((row, i) => {
    if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null);
  });
  board.first = trials[0]?.number;
  if (!isCalm) glide(board, before);
}

function glide(board, before) {
  for (const [number, row] of board.rows) {
    const from = before.get(number);
    if (from === undefined || from === row.offsetTop) continue;
    row.animate([{ transform: `translateY(${from - row.offsetTop}px)` }, { transform: "none" }], GLIDE);
  }
}

function create(element) {
  const board = { table: element.querySelector("table"), rows: new Map(), kept: null, pointed: null };
  board.hear = {
    "trials-brushed": ({ detail }) => { board.kept = detail && new Set(detail); mark(board); },
    "trial-pointed": ({ detail }) => { board.pointed = detail; mark(board); },
  };
  for (const event in board.hear) document.addEventListener(event, board.hear[event]);
  return board;
}

// Start stands below a long form: where that was, a phone would show the page's end.
function comeIntoView(element) {
  if (element.getBoundingClientRect().bottom < 0) element.scrollIntoView({ block: "center" });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".leaderboard");
  let board = boards.get(element);
  if (!board) {
    boards.set(element, (board = create(element)));
    requestAnimationFrame(() => comeIntoView(element));
  }
  Object.assign(board, { chosen: data.chosen, tell: setTriggerValue });
  if (board.json !== data.board) {
    const { head, rows, last } = JSON.parse(data.board);
    if (board.of !== data.of) board.kept = null;
    Object.assign(board, { json: data.board, of: data.of });
    drawHead(board, head);
    drawRows(board, rows);
    element.querySelector("p").textContent = last;
  }
  element.style.height = `${data.height}px`;
  mark(board);
  return () => {
    if (element.isConnected) return;
    for (const event in board.hear) document.removeEventListener(event, board.hear[event]);
  };
}
