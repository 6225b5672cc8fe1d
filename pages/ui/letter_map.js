// letter_map.js of the core as a component: it stays from one refresh to the next, and reads its data when they change.

const maps = new WeakMap(); // element -> the map in it, and the data that it was given

// Where each letter stands now.
function placesOn({ data, now }) {
  const rows = data.labels.map((label, i) => [label, now?.[2 * i], now?.[2 * i + 1]]);
  return { caption: data.title, head: ["", "across", "up"], rows };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".letter-map");
  let map = maps.get(element);
  if (!map) {
    map = letterMap(element, setTriggerValue);
    element.letterMap = map;
    maps.set(element, map);
  }
  map.tell = setTriggerValue;
  if (map.json !== data.map) [map.json, map.parsed] = [data.map, JSON.parse(data.map)];
  element.style.height = `${data.height}px`;
  map.show(map.parsed, data.chosen);
  map.freshen ??= numbersBehind(map.canvas, () => [placesOn(map)]);
  map.freshen();
  return () => {
    if (!element.isConnected) map.end();
  };
}
