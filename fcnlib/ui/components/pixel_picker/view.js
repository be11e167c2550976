// A class map over its picture. It names the pixel under the pointer and shows its receptive
// fields. Python sends both images once; after that only the pinned pixel goes back to Python.

const MAX_HEIGHT = 380; // px
const MIN_GRID_CELL = 9; // px: a finer grid would hide the picture
const LARGE_STEP = 10; // pixels that an arrow key with Shift moves
const DASHES = [[], [7, 4], [2, 3]]; // one for each layer, the deepest first
const pickerOf = oncePerRoot((root) => new Picker(root));

export default function ({ data, parentElement, setStateValue }) {
  const picker = pickerOf(parentElement.querySelector(".picker"));
  picker.show(data, (pin) => setStateValue("pin", pin));
}

class Picker {
  constructor(root) {
    this.root = root;
    for (const name of ["map", "fields", "here", "seen"]) this[name] = root.querySelector(`.${name}`);
    this.opacity = root.querySelector("input");
    this.details = root.querySelector("details");
    const pixelOf = (event) => pixelAt(event, this.map.getBoundingClientRect(), this.data);
    this.map.addEventListener("pointermove", (event) => this.point(pixelOf(event)));
    this.map.addEventListener("pointerleave", () => this.point(null));
    this.map.addEventListener("click", (event) => this.setPin(pixelOf(event)));
    this.map.addEventListener("keydown", (event) => this.press(event));
    this.opacity.addEventListener("input", () => this.draw());
    this.details.addEventListener("toggle", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(root);
  }

  async show(data, send) {
    this.send = send;
    if (this.data?.digest === data.digest) return this.draw(); // the theme may have changed
    this.data = data;
    const [picture, labels] = await Promise.all([loadImage(data.picture), loadImage(data.labels)]);
    if (this.data !== data) return; // another map arrived while these images were decoded
    this.picture = picture;
    this.classes = new Map(data.classes.map(([index, name, color]) => [index, { name, color }]));
    this.labels = classIndices(pixelValues(labels));
    this.colored = canvasOf(labelColors(this.labels, this.classes), data.width, data.height);
    this.pointed = null;
    this.draw();
  }

  // Python also returns to the start while the chosen pixel lies outside the picture.
  get pin() {
    return this.chosen && insideMap(this.chosen, this.data) ? this.chosen : this.data.start;
  }

  point(pixel) {
    this.pointed = pixel;
    this.draw();
  }

  setPin(pixel) {
    this.chosen = pixel;
    this.point(null);
    this.send(pixel);
  }

  press(event) {
    const pixel = this.pointed ?? this.pin;
    const step = ARROWS[event.key];
    if (step) {
      const length = event.shiftKey ? LARGE_STEP : 1;
      this.point(clampedPixel(pixel.map((position, axis) => position + length * step[axis]), this.data));
    } else if (event.key === "Enter" || event.key === " ") this.setPin(pixel);
    else if (event.key === "Escape") this.point(null);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrow keys also turn the pages of teacher's mode
  }

  draw() {
    if (!this.labels) return;
    const pixel = this.pointed ?? this.pin;
    this.drawMap(pixel);
    if (this.details.open) this.drawFields(pixel);
    this.describe(pixel);
  }

  drawMap(pixel) {
    const { height, width, factor, colors } = this.data;
    const [pen, scale] = fitCanvas(this.map, MAX_HEIGHT, 0, 0, height, width);
    pen.drawImage(this.picture, 0, 0, width, height);
    pen.globalAlpha = this.opacity.value / 10;
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.colored, 0, 0);
    pen.globalAlpha = 1;
    if (factor * scale >= MIN_GRID_CELL) drawCellGrid(pen, height, width, factor, scale);
    const [rows, cols] = surroundingCells(pixel, this.data);
    for (const row of rows) {
      for (const col of cols) drawFrame(pen, [row * factor, col * factor, factor], colors.cell, scale);
    }
    drawCross(pen, this.pin, scale, this.pointed ? 0.45 : 1);
    if (this.pointed) drawCross(pen, this.pointed, scale);
  }

  drawFields(pixel) {
    const { height, width, receptive_fields: fields, colors } = this.data;
    const start = fields[0][3];
    const extent = fieldsExtent(fields[0], this.data);
    const [pen, scale] = fitCanvas(this.fields, MAX_HEIGHT, start, start, ...extent);
    drawHatching(pen, start, start, ...extent, scale, getComputedStyle(this.root).color);
    const squares = fields.map((field) => receptiveField(field, pixel));
    const [top, left, side] = squares[0];
    // The part of the field outside the picture is tinted; the picture outside the field is faint.
    pen.clearRect(left, top, side, side);
    pen.fillStyle = colors.field;
    pen.globalAlpha = 0.3;
    pen.fillRect(left, top, side, side);
    pen.clearRect(0, 0, width, height);
    pen.drawImage(this.picture, 0, 0, width, height);
    pen.globalAlpha = 1;
    pen.save();
    pen.beginPath();
    pen.rect(left, top, side, side);
    pen.clip();
    pen.drawImage(this.picture, 0, 0, width, height);
    pen.restore();
    squares.forEach((square, depth) => drawFrame(pen, square, colors.field, scale, DASHES[depth]));
    drawCross(pen, pixel, scale);
  }

  describe(pixel) {
    const { name, color } = this.classes.get(this.labels[pixel[0] * this.data.width + pixel[1]]);
    const swatch = element("span", { class: "swatch", style: `background: ${color}` });
    this.here.replaceChildren(swatch, describePixel(pixel, name, !this.pointed, this.data));
    const fields = this.data.receptive_fields.map((field) => describeField(field, pixel));
    this.seen.replaceChildren(...fields.map((text) => element("li", {}, text)));
  }
}
