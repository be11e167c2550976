// What is drawn over the pictures, and the enlarged view of the cells around a pixel.

const INK = "#10131a";

// A frame that is visible on any picture: the more a cell weighs, the thicker it is.
function drawWeightedFrame(pen, [top, left, size], weight, scale) {
  pen.beginPath();
  pen.rect(left, top, size, size);
  stroke(pen, "#fff", (2.5 + 2.5 * weight) / scale);
  stroke(pen, INK, (0.75 + 2 * weight) / scale);
}

function drawCellLines(pen, { height, width, factor }, scale, color) {
  const lines = [];
  const first = (factor + 1) / 2;
  for (let row = first; row < height; row += factor) lines.push([0, row, width, row]);
  for (let col = first; col < width; col += factor) lines.push([col, 0, col, height]);
  strokeLines(pen, lines, [color, 1 / scale]);
}

// A cell's center in its color, joined to the pixel by a line that is thicker for a larger weight.
function drawCellCenter(pen, [row, col], color, weight, pixel, scale) {
  const [y, x] = [row + 0.5, col + 0.5];
  if (weight) {
    const line = [[x, y, pixel[1] + 0.5, pixel[0] + 0.5]];
    strokeLines(pen, line, ["#fff", (3 + 8 * weight) / scale], [INK, (1 + 8 * weight) / scale]);
  }
  pen.beginPath();
  pen.arc(x, y, (weight ? 9 : 5) / scale, 0, 2 * Math.PI);
  pen.fillStyle = color;
  pen.fill();
  stroke(pen, "#fff", 4 / scale);
  stroke(pen, INK, 1.5 / scale);
}

function drawLabel(pen, [row, col], text, above, scale) {
  pen.font = `600 ${12 / scale}px ${pen.labelFont}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const [y, x] = [row + 0.5 + ((above ? -1 : 1) * 20) / scale, col + 0.5];
  const width = pen.measureText(text).width + 8 / scale;
  pen.fillStyle = "rgba(16,19,26,0.85)";
  pen.fillRect(x - width / 2, y - 8 / scale, width, 16 / scale);
  pen.fillStyle = "#fff";
  pen.fillText(text, x, y + 0.5 / scale);
}
