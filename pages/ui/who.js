// The browser's own key, made once and kept here with the name that was said. It is the only proof of who one is, so it
// goes to the server of this very address alone, and into no link. A teacher's link brings the teacher's key behind its
// #, which no browser sends to a server; it is taken out of the address at once.

const SECRET = "makemore-lab-key", NAME = "makemore-lab-name";
const forThisTab = new Map(); // where a browser keeps nothing

function recall(word) {
  try {
    return localStorage.getItem(word);
  } catch {
    return forThisTab.get(word);
  }
}

function keep(word, value) {
  try {
    localStorage.setItem(word, value);
  } catch {
    forThisTab.set(word, value);
  }
}

function secret() {
  const known = recall(SECRET);
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  keep(SECRET, Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  return recall(SECRET);
}

function teachersKey() {
  const found = /^#teacher=(.+)$/.exec(location.hash);
  if (!found) return "";
  history.replaceState(history.state, "", location.pathname + location.search);
  return decodeURIComponent(found[1]);
}

export default function ({ data, setTriggerValue }) {
  if (data.name) keep(NAME, data.name);
  const teacher = teachersKey();
  if (!data.known || teacher) setTriggerValue("told", { secret: secret(), name: recall(NAME) ?? "", teacher });
}
