// The word being typed: one tile for each letter, and one for what comes next. The tiles stay from one refresh to the
// next, so that focus and scrolling survive; the arrow keys go from tile to tile, and move no time.

const CEILING = 2; // the bars' wells are twice a blind guess high
const CURSOR = "▏";
const words = new WeakMap(); // element -> tiles and what to tell

function make(tag, className, parent) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function tile(word, place) {
  const root = make("button", "", word.element);
  root.type = "button";
  root.setAttribute("role", "radio");
  const letter = make("b", "", root);
  const well = make("span", "well", root);
  const parts = { root, letter, bar: make("i", "bar", well), expected: make("i", "expected", well) };
  parts.bits = make("small", "", root);
  root.onclick = () => word.choose(place);
  root.onkeydown = (event) => onKey(word, place, event);
  return parts;
}

function onKey(word, place, event) {
  const last = word.tiles.length - 1;
  const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: last }[event.key];
  if (event.key === " " || event.key === "Enter") event.stopPropagation(); // it chooses, and plays nothing
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const target = Math.max(0, Math.min(to, last));
  word.tiles[target].root.focus();
  word.choose(target);
}

function resize(word, n) {
  while (word.tiles.length > n) word.tiles.pop().root.remove();
  while (word.tiles.length < n) word.tiles.push(tile(word, word.tiles.length));
}

function mark(word) {
  word.tiles.forEach(({ root }, i) => {
    const chosen = i === word.place;
    root.setAttribute("aria-checked", chosen);
    root.tabIndex = chosen ? 0 : -1;
    root.classList.toggle("unseen", i > word.place || i < word.place - word.sight);
    if (chosen && word.scrolledTo !== `${word.place} ${word.tiles.length}`) {
      word.scrolledTo = `${word.place} ${word.tiles.length}`;
      const box = word.element.parentElement;
      if (root.offsetLeft < box.scrollLeft) box.scrollLeft = root.offsetLeft;
      const over = root.offsetLeft + root.offsetWidth - box.scrollLeft - box.clientWidth;
      if (over > 0) box.scrollLeft += over;
    }
  });
}

function show(parts, letter, blind) {
  const isNext = letter.letter === undefined;
  const high = (bits) => `${Math.min(100, (100 * bits) / (CEILING * blind))}%`;
  parts.root.classList.toggle("next", isNext);
  parts.letter.textContent = isNext ? CURSOR : letter.letter;
  parts.letter.classList.toggle("long", !isNext && letter.letter.length > 3);
  parts.bar.style.height = isNext ? 0 : high(letter.bits);
  parts.bar.classList.toggle("much", letter.bits > blind);
  parts.expected.style.bottom = high(letter.expected);
  parts.bits.textContent = isNext ? "next" : letter.bits.toFixed(1);
  const said = isNext ? "what comes next" : `${letter.letter}, ${letter.bits.toFixed(1)} bits`;
  const words = `${said}; expected ${letter.expected.toFixed(1)} bits`;
  parts.root.setAttribute("aria-label", words);
  parts.root.title = words;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".letters");
  let word = words.get(element);
  if (!word) {
    word = { element, tiles: [], line: make("div", "blind", element) };
    make("span", "", word.line);
    words.set(element, word);
  }
  word.choose = (place) => {
    word.place = place;
    mark(word); // at once; the bars follow
    setTriggerValue("place", place);
  };
  Object.assign(word, { place: data.place, sight: data.sight });
  resize(word, data.letters.length + 1);
  [...data.letters, { expected: data.next }].forEach((letter, i) => show(word.tiles[i], letter, data.blind));
  const well = word.tiles[0].root.querySelector(".well");
  word.line.style.top = `${well.offsetTop + well.offsetHeight * (1 - 1 / CEILING)}px`;
  word.line.firstChild.textContent = `a blind guess, ${data.blind.toFixed(2)} bits`;
  mark(word);
}
