// What may be used in an answer: a click puts it into the line above, at the cursor.

const lists = new WeakMap(); // element -> the names that stand in it

function make(tag, parent, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}

function chip(row, { text, note, back }) {
  const root = make("button", row, "");
  root.type = "button";
  make("code", root, text.trim());
  make("small", root, note);
  root.setAttribute("aria-label", `Put in ${text.trim()} ${note}`.trim());
  root.onclick = () => document.dispatchEvent(new CustomEvent("put-in", { detail: { text, back } }));
  root.onkeydown = (event) => event.stopPropagation(); // space presses it, and plays nothing
}

export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".answer-names");
  const names = JSON.stringify(data.groups);
  if (lists.get(element) === names) return;
  lists.set(element, names);
  element.replaceChildren();
  for (const { title, chips } of data.groups.filter(({ chips }) => chips.length)) {
    make("small", element, title);
    const row = make("div", element, "");
    chips.forEach((one) => chip(row, one));
  }
}
