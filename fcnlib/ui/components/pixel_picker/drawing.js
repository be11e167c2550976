// Images and lines on a canvas. Widths and gaps are divided by the scale of the canvas, so that
// they are in screen pixels; lines have a white band to be visible on any picture.

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

// Fit a canvas into its column; return a pen that draws in rows and columns of the picture.
function fitCanvas(canvas, top, left, height, width) {
  const scale = Math.min(canvas.parentElement.clientWidth / width, MAX_HEIGHT / height);
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

function drawCross(pen, [row, col], scale, alpha = 1) {
  const arm = 7 / scale;
  const [y, x] = [row + 0.5, col + 0.5];
  pen.globalAlpha = alpha;
  strokeLines(pen, [[x - arm, y, x + arm, y], [x, y - arm, x, y + arm]], ["#fff", 4.5 / scale], ["#111", 1.75 / scale]);
  pen.globalAlpha = 1;
}
