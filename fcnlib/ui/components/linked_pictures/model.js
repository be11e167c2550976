// Cells, weights and scores of a pixel. Cell [i, j] is centered on pixel [factor * i, factor * j].

const LAYERS = ["bilinear", "nearest"];

// The cells that a layer uses at a pixel, row by row: {at: [row, column], weight}.
function usedCells(pixel, { factor, cells }, layer) {
  const [rows, cols] = pixel.map((position, axis) => {
    if (layer === "nearest") return [[Math.floor((position + factor / 2) / factor), 1]];
    const before = Math.floor(position / factor);
    const phase = position / factor - before;
    return [[before, 1 - phase], [before + 1, phase]].filter(([cell, weight]) => weight && cell < cells[axis]);
  });
  return rows.flatMap(([row, down]) => cols.map(([col, right]) => ({ at: [row, col], weight: down * right })));
}

// 16-bit integers, little-endian, as multiples of `unit`.
function decodedScores(bytes, unit) {
  return Float64Array.from({ length: bytes.length / 2 }, (_, i) => {
    const value = bytes[2 * i] + 256 * bytes[2 * i + 1];
    return unit * (value < 32768 ? value : value - 65536);
  });
}

// The scores of one cell, in the order of `contenders`.
function cellScores([row, col], scores, { cells, contenders }) {
  const first = (row * cells[1] + col) * contenders.length;
  return Array.from(scores.subarray(first, first + contenders.length));
}

// The first of the highest values, without the one at `except`.
function highest(values, except = -1) {
  return values.reduce((best, value, i) => (i !== except && (best < 0 || value > values[best]) ? i : best), -1);
}

// What a layer makes of a pixel. The class comes from the layer's map, which Python computed.
function explained(pixel, layer, maps, scores, data) {
  const used = usedCells(pixel, data, layer).map((cell) => {
    const all = cellScores(cell.at, scores, data);
    return { ...cell, scores: all, label: data.contenders[highest(all)] };
  });
  const sums = data.contenders.map((_, k) => used.reduce((sum, cell) => sum + cell.weight * cell.scores[k], 0));
  const label = maps[layer][pixel[0] * data.width + pixel[1]];
  const place = data.contenders.indexOf(label);
  const second = highest(sums, place);
  // A photograph can have only one class that is first or second anywhere.
  const best = [place, second].filter((k) => k >= 0);
  const rows = used.map((cell) => ({ ...cell, scores: best.map((k) => cell.scores[k]) }));
  return { label, best: best.map((k) => ({ label: data.contenders[k], score: sums[k] })), cells: rows };
}

function percent(share) {
  const value = 100 * share;
  return `${value && value < 1 ? "< 1" : Math.round(value)}%`;
}

function scoreText(value) {
  return withMinusSign(value.toFixed(2)).replace(/^−0\.00$/, "0.00");
}

const COUNTS = ["no cell", "one cell", "two cells", "three cells", "four cells"];

// One sentence for each: the class and the runner-up, where, and what the other layer says.
function sentences(pixel, layer, found, otherLabel, names) {
  const [first, second] = found.best;
  const rival = second ? `, ahead of ${names.get(second.label)} with ${scoreText(second.score)}` : "";
  const count = COUNTS[found.cells.length];
  const made = layer === "nearest" ? "copied from the nearest cell" : `mixed from ${count}`;
  const other = LAYERS.find((name) => name !== layer);
  return [
    `${names.get(first.label)}: score ${scoreText(first.score)}${rival}.`,
    `Pixel in row ${pixel[0]}, column ${pixel[1]}, ${made}.`,
    ...(otherLabel === found.label ? [] : [`With ${other} it would be ${names.get(otherLabel)}.`]),
  ];
}

// [top, left, size] of the pixels that are nearest to a cell.
function cellSquare([row, col], factor) {
  const margin = (factor - 1) / 2;
  return [row * factor - margin, col * factor - margin, factor];
}

// [top, left] of the first cell of the four around a pixel that the enlarged view shows.
function viewedCells(pixel, { factor, cells }) {
  return pixel.map((position, axis) => clamp(Math.floor(position / factor), 0, Math.max(cells[axis] - 2, 0)));
}
