// The numbers behind a picture. A quiet button in its corner turns it over: a table stands in its place, made only then
// and kept fresh while it is seen, and the button beside it saves all of it as CSV.

const MOST_ROWS = 300; // of a table on the page
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
const SMALL = 1e-4; // below, a number is written with its power of ten

// A button that turns `picture` over. tables() gives a list of { caption, head, rows }; the first of a row names it.
function numbersBehind(picture, tables) {
  const add = (tag, className, parent) => parent.appendChild(Object.assign(document.createElement(tag), { className }));
  const root = picture.parentElement;
  const sheet = add("section", "number-sheet", root);
  const button = Object.assign(add("button", "turn", root), { type: "button" });
  sheet.hidden = true;
  sheet.tabIndex = 0; // else no key scrolls it

  function fill() {
    if (sheet.hidden) return;
    const found = tables();
    const { scrollTop, scrollLeft } = sheet;
    sheet.replaceChildren(...(found.length ? [saveButton(found), ...found.map(tableOf)] : ["No numbers yet."]));
    Object.assign(sheet, { scrollTop, scrollLeft });
  }

  function turn(isOver) {
    sheet.hidden = !isOver;
    picture.style.visibility = isOver ? "hidden" : "";
    button.textContent = isOver ? "show_chart" : "table";
    button.title = isOver ? "Show the picture" : "Show the numbers";
    button.setAttribute("aria-label", button.title);
    fill();
  }

  function saveButton(found) {
    const save = Object.assign(add("button", "save", sheet), { type: "button", textContent: "Save as CSV" });
    save.onclick = () => saveAs(`${found[0]?.caption ?? "numbers"}.csv`, found.map(csv).join("\n\n"));
    return save;
  }

  sheet.setAttribute("aria-label", "The numbers behind the picture");
  button.onclick = () => {
    turn(sheet.hidden);
    if (!sheet.hidden) sheet.focus();
  };
  for (const element of [sheet, button]) {
    element.addEventListener("keydown", (event) => {
      event.stopPropagation(); // it turns and scrolls here, and plays nothing
      if (event.key !== "Escape" || sheet.hidden) return;
      turn(false);
      button.focus();
    });
  }
  turn(false);
  return fill;
}

// What a plotly chart shows: a table for each of its heat maps, and one for all curves with the same places.
function tablesOf({ _fullData: all, layout }) {
  const pointed = all.filter(({ hoverinfo }) => hoverinfo !== "skip");
  const title = unmarked(layout.title?.text);
  const [tables, shared] = [[], new Map()];
  for (const trace of pointed.length ? pointed : all) {
    const [x, y] = ["x", "y"].map((name) => axisOf(layout, trace[`${name}axis`] ?? name));
    if (trace.type === "heatmap") {
      tables.push(gridOf(trace, x, y, trace._input.name ?? title));
      continue;
    }
    const [places, values, along, up] = trace.orientation === "h" ? [trace.y, trace.x, y, x] : [trace.x, trace.y, x, y];
    const key = [...places].join();
    if (!shared.has(key)) {
      shared.set(key, { caption: title, head: [along.title || "place"], rows: [...places].map((at) => [along.say(at)]) });
      tables.push(shared.get(key));
    }
    const table = shared.get(key);
    table.head.push(unmarked(trace._input.name) || up.title || "value");
    table.rows.forEach((row, i) => row.push(values[i]));
    if (Array.isArray(trace.text) && trace.mode?.includes("text")) {
      table.head.push("name");
      table.rows.forEach((row, i) => row.push(unmarked(trace.text[i])));
    }
  }
  return tables;
}

// Of a grid whose colours are not its numbers, `meta` has the numbers.
function gridOf({ z: shades, meta, x: columns, y: rows }, x, y, caption) {
  const z = meta?.numbers ?? shades;
  const names = (given, n, axis) => Array.from({ length: n }, (_, i) => axis.say(given?.[i] ?? i));
  const head = [[y.title, x.title].filter(Boolean).join(" \\ "), ...names(columns, z[0]?.length ?? 0, x)];
  const sides = names(rows, z.length, y);
  return { caption: unmarked(caption), head, rows: Array.from(z, (row, i) => [sides[i], ...row]) };
}

// How an axis calls a place. Step n is drawn at n + 1, so that step 0 has a place on a logarithmic one.
function axisOf(layout, name) {
  const { title, tickvals, ticktext, uirevision } = layout[name.replace(/^([xy])/, "$1axis")] ?? {};
  const names = new Map(ticktext ? [...tickvals].map((value, i) => [value, numberIn(unmarked(ticktext[i]))]) : []);
  const first = /\bsteps\b/.test(uirevision) ? 1 : 0;
  const say = (value) => names.get(value) ?? (typeof value === "number" ? value - first : unmarked(value));
  return { title: unmarked(title?.text) || (first ? "step" : ""), say };
}

const numberIn = (text) => (text === "" || Number.isNaN(Number(text)) ? text : Number(text));

// Plotly reads markup in text; in a table it would stand as it is.
function unmarked(text) {
  return new DOMParser().parseFromString(String(text ?? "").replaceAll(/ ?<br>/g, " "), "text/html").body.textContent.trim();
}

function spelled(value) {
  if (typeof value !== "number") return value ?? "";
  if (Number.isNaN(value)) return "";
  return value !== 0 && Math.abs(value) < SMALL ? value.toExponential(2) : NUMBER.format(value);
}

function tableOf({ caption, head, rows }) {
  const add = (tag, parent, text = "") => parent.appendChild(Object.assign(document.createElement(tag), { textContent: text }));
  const table = document.createElement("table");
  const every = Math.ceil(rows.length / MOST_ROWS) || 1;
  add("caption", table, every > 1 ? `${caption}: one row of ${every}` : caption);
  const top = add("tr", add("thead", table));
  head.forEach((text) => { add("th", top, spelled(text)).scope = "col"; });
  const body = add("tbody", table);
  rows.filter((_, i) => (rows.length - 1 - i) % every === 0).forEach(([name, ...values]) => {
    const line = add("tr", body);
    add("th", line, spelled(name)).scope = "row";
    values.forEach((value) => add("td", line, spelled(value)));
  });
  return table;
}

function csv({ head, rows }) {
  const field = (value) => (/[",\n]/.test(value ?? "") ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\n");
}

function saveAs(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  URL.revokeObjectURL(href);
}
