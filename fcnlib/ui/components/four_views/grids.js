// Cells, and grids of cells that screen readers and arrow keys can walk through.

function put(node, row, column, rows = 1, columns = 1) {
  node.style.gridArea = `${row} / ${column} / span ${rows} / span ${columns}`;
  return Object.assign(node, { at: [row, column] });
}

// `role` selects the color, `shade` in [0, 1] its strength; `name` is the cell's name in Links.
function cell(role, name = "", text = "", label = "", shade = 0) {
  const node = element("div", { role: "gridcell", tabindex: -1, class: "cell", "data-role": role });
  return rename(node, name, text, label, shade);
}

function rename(node, name, text, label, shade = 0) {
  if (name) node.dataset.cell = name;
  else delete node.dataset.cell;
  node.setAttribute("aria-label", label);
  return write(node, text, shade);
}

function write(node, text, shade) {
  node.style.setProperty("--shade", shade);
  if (node.textContent !== text) node.textContent = text;
  node.classList.toggle("long", text.length > 3);
  return node;
}

// Show the sums that the outputs hold so far; an output without one is empty.
function showSums(cells, sums) {
  cells.forEach((node, output) => showSum(node, sums[output]));
}

function showSum(node, sum) {
  node.toggleAttribute("data-empty", !sum);
  write(node, sum ? sum.text : "", sum ? sum.shade : 0);
}

function showTerm(node, data, term) {
  const { short, says, shade } = data.terms;
  return rename(node, `term:${term}`, short[term], says[term], shade[term]);
}

function cutCell() {
  return element("span", { class: "cell cut", "aria-hidden": "true" });
}

// A cell of a role that the data describes: "input", "kernel" or "output".
function valueCell(data, role, index) {
  const { short, labels, shade } = data[role];
  return cell(role, `${role}:${index}`, short[index], labels[index], shade[index]);
}

function valueCells(data, role) {
  return data[role].names.map((_, index) => valueCell(data, role, index));
}

// `cells` lie where `put` has placed them; screen readers read them row by row.
function grid(label, cells, decoration = []) {
  const rows = [];
  for (const node of cells) (rows[node.at[0]] ??= element("div", { role: "row" })).append(node);
  if (cells.length) cells[0].tabIndex = 0;
  const attributes = { role: "grid", "aria-label": label, class: "grid" };
  return element("div", attributes, ...decoration, ...rows.filter(Boolean));
}

// An array as a grid. Cells that the padding cuts off are decoration: nobody can select them.
function arrayGrid(label, shape, cells) {
  cells.forEach((node, index) => {
    const [row, column] = unravel(index, shape);
    put(node, row + 1, column + 1);
  });
  const isCut = (node) => node.classList.contains("cut");
  return grid(label, cells.filter((node) => !isCut(node)), cells.filter(isCut));
}

function figure(caption, ...content) {
  return element("div", { class: "figure" }, element("div", { class: "caption", "aria-hidden": "true" }, ...caption), ...content);
}

// Text in the color of a role.
function named(role, text) {
  return element("b", { "data-role": role }, text);
}
