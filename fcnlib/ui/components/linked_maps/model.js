// Pixels of maps that have the same size. A pixel is [row, column].

const LARGE_STEP = 10; // pixels that an arrow key with Shift moves

// The pixel under a pointer; `box` is where a map lies on the screen.
function pixelUnder({ clientX, clientY }, box, { height, width }) {
  const row = Math.floor(((clientY - box.top) / box.height) * height);
  const column = Math.floor(((clientX - box.left) / box.width) * width);
  return [clamp(row, 0, height - 1), clamp(column, 0, width - 1)];
}

function pixelBeside([row, column], key, far, { height, width }) {
  const [down, right] = ARROWS[key].map((step) => step * (far ? LARGE_STEP : 1));
  return [clamp(row + down, 0, height - 1), clamp(column + right, 0, width - 1)];
}

// The class index of every pixel, from the RGBA values of a colored map.
function classesOf(rgba, colors) {
  const indices = new Map(colors.map((color, index) => [parseInt(color.slice(1), 16), index]));
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) =>
    indices.get((rgba[4 * i] << 16) + (rgba[4 * i + 1] << 8) + rgba[4 * i + 2]),
  );
}

// What the maps say of a pixel: the truth first, then every answer and whether it is right. A map
// of errors counts as an answer if there is no other.
function sayPixel([row, column], maps, names, width) {
  const at = row * width + column;
  const truth = maps.find(({ kind }) => kind === "truth");
  const answers = maps.filter(({ kind }) => kind === "answer");
  const said = [`Row ${row}, column ${column}`];
  if (truth) said.push(`truth: ${names[truth.classes[at]]}`);
  for (const { title, classes } of answers.length ? answers : maps) {
    if (classes === truth?.classes) continue;
    const right = truth && classes[at] === truth.classes[at] ? "✓" : "✗";
    said.push(`${title}: ${names[classes[at]]} ${right}`);
  }
  return said.join(" · ");
}
