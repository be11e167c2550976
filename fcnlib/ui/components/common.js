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

// Pictures and label maps on a canvas. A pixel is [row, column].

async function loadImage(url) {
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  return image;
}

function newCanvas(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return canvas.getContext("2d", { willReadFrequently: true });
}

function pixelValues(image) {
  const pen = newCanvas(image.naturalWidth, image.naturalHeight);
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, image.naturalWidth, image.naturalHeight).data;
}

function canvasOf(rgba, width, height) {
  const pen = newCanvas(width, height);
  pen.putImageData(new ImageData(rgba, width, height), 0, 0);
  return pen.canvas;
}

// Fit a canvas into its column, at most `highest` px high. Return a pen that draws in rows and
// columns of the picture, and the scale.
function fitCanvas(canvas, highest, top, left, height, width) {
  const scale = Math.min(canvas.parentElement.clientWidth / width, highest / height);
  const density = scale * window.devicePixelRatio;
  canvas.style.width = `${width * scale}px`;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const pen = canvas.getContext("2d");
  pen.setTransform(density, 0, 0, density, -left * density, -top * density);
  return [pen, scale];
}

function strokeLines(pen, lines, ...strokes) {
  pen.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
  }
  for (const [color, width] of strokes) stroke(pen, color, width);
}

function stroke(pen, color, width) {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.stroke();
}

function drawCross(pen, [row, col], scale, alpha = 1) {
  const arm = 7 / scale;
  const [y, x] = [row + 0.5, col + 0.5];
  pen.globalAlpha = alpha;
  strokeLines(pen, [[x - arm, y, x + arm, y], [x, y - arm, x, y + arm]], ["#fff", 4.5 / scale], ["#111", 1.75 / scale]);
  pen.globalAlpha = 1;
}

// The label image holds each class index in two bytes: red is the low byte, green the high byte.
function classIndices(rgba) {
  return Uint16Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i] + 256 * rgba[4 * i + 1]);
}

// Opaque RGBA values of a label map; `classes` maps an index to its name and "#rrggbb".
function labelColors(labels, classes) {
  const colors = new Map([...classes].map(([index, { color }]) => [index, parseInt(color.slice(1), 16)]));
  const rgba = new Uint8ClampedArray(4 * labels.length);
  labels.forEach((label, i) => {
    const color = colors.get(label);
    rgba.set([color >> 16, (color >> 8) & 255, color & 255, 255], 4 * i);
  });
  return rgba;
}

function clampedPixel([row, col], { height, width }) {
  return [clamp(row, 0, height - 1), clamp(col, 0, width - 1)];
}

// The pixel under a pointer; `box` is where the map lies on the screen.
function pixelAt({ clientX, clientY }, box, data) {
  const row = Math.floor(((clientY - box.top) / box.height) * data.height);
  const col = Math.floor(((clientX - box.left) / box.width) * data.width);
  return clampedPixel([row, col], data);
}
