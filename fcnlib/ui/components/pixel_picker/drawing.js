// Images and lines on a canvas. Widths and gaps are divided by the scale of the canvas, so that
// they are in screen pixels; lines have a white band to be visible on any picture.

function drawCellGrid(pen, height, width, step, scale) {
  const lines = [];
  for (let row = step; row < height; row += step) lines.push([0, row, width, row]);
  for (let col = step; col < width; col += step) lines.push([col, 0, col, height]);
  strokeLines(pen, lines, ["rgba(255,255,255,0.3)", 0.75 / scale]);
}

function drawHatching(pen, top, left, height, width, scale, color) {
  const lines = [];
  for (let x = left - height; x < left + width; x += 7 / scale) lines.push([x, top + height, x + height, top]);
  pen.globalAlpha = 0.22;
  strokeLines(pen, lines, [color, 1 / scale]);
  pen.globalAlpha = 1;
}

function drawFrame(pen, [top, left, size], color, scale, dash = []) {
  pen.beginPath();
  pen.rect(left, top, size, size);
  stroke(pen, "rgba(255,255,255,0.85)", 4 / scale);
  pen.setLineDash(dash.map((length) => length / scale));
  stroke(pen, color, 2 / scale);
  pen.setLineDash([]);
}
