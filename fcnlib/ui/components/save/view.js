// Copies the page's address, and saves the figures that the page shows as PNG, SVG or CSV.

const SVG = "http://www.w3.org/2000/svg";
const SCALE = 2; // pixels of a PNG per pixel of the page
const LATER = 1000; // ms
const INHERITED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "font-weight", "text-anchor", "visibility"];

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".save");
  root.dataset.picture = data?.about ?? "";
  const [link, toggle] = root.querySelectorAll("button");
  const status = root.querySelector("p");
  const list = root.querySelector("ul");
  link.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = "Copied. The link opens this page with its present settings.";
    } catch {
      // Browsers refuse this without HTTPS.
      status.textContent = `Your browser does not let a page copy. Copy this: ${location.href}`;
    }
  };
  root.onkeydown = (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation(); // it would also end teacher's mode
    toggle.click();
    toggle.focus();
  };
  toggle.onclick = () => {
    list.hidden = !list.hidden;
    toggle.ariaExpanded = String(!list.hidden);
    status.textContent = "";
    clearInterval(root.watching);
    if (list.hidden) return;
    follow(list, status);
    // Figures come, go and are replaced while the page works.
    root.watching = setInterval(() => (root.isConnected ? follow(list, status) : clearInterval(root.watching)), LATER);
  };
}

// Bring the list up to date if the page shows other figures than before.
function follow(list, status) {
  const found = figures();
  const same = list.figures?.length === found.length && found.every(({ node, title }, at) => {
    const before = list.figures[at];
    return before.node === node && before.title === title;
  });
  if (same) return;
  list.figures = found;
  list.replaceChildren(...found.map(item));
  status.textContent = found.length ? "" : "This page shows no figures yet.";
}

function item({ title, otherwise, node, ...saved }) {
  const buttons = Object.entries(saved).map(([kind, content]) => {
    const button = element("button", { type: "button", "aria-label": `${kind}: ${title}` }, kind);
    button.onclick = async () => {
      const name = fileName(title, otherwise, button.closest(".save").dataset.picture);
      download(await content(), `${name}.${kind.toLowerCase()}`);
    };
    return button;
  });
  return element("li", {}, element("span", {}, title), element("div", { class: "buttons" }, ...buttons));
}

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// All figures that can be seen, in the order of the page: plotly's, and those of our components.
function figures() {
  const seen = [...document.querySelectorAll("[data-testid=stMain] *")].flatMap((node) => {
    if (node.matches(".js-plotly-plot")) return node._fullLayout ? [plot(node)] : [];
    const drawn = node.shadowRoot?.querySelectorAll("svg.plot, canvas[role=img]") ?? [];
    return [...drawn].map((one) => ({ node: one, ...drawing(one) }));
  });
  return seen.filter(({ node }) => node.checkVisibility());
}

function plot(node) {
  const key = [...(node.closest('[class*="st-key-"]')?.classList ?? [])].find((one) => one.startsWith("st-key-"));
  const title = node.querySelector(".gtitle")?.textContent || key?.slice(7).replaceAll("_", " ") || "Figure";
  const { width, height } = node._fullLayout;
  const svg = () => picture(width, height, [...node.querySelectorAll(".main-svg")].map(copied));
  const lines = table(node._fullData.filter((trace) => trace.visible === true));
  return { node, title, otherwise: "figure", ...saved(svg, width, height), ...(lines.length && { CSV: () => blob(csv(lines), "text/csv") }) };
}

function drawing(node) {
  const title = node.ariaLabel?.split(". ")[0] || "Picture"; // the rest says how to use it
  const otherwise = "picture";
  if (node instanceof HTMLCanvasElement) return { title, otherwise, PNG: () => new Promise((done) => node.toBlob(done)) };
  const { width, height } = node.getBoundingClientRect();
  return { title, otherwise, ...saved(() => picture(width, height, [copied(node)]), width, height) };
}

function saved(svg, width, height) {
  return { PNG: () => png(svg(), width, height), SVG: () => blob(svg(), "image/svg+xml") };
}

function blob(text, type) {
  return new Blob([text], { type: `${type};charset=utf-8` });
}

// One SVG of several that lie above each other, on the page's background.
function picture(width, height, layers) {
  const svg = setAttributes(document.createElementNS(SVG, "svg"), { width, height, viewBox: `0 0 ${width} ${height}` });
  const fill = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  svg.append(setAttributes(document.createElementNS(SVG, "rect"), { width, height, fill }), ...layers);
  return new XMLSerializer().serializeToString(svg);
}

// A copy that looks the same without the page's style sheets and fonts.
function copied(node) {
  const copy = node.cloneNode(true);
  const originals = [node, ...node.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((one, at) => {
    const style = getComputedStyle(originals[at]);
    for (const name of INHERITED) one.style.setProperty(name, style.getPropertyValue(name));
    // Another font has other widths, so each line is told how wide it is.
    if (one.matches("text:not(:has(.line)), .line")) setAttributes(one, { textLength: originals[at].getComputedTextLength(), lengthAdjust: "spacingAndGlyphs" });
  });
  return copy;
}

async function png(svg, width, height) {
  const url = URL.createObjectURL(blob(svg, "image/svg+xml"));
  const image = await loadImage(url);
  URL.revokeObjectURL(url);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done));
}
