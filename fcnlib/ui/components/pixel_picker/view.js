// A class map over its picture that names the pixel under the pointer, and what the network saw.
// Python sends both pictures once; after that only a pinned pixel travels, as [row, column].

const TALLEST = 460; // px
const FINE_GRID = 9; // px: a grid of smaller cells would hide the picture
const LEAP = 10; // pixels that an arrow key with Shift moves
const DASHES = [[], [7, 4], [2, 3]]; // one for each layer, the deepest first
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// By root element, so that a rerun finds what the visitor had pinned.
const pickers = new WeakMap();

export default function (component) {
  const root = component.parentElement.querySelector(".picker");
  if (!pickers.has(root)) pickers.set(root, new Picker(root));
  pickers.get(root).show(component.data, (pin) => component.setStateValue("pin", pin));
}

class Picker {
  constructor(root) {
    this.root = root;
    for (const name of ["map", "fields", "here", "seen"]) this[name] = root.querySelector(`.${name}`);
    this.opacity = root.querySelector("input");
    this.map.addEventListener("pointermove", (event) => this.point(this.under(event)));
    this.map.addEventListener("pointerleave", () => this.point(null));
    this.map.addEventListener("click", (event) => this.settle(this.under(event)));
    this.map.addEventListener("keydown", (event) => this.key(event));
    this.opacity.addEventListener("input", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(root);
  }

  async show(data, send) {
    this.send = send;
    if (this.data?.digest === data.digest) return this.draw(); // the theme may be another
    const sent = (this.data = data);
    const [picture, labels] = await Promise.all([decoded(data.picture), decoded(data.labels)]);
    if (this.data !== sent) return;
    this.picture = picture;
    this.classes = new Map(data.classes.map(([index, name, color]) => [index, { name, color }]));
    this.labels = indices(labels);
    this.painted = painted(this.labels, this.classes, data.width, data.height);
    this.pointed = null;
    if (!this.pin || !this.inside(this.pin)) this.pin = data.start;
    this.draw();
  }

  inside([row, col]) {
    return row >= 0 && col >= 0 && row < this.data.height && col < this.data.width;
  }

  under(event) {
    const box = this.map.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * this.data.height);
    const col = Math.floor(((event.clientX - box.left) / box.width) * this.data.width);
    return this.clamped([row, col]);
  }

  clamped([row, col]) {
    const { height, width } = this.data;
    return [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(col, 0), width - 1)];
  }

  point(pixel) {
    this.pointed = pixel;
    this.draw();
  }

  settle(pixel) {
    this.pin = pixel;
    this.pointed = null;
    this.draw();
    this.send(pixel);
  }

  key(event) {
    const at = this.pointed ?? this.pin;
    if (event.key in STEPS) {
      const length = event.shiftKey ? LEAP : 1;
      this.point(this.clamped(at.map((place, axis) => place + length * STEPS[event.key][axis])));
    } else if (event.key === "Enter" || event.key === " ") this.settle(at);
    else if (event.key === "Escape") this.point(null);
    else return;
    event.preventDefault();
  }

  draw() {
    if (!this.labels) return;
    const pixel = this.pointed ?? this.pin;
    const style = getComputedStyle(this.root);
    this.drawMap(pixel);
    this.drawFields(pixel, style.color);
    this.tell(pixel);
  }

  drawMap(pixel) {
    const { height, width, factor, colors } = this.data;
    const [pen, scale] = fitted(this.map, 0, 0, height, width);
    pen.drawImage(this.picture, 0, 0, width, height);
    pen.globalAlpha = this.opacity.value / 10;
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.painted, 0, 0);
    pen.globalAlpha = 1;
    if (factor * scale >= FINE_GRID) grid(pen, height, width, factor, scale);
    const [rows, cols] = this.around(pixel);
    for (const row of rows) {
      for (const col of cols) frame(pen, [row * factor, col * factor, factor], colors.cell, scale);
    }
    cross(pen, this.pin, scale, this.pointed ? 0.45 : 1);
    if (this.pointed) cross(pen, this.pointed, scale, 1);
  }

  // The rows of cells around a pixel, and the columns: two each, or one at the border.
  around(pixel) {
    return pixel.map((place, axis) => {
      const before = Math.floor((place + 0.5) / this.data.factor - 0.5);
      const last = this.data.cells[axis] - 1;
      return [...new Set([Math.max(before, 0), Math.min(before + 1, last)])];
    });
  }

  drawFields(pixel, ink) {
    const { height, width, receptive_fields: fields, colors } = this.data;
    const [, size, stride, start] = fields[0];
    const [tall, wide] = [height, width].map((side) => (Math.ceil(side / stride) - 1) * stride + size);
    const [pen, scale] = fitted(this.fields, start, start, tall, wide);
    hatch(pen, start, start, tall, wide, scale, ink);
    const seen = fields.map((reach) => field(reach, pixel));
    const [top, left, side] = seen[0];
    // What is seen beyond the picture is tinted, what is not seen of the picture is faint.
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
    seen.forEach((square, depth) => frame(pen, square, colors.field, scale, DASHES[depth]));
    cross(pen, pixel, scale, 1);
  }

  tell([row, col]) {
    const { name, color } = this.classes.get(this.labels[row * this.data.width + col]);
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.background = color;
    const pinned = this.pointed ? "" : ", pinned";
    const [rows, cols] = this.around([row, col]).map((cells) => cells.join(" and "));
    const text = `${name} at row ${row}, column ${col}${pinned}; cell rows ${rows}, columns ${cols}`;
    this.here.replaceChildren(swatch, text);
    this.seen.replaceChildren(
      ...this.data.receptive_fields.map((reach) => {
        const [top, left, size] = field(reach, [row, col]);
        const rows = `rows ${number(top)} to ${number(top + size - 1)}`;
        const cols = `columns ${number(left)} to ${number(left + size - 1)}`;
        const text = `${reach[0]} sees ${size} px: ${rows}, ${cols}`;
        return Object.assign(document.createElement("li"), { textContent: text });
      }),
    );
  }
}
