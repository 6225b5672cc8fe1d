// The keys that act on every page, and the sheet that tells them. A letter alone can be in the way of a screen reader or
// of a voice, so letters can be turned off (WCAG 2.2, criterion 2.1.4), and the browser remembers it.

const PATIENCE = 2000; // milliseconds between G and the letters of a page
const OFF = "makemore-lab-keys-off";
const BUSY = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable=true], "
  + "[role=dialog], [role=combobox], [role=listbox], [role=menu]";
const BUTTONS = { ".": ".st-key-step button", s: ".st-key-stop button" };
const KEYS = [
  ["Space", "play or pause"], [".", "one step"], ["s", "stop"], ["← →", "back and forth in time"],
  ["Home End", "the first step, the present"], ["?", "this sheet"],
];
const sheets = new WeakMap(); // element -> what stands in it

function make(tag, parent, text = "", className = "") {
  return parent.appendChild(Object.assign(document.createElement(tag), { textContent: text, className }));
}

// The first letters of a title that no other one begins with.
function shortest(title, titles) {
  const others = titles.filter((other) => other !== title).map((other) => other.toLowerCase());
  const word = title.toLowerCase();
  const n = [...word].findIndex((_, i) => !others.some((other) => other.startsWith(word.slice(0, i + 1))));
  return n < 0 ? word : word.slice(0, n + 1);
}

function isOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function turnOff(off) {
  try {
    localStorage.setItem(OFF, off ? "yes" : "no");
  } catch {
    // a browser that keeps nothing: they stay on
  }
}

function onKey(s, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || isOff() || event.target.closest?.(BUSY)) return;
  if (document.querySelector("[role=dialog], dialog[open]")) return;
  const letter = event.key.toLowerCase();
  if (event.timeStamp - s.typedAt < PATIENCE && /^[a-z ]$/.test(letter)) {
    event.preventDefault();
    event.stopImmediatePropagation(); // these letters name a page
    s.typed += letter;
    s.typedAt = event.timeStamp;
    const found = s.titles.filter((title) => title.toLowerCase().startsWith(s.typed));
    if (found.length > 1) return;
    s.typedAt = -PATIENCE;
    if (found.length) s.go(found[0]);
    return;
  }
  if (letter === "g") Object.assign(s, { typed: "", typedAt: event.timeStamp });
  if (letter === "?") s.dialog.showModal();
  if (BUTTONS[letter]) document.querySelector(BUTTONS[letter])?.click();
}

function fill(s) {
  s.list.replaceChildren();
  const ways = s.titles.map((title) => [`g ${[...shortest(title, s.titles)].join(" ")}`, title]);
  for (const [keys, words] of [...KEYS, ...ways]) {
    const line = make("div", s.list);
    const names = make("dt", line);
    keys.split(" ").forEach((key) => make("kbd", names, key));
    make("dd", line, words);
  }
}

function mounted(element) {
  const [button, dialog] = ["button", "dialog"].map((tag) => element.querySelector(tag));
  const s = { dialog, typed: "", typedAt: -PATIENCE, titles: [] };
  s.list = make("dl", dialog);
  const label = make("label", dialog);
  const box = Object.assign(make("input", label), { type: "checkbox", checked: !isOff() });
  label.append(" single letters are keys");
  box.onchange = () => turnOff(!box.checked);
  make("button", dialog, "Close").onclick = () => dialog.close();
  button.onclick = () => dialog.showModal();
  element.addEventListener("keydown", (event) => event.stopPropagation()); // it acts here, and plays nothing
  sheets.set(element, s);
  return s;
}

// One ear for the whole document, whoever was mounted last: two would make two steps of one key.
function listen(hear) {
  if (!document.labKeys) document.addEventListener("keydown", (event) => document.labKeys(event), true);
  document.labKeys = hear;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".keys");
  const s = sheets.get(element) ?? mounted(element);
  s.go = (title) => setTriggerValue("page", title);
  listen((event) => onKey(s, event));
  if (s.titles.join() !== data.titles.join()) {
    s.titles = data.titles;
    fill(s);
  }
}
