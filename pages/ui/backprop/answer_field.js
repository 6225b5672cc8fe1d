// A line to type. Enter hands the answer in; names that are clicked elsewhere are put in at the cursor. What is being
// typed stays through a refresh; only another problem, or an answer that the page set, takes its place.

const fields = new WeakMap(); // element -> what stands in it

function put(input, { text, back }) {
  const [start, end] = [input.selectionStart ?? input.value.length, input.selectionEnd ?? input.value.length];
  input.focus();
  input.setRangeText(text, start, end, "end");
  const at = input.selectionStart - back;
  input.setSelectionRange(at, at);
}

function mounted(element) {
  const find = (tag) => element.querySelector(tag);
  const field = { name: find("label code"), input: find("input"), caret: find("pre") };
  field.input.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Enter") field.hand();
  };
  field.listener = (event) => put(field.input, event.detail);
  document.addEventListener("put-in", field.listener);
  fields.set(element, field);
  return field;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".answer-field");
  const field = fields.get(element) ?? mounted(element);
  field.hand = () => setTriggerValue("answer", field.input.value);
  field.name.textContent = `${data.name} =`;
  field.input.setAttribute("aria-label", `Your expression for ${data.name}`);
  const told = JSON.stringify([data.name, data.text]);
  if (field.told !== told) {
    field.input.value = data.text;
    field.told = told;
  }
  field.caret.textContent = data.picture;
  return () => {
    if (!element.isConnected) document.removeEventListener("put-in", field.listener);
  };
}
