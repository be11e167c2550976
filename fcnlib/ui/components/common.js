// What all components share. A component is one module: this file, then the files of its folder
// in alphabetical order. Files named model.js compute without the DOM, so that they can be tested.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Streamlit calls a component on every rerun: each root element keeps one view and its state.
function oncePerRoot(create) {
  const views = new WeakMap();
  return (root) => {
    if (!views.has(root)) views.set(root, create(root));
    return views.get(root);
  };
}

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function element(tag, attributes = {}, ...children) {
  const node = setAttributes(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

// Make colors available to the style sheet as --input, --kernel, ...
function setColors(root, colors) {
  for (const [name, color] of Object.entries(colors)) root.style.setProperty(`--${name}`, color);
}

// The nearest cell in the direction of an arrow key; `at` is a cell's [row, column].
function neighbor(cells, from, key) {
  const [down, right] = ARROWS[key];
  let nearest = null;
  let shortest = Infinity;
  for (const cell of cells) {
    const [rows, columns] = cell.at.map((place, axis) => place - from.at[axis]);
    const along = rows * down + columns * right;
    const across = Math.abs(rows * right) + Math.abs(columns * down);
    // Left and right stay in their row; up and down reach a shifted cell if none is straight ahead.
    if (along <= 0 || (right && across)) continue;
    const distance = along + across / 10;
    if (distance < shortest) [nearest, shortest] = [cell, distance];
  }
  return nearest;
}

// Roving focus: only one of these cells can be reached with the Tab key.
function setTabStop(cells, stop) {
  for (const cell of cells) cell.tabIndex = cell === stop ? 0 : -1;
}

function moveFocus(cells, from, key, reachable = cells) {
  const target = neighbor(reachable, from, key);
  if (!target) return;
  setTabStop(cells, target);
  target.focus();
}

function range(count, make) {
  return Array.from({ length: count }, (_, index) => make(index));
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

function withMinusSign(value) {
  return String(value).replace("-", "−");
}
