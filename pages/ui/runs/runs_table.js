// Runs as a plain table whose rows stay from one refresh to the next: only cells that changed are written, so that
// scroll and focus survive. Ticks show at once; what a slower refresh still says of earlier ones is not believed.

const tables = new WeakMap(); // element -> its rows, and what is chosen
const STATES = {
  running: "play_arrow", paused: "pause", ready: "pause", finished: "check", stopped: "stop", failed: "error",
  interrupted: "history", diverged: "trending_up", deleted: "delete",
};
const DASHES = { solid: "", dash: "6 4", dot: "2 3", dashdot: "6 3 2 3" };

function make(tag, parent, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function checkbox(parent, label, act) {
  const box = make("input", parent);
  box.type = "checkbox";
  box.setAttribute("aria-label", label);
  box.onchange = () => act(box.checked);
  box.onkeydown = (event) => {
    if (event.key === " ") event.stopPropagation(); // it ticks, and plays nothing
  };
  return box;
}

function choose(table, runs) {
  table.chosen = runs;
  table.said += 1;
  table.tell("chosen", { runs, heard: table.said });
  tick(table);
}

function toggle(table, id, on) {
  choose(table, on ? [...table.chosen, id] : table.chosen.filter((run) => run !== id));
}

function toggleAll(table, on) {
  const here = table.order;
  const others = table.chosen.filter((run) => !here.includes(run));
  choose(table, on ? [...others, ...here] : []);
}

function tick(table) {
  const chosen = new Set(table.chosen);
  for (const [id, row] of table.rows) {
    row.box.checked = chosen.has(id);
    row.root.classList.toggle("chosen", chosen.has(id));
  }
  const n = table.order.filter((id) => chosen.has(id)).length;
  table.all.checked = n > 0 && n === table.order.length;
  table.all.indeterminate = n > 0 && n < table.order.length;
}

function head(table, element) {
  element.replaceChildren();
  const body = make("table", element);
  const row = make("tr", make("thead", body));
  const corner = make("th", row);
  corner.className = "tick";
  table.all = checkbox(corner, "All runs of the list", (on) => toggleAll(table, on));
  table.titles = table.heads.map(([key, label, help, isNumber]) => {
    const cell = make("th", row);
    cell.scope = "col";
    cell.className = isNumber ? "number" : "";
    const button = make("button", cell, label);
    button.title = help;
    button.onclick = () => table.tell("sorted", key);
    return { key, cell };
  });
  table.body = make("tbody", body);
  table.rows = new Map();
}

function newRow(table, id) {
  const root = make("tr", table.body);
  const first = make("td", root);
  first.className = "tick";
  const label = make("label", first);
  const box = checkbox(label, id, (on) => toggle(table, id, on));
  label.insertAdjacentHTML("beforeend", '<svg viewBox="0 0 22 8" aria-hidden="true"><path d="M1 4H21"/></svg>');
  const cells = table.heads.map(([key, , , isNumber]) => {
    const cell = make("td", root);
    cell.className = isNumber ? "number" : "";
    if (key === "state") {
      make("i", cell).className = "icon";
      return make("span", cell);
    }
    if (key !== "run") return cell;
    const button = make("button", cell);
    button.onclick = () => table.tell("opened", id);
    button.title = "Show this run in the bar, on every page";
    return button;
  });
  return { root, box, cells, line: label.querySelector("path"), icon: root.querySelector(".icon") };
}

function show(row, [, color, dash, state, ...cells], isOpen) {
  row.root.style.setProperty("--run", color || "transparent");
  row.line.setAttribute("stroke-dasharray", DASHES[dash]);
  row.root.setAttribute("aria-current", isOpen);
  cells.forEach((text, i) => write(row.cells[i], text));
  row.root.dataset.state = state;
  if (row.icon) write(row.icon, STATES[state] ?? "");
  row.box.setAttribute("aria-label", `Compare ${cells[0]}`);
}

function showSort(table, [by, downwards]) {
  for (const { key, cell } of table.titles) {
    cell.setAttribute("aria-sort", key !== by ? "none" : downwards ? "descending" : "ascending");
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".runs-table");
  const heads = JSON.stringify(data.heads);
  let table = tables.get(element);
  if (!table) {
    table = { said: data.heard };
    tables.set(element, table);
  }
  table.tell = setTriggerValue;
  if (table.drawn !== heads) {
    Object.assign(table, { drawn: heads, heads: data.heads });
    head(table, element);
  }
  table.order = data.lines.map(([id]) => id);
  const listed = new Set(table.order);
  for (const [id, row] of table.rows) {
    if (!listed.has(id)) {
      row.root.remove();
      table.rows.delete(id);
    }
  }
  data.lines.forEach((line, i) => {
    const row = table.rows.get(line[0]) ?? newRow(table, line[0]);
    table.rows.set(line[0], row);
    show(row, line, line[0] === data.open);
    if (table.body.children[i] !== row.root) table.body.insertBefore(row.root, table.body.children[i] ?? null);
  });
  if (data.heard >= table.said) Object.assign(table, { said: data.heard, chosen: data.chosen });
  showSort(table, data.sort);
  tick(table);
}
