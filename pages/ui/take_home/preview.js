// Shows a card in a frame that reaches nothing of the page, in the page's theme. It is loaded again only when it changed.

const shown = new WeakMap(); // frame -> what it shows

const isDark = (element) => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color");
  return parseInt(canvas.fillStyle.slice(1, 3), 16) < 128;
};

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector("iframe");
  frame.style.height = `${data.height}px`;
  const core = document.querySelector("link[rel=service-desc]").href.split("/agent/")[0]; // ends in /_stcore
  const base = `<head><base href="${core}/bidi-components/${data.folder}/">`;
  const html = `<html lang="en" style="color-scheme: ${isDark(frame) ? "dark" : "light"}">`;
  const page = data.card.replace('<html lang="en">', html).replace("<head>", base);
  if (shown.get(frame) === page) return;
  shown.set(frame, page);
  frame.srcdoc = page;
}
