// Label maps as arrays of bytes, row by row, and what a tool changes in them. A pixel is
// [row, column]; `size` has a height and a width.

const VOID = 255; // the label of pixels that have no class

function paintDisc(labels, { height, width }, [row, col], radius, label) {
  const reach = Math.floor(radius);
  for (let r = Math.max(row - reach, 0); r <= Math.min(row + reach, height - 1); r++) {
    const half = Math.floor(Math.sqrt(radius * radius - (r - row) * (r - row)));
    const [first, last] = [Math.max(col - half, 0), Math.min(col + half, width - 1)];
    if (first <= last) labels.fill(label, r * width + first, r * width + last + 1);
  }
}

// Discs so close that they leave no gap, because a pointer skips pixels.
function paintLine(labels, size, from, to, radius, label) {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
  for (let i = 0; i <= steps; i++) {
    const at = [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * i) / steps));
    paintDisc(labels, size, at, radius, label);
  }
}

// Give the area around a pixel, as far as it has the same label, another label.
function fillArea(labels, { height, width }, [row, col], label) {
  const old = labels[row * width + col];
  if (old === label) return;
  const waiting = [row * width + col];
  while (waiting.length) {
    const at = waiting.pop();
    if (labels[at] !== old) continue;
    const start = at - (at % width);
    let [left, right] = [at, at];
    while (left > start && labels[left - 1] === old) left--;
    while (right < start + width - 1 && labels[right + 1] === old) right++;
    labels.fill(label, left, right + 1);
    for (const shift of [-width, width]) {
      for (let i = left + shift; i <= right + shift; i++) {
        // Only the first of several neighbors that have the old label: the others follow from it.
        if (labels[i] === old && (i === left + shift || labels[i - 1] !== old)) waiting.push(i);
      }
    }
  }
}

// [label, count, label, count, ...] from the first pixel to the last.
function runsOf(labels) {
  const runs = [];
  let start = 0;
  for (let i = 1; i <= labels.length; i++) {
    if (i < labels.length && labels[i] === labels[start]) continue;
    runs.push(labels[start], i - start);
    start = i;
  }
  return runs;
}

// RGBA values of a label map, transparent where there is no class. `colors` are "#rrggbb".
function tint(labels, colors) {
  const table = new Uint8ClampedArray(4 * 256);
  colors.forEach((color, label) => {
    const rgb = parseInt(color.slice(1), 16);
    table.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, 255], 4 * label);
  });
  const rgba = new Uint8ClampedArray(4 * labels.length);
  const [from, to] = [new Uint32Array(table.buffer), new Uint32Array(rgba.buffer)];
  for (let i = 0; i < labels.length; i++) to[i] = from[labels[i]];
  return rgba;
}
