// Cells in grids: how they are made, and how the arrow keys walk over them.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function put(cell, row, column, rows = 1, columns = 1) {
  cell.style.gridArea = `${row} / ${column} / span ${rows} / span ${columns}`;
  cell.at = [row, column];
  return cell;
}

// `role` gives the color, `shade` in [0, 1] its strength; `name` is what the links call it.
function cell(name, role, text, label, shade = 0) {
  const made = element("div", { role: "gridcell", tabindex: -1, class: "cell", "data-role": role });
  rename(made, name, text, label, shade);
  return made;
}

function rename(made, name, text, label, shade = 0) {
  if (name) made.dataset.cell = name;
  else delete made.dataset.cell;
  made.setAttribute("aria-label", label);
  made.style.setProperty("--shade", shade);
  write(made, text);
}

function write(made, text) {
  if (made.textContent !== text) made.textContent = text;
  made.classList.toggle("long", text.length > 3);
}

// What an output holds so far; nothing at all before its step.
function fill(made, sum) {
  made.toggleAttribute("data-bare", !sum);
  made.style.setProperty("--shade", sum ? sum.shade : 0);
  write(made, sum ? sum.text : "");
}

function mark(role, text) {
  return element("span", { class: "mark", "aria-hidden": "true" }, named(role, text));
}

function blank(className) {
  return element("span", { class: `cell ${className}`, "aria-hidden": "true" });
}

// One cell of a role that the data describes: "input", "kernel" or "output".
function valueCell(data, role, place) {
  const { short, labels, shade } = data[role];
  return cell(`${role}:${place}`, role, short[place], labels[place], shade[place]);
}

function termCell(data, term) {
  const { short, says, shade } = data.terms;
  return cell(`term:${term}`, "term", short[term], says[term], shade[term]);
}

function zeroCell(data, place) {
  const border = data.spread.inputs[place] === BORDER;
  const made = cell(`zero:${place}`, "zero", "0", border ? "zero at the border" : "inserted zero");
  made.classList.toggle("border", border);
  return made;
}

// `cells` lie where `put` has put them; those of one line make up a row for screen readers.
function grid(label, cells, decoration = []) {
  const rows = new Map();
  for (const made of cells) {
    if (!rows.has(made.at[0])) rows.set(made.at[0], element("div", { role: "row" }));
    rows.get(made.at[0]).append(made);
  }
  const sorted = [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
  const made = element("div", { role: "grid", "aria-label": label, class: "grid" }, ...decoration, ...sorted);
  if (cells.length) cells[0].tabIndex = 0;
  return made;
}

// A whole array as a grid, with its letter above it; `order` tells which place stands where.
function arrayGrid(label, shape, makeCell, decoration = []) {
  const cells = [];
  for (let place = 0; place < shape[0] * shape[1]; place++) {
    const [row, column] = unravel(place, shape);
    const made = makeCell(place);
    if (made.classList.contains("cut")) decoration.push(put(made, row + 1, column + 1));
    else cells.push(put(made, row + 1, column + 1));
  }
  return grid(label, cells, decoration);
}

function figure(caption, ...content) {
  return element("div", { class: "figure" }, element("div", { class: "caption", "aria-hidden": "true" }, ...caption), ...content);
}

function named(role, text) {
  return element("b", { "data-role": role }, text);
}

const ARROWS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

// The nearest cell of the same grid in the direction of an arrow key.
function neighbor(from, key) {
  const [down, right] = ARROWS[key];
  let best = null;
  let least = Infinity;
  for (const other of from.closest("[role=grid]").querySelectorAll("[role=gridcell][data-cell]")) {
    const along = (other.at[0] - from.at[0]) * down + (other.at[1] - from.at[1]) * right;
    const aside = Math.abs((other.at[0] - from.at[0]) * right) + Math.abs((other.at[1] - from.at[1]) * down);
    if (along <= 0 || (right && aside)) continue;
    const far = along + aside / 10;
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

function rove(to) {
  for (const other of to.closest("[role=grid]").querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}
