// Decoding the two pictures, and strokes that show on any of them. Follows view.js in one module.

async function decoded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

function pen2d(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return canvas.getContext("2d", { willReadFrequently: true });
}

// The class of every pixel: red holds its low byte, green its high one.
function indices(image) {
  const pen = pen2d(image.naturalWidth, image.naturalHeight);
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.naturalWidth, image.naturalHeight);
  return Uint16Array.from({ length: data.length / 4 }, (_, at) => data[4 * at] + 256 * data[4 * at + 1]);
}

function painted(labels, classes, width, height) {
  const rgb = new Map([...classes].map(([index, { color }]) => [index, parseInt(color.slice(1), 16)]));
  const pen = pen2d(width, height);
  const image = pen.createImageData(width, height);
  labels.forEach((label, at) => {
    const value = rgb.get(label);
    image.data.set([value >> 16, (value >> 8) & 255, value & 255, 255], 4 * at);
  });
  pen.putImageData(image, 0, 0);
  return pen.canvas;
}

// Size a canvas to its column and let its pen draw in the picture's own rows and columns.
function fitted(canvas, top, left, height, width) {
  const room = canvas.parentElement.clientWidth;
  const scale = Math.min(room / width, TALLEST / height);
  const sharp = scale * window.devicePixelRatio;
  canvas.style.width = `${width * scale}px`;
  canvas.width = Math.round(width * sharp);
  canvas.height = Math.round(height * sharp);
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, -left * sharp, -top * sharp);
  return [pen, scale];
}

function grid(pen, height, width, step, scale) {
  pen.beginPath();
  for (let row = step; row < height; row += step) pen.moveTo(0, row), pen.lineTo(width, row);
  for (let col = step; col < width; col += step) pen.moveTo(col, 0), pen.lineTo(col, height);
  stroke(pen, "rgba(255,255,255,0.3)", 0.75 / scale);
}

function hatch(pen, top, left, height, width, scale, ink) {
  const gap = 7 / scale;
  pen.beginPath();
  for (let at = left - height; at < left + width; at += gap) {
    pen.moveTo(at, top + height), pen.lineTo(at + height, top);
  }
  pen.globalAlpha = 0.22;
  stroke(pen, ink, 1 / scale);
  pen.globalAlpha = 1;
}

// A square that shows on light and dark alike: its color on a white band.
function frame(pen, [top, left, size], color, scale, dash = []) {
  pen.beginPath();
  pen.rect(left, top, size, size);
  stroke(pen, "rgba(255,255,255,0.85)", 4 / scale);
  pen.setLineDash(dash.map((length) => length / scale));
  stroke(pen, color, 2 / scale);
  pen.setLineDash([]);
}

function cross(pen, [row, col], scale, alpha) {
  const arm = 7 / scale;
  const [y, x] = [row + 0.5, col + 0.5];
  pen.globalAlpha = alpha;
  pen.beginPath();
  pen.moveTo(x - arm, y), pen.lineTo(x + arm, y);
  pen.moveTo(x, y - arm), pen.lineTo(x, y + arm);
  stroke(pen, "#fff", 4.5 / scale);
  stroke(pen, "#111", 1.75 / scale);
  pen.globalAlpha = 1;
}

function stroke(pen, color, width) {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.stroke();
}

function field([, size, stride, start], [row, col]) {
  return [Math.floor(row / stride) * stride + start, Math.floor(col / stride) * stride + start, size];
}

function number(value) {
  return String(value).replace("-", "−");
}
