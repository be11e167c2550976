// Samples that can be dragged. Every number comes from Python: the kernel as a table of
// weights on the very grid the curve is drawn on, so that no value is interpolated here.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 46, right: 14, top: 10, bottom: 24 };
const HEIGHT = 290;
const KEYS = { ArrowUp: 5, ArrowDown: -5, PageUp: 25, PageDown: -25 };
const desks = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!desks.has(parentElement)) desks.set(parentElement, new Desk(parentElement));
  desks.get(parentElement).take(data, setStateValue);
}

function draw(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.appendChild(element);
  return element;
}

class Desk {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.turn = -1;
    this.held = null;
    this.find(".reset").onclick = () => this.replace(this.data.start);
    this.find(".level").onclick = () => this.replace(this.data.start.map(() => this.data.scale.level));
    new ResizeObserver(() => this.data && this.layOut()).observe(this.find(".plot"));
  }

  // Python's samples count unless the visitor has moved on since they were sent.
  take(data, send) {
    const other = !this.data || this.data.preset !== data.preset;
    this.data = data;
    this.send = send;
    if (other || (this.held === null && data.turn >= this.turn)) {
      this.samples = [...data.samples];
      this.turn = data.turn;
      this.held = null;
      this.find(".reading").textContent = other ? "" : this.find(".reading").textContent;
    }
    const colors = Object.entries(data.colors);
    for (const [role, color] of colors) this.find(".desk").style.setProperty(`--${role}`, color);
    this.find(".plot").setAttribute(
      "aria-label",
      `Curve through ${data.start.length} samples with the ${data.kernel} kernel. ` +
        "Left and right choose a sample, up and down move it.",
    );
    this.layOut();
    this.summarise();
  }

  replace(samples) {
    this.samples = [...samples];
    this.find(".reading").textContent = "";
    this.redraw();
    this.commit();
  }

  commit() {
    this.turn += 1;
    this.unsent = false;
    this.summarise();
    const { samples, turn } = this;
    const { preset, kernel } = this.data;
    this.send("moved", { preset, kernel, turn, samples, curve: this.curve() });
  }

  // The sum of a table of weights per sample, on a grid of `steps` points from one to the next.
  curve() {
    const { table, steps, outside } = this.data;
    const middle = (table.length - 1) / 2;
    const total = [...outside];
    this.samples.forEach((sample, n) => {
      const first = Math.max(0, n * steps - middle);
      const last = Math.min(total.length - 1, n * steps + middle);
      for (let p = first; p <= last; p += 1) total[p] += sample * table[middle + p - n * steps];
    });
    return total;
  }

  x(point) {
    return MARGIN.left + (point / (this.data.outside.length - 1)) * this.width;
  }

  y(value) {
    const { low, high } = this.data.scale;
    return MARGIN.top + ((high - value) / (high - low)) * this.height;
  }

  path(values, first = 0) {
    const points = values.map((v, p) => `${this.x(first + p).toFixed(2)} ${this.y(v).toFixed(2)}`);
    return points.length ? `M${points.join("L")}` : "";
  }

  copy(n) {
    const { table, steps, outside } = this.data;
    const middle = (table.length - 1) / 2;
    const first = Math.max(0, n * steps - middle);
    const last = Math.min(outside.length - 1, n * steps + middle);
    if (!this.samples[n]) return "";
    const part = table.slice(middle + first - n * steps, middle + last - n * steps + 1);
    return this.path(part.map((weight) => weight * this.samples[n]), first);
  }

  layOut() {
    const { clientWidth } = this.find(".plot");
    if (!clientWidth) return;
    this.width = clientWidth - MARGIN.left - MARGIN.right;
    this.height = HEIGHT - MARGIN.top - MARGIN.bottom;
    const frame = { x: MARGIN.left, y: MARGIN.top, width: this.width, height: this.height };
    const rect = this.find("#inside rect");
    for (const [key, value] of Object.entries(frame)) rect.setAttribute(key, value);
    for (const canvas of [this.find(".pixels"), this.find(".enlarged")]) {
      canvas.style.marginLeft = `${MARGIN.left}px`;
      canvas.style.width = `${this.width}px`;
    }
    this.drawGrid();
    this.drawHandles();
    this.redraw();
  }

  drawGrid() {
    const grid = this.find(".grid");
    const right = MARGIN.left + this.width;
    grid.replaceChildren();
    for (const tick of this.data.scale.ticks) {
      const y = this.y(tick);
      draw(grid, "line", { x1: MARGIN.left, x2: right, y1: y, y2: y });
      const place = { x: MARGIN.left - 11, y: y + 4, "text-anchor": "end" };
      draw(grid, "text", place).textContent = tick;
    }
    const end = this.data.outside.length - 1;
    for (const [share, words] of [[0, "0"], [0.5, "0.5"], [1, "1 s"]]) {
      const place = { x: this.x(share * end), y: HEIGHT - 6, "text-anchor": "middle" };
      draw(grid, "text", place).textContent = words;
    }
  }

  // Handles are kept while their number stays, so that none loses the focus.
  drawHandles() {
    const { start, scale } = this.data;
    const [handles, copies] = [this.find(".handles"), this.find(".copies")];
    if (handles.children.length !== start.length) {
      handles.replaceChildren();
      copies.replaceChildren();
      start.forEach((_, n) => {
        draw(copies, "path", {});
        this.addHandle(handles, n);
      });
    }
    const reach = Math.min(22, Math.max(7, this.width / (start.length - 1) / 2));
    [...handles.children].forEach((handle, n) => {
      handle.querySelector(".reach").setAttribute("rx", reach);
      handle.setAttribute("aria-label", `Sample at ${this.time(n)} s`);
      handle.setAttribute("aria-valuemin", scale.least);
      handle.setAttribute("aria-valuemax", scale.most);
    });
  }

  addHandle(parent, n) {
    const handle = draw(parent, "g", {
      class: "handle",
      role: "slider",
      tabindex: n ? -1 : 0,
      "aria-orientation": "vertical",
    });
    draw(handle, "ellipse", { class: "reach", ry: 24 });
    draw(handle, "circle", { class: "ring", r: 9.5 });
    draw(handle, "circle", { class: "dot", r: 6 });
    handle.onpointerdown = (event) => this.grab(event, handle, n);
    // `touch-action` does not reach into drawings, so a finger on a handle would scroll.
    const hold = (event) => event.cancelable && event.preventDefault();
    handle.addEventListener("touchstart", hold, { passive: false });
    handle.onpointermove = (event) => this.held === n && this.move(n, this.pointed(event));
    handle.onpointerup = handle.onpointercancel = () => this.release(handle, n);
    handle.onkeydown = (event) => this.press(event, n);
    handle.onkeyup = () => this.settle();
    handle.onblur = () => this.settle();
    handle.onfocus = () => this.choose(n);
  }

  pointed(event) {
    const { low, high } = this.data.scale;
    const y = this.rowOf(event) + this.offset;
    return high - ((y - MARGIN.top) / this.height) * (high - low);
  }

  rowOf(event) {
    return event.clientY - this.find(".plot").getBoundingClientRect().top;
  }

  grab(event, handle, n) {
    if (event.button) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    // The handle keeps its place under the pointer, wherever it was caught.
    this.offset = this.y(this.samples[n]) - this.rowOf(event);
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("held");
    this.held = n;
    this.read(n);
  }

  release(handle, n) {
    if (this.held !== n) return;
    this.held = null;
    handle.classList.remove("held");
    this.settle();
  }

  press(event, n) {
    const { least, most, grain } = this.data.scale;
    const { key } = event;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = this.find(".handles").children[n + (key === "ArrowLeft" ? -1 : 1)];
      if (next) next.focus();
    } else if (key in KEYS) this.move(n, this.samples[n] + KEYS[key] * grain);
    else if (key === "Home") this.move(n, least);
    else if (key === "End") this.move(n, most);
    else return;
    event.preventDefault();
  }

  choose(n) {
    [...this.find(".handles").children].forEach((handle, m) => {
      handle.setAttribute("tabindex", m === n ? 0 : -1);
    });
    this.read(n);
  }

  move(n, wanted) {
    const { least, most, grain } = this.data.scale;
    // Adding 0 makes a 0 of -0, which would be read as such.
    const value = Math.round(Math.min(most, Math.max(least, wanted)) / grain) * grain + 0;
    if (value === this.samples[n]) return;
    this.samples[n] = value;
    this.unsent = true;
    this.redraw();
    this.read(n);
  }

  settle() {
    if (this.unsent) this.commit();
  }

  redraw() {
    const curve = this.curve();
    const { signal } = this.data;
    this.find(".curve").setAttribute("d", this.path(curve));
    this.find(".signal").setAttribute("d", this.path(signal));
    const back = signal.map((v, p) => `L${this.x(p).toFixed(2)} ${this.y(v).toFixed(2)}`).reverse();
    this.find(".gap").setAttribute("d", `${this.path(curve)}${back.join("")}Z`);
    [...this.find(".copies").children].forEach((path, n) => path.setAttribute("d", this.copy(n)));
    [...this.find(".handles").children].forEach((handle, n) => this.place(handle, n));
    this.paint(".enlarged", curve);
    this.paint(".pixels", curve.map((_, p) => this.samples[Math.round(p / this.data.steps)]));
  }

  place(handle, n) {
    const [x, y] = [this.x(n * this.data.steps), this.y(this.samples[n])];
    handle.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
    handle.setAttribute("aria-valuenow", this.round(this.samples[n]));
    handle.setAttribute("aria-valuetext", `${this.round(this.samples[n])}`);
  }

  paint(selector, values) {
    const { black, white } = this.data.scale;
    const canvas = this.find(selector);
    canvas.width = values.length;
    const context = canvas.getContext("2d");
    const row = context.createImageData(values.length, 1);
    values.forEach((value, p) => {
      const gray = Math.round((255 * (value - black)) / (white - black));
      row.data.set([gray, gray, gray, 255], 4 * p);
    });
    context.putImageData(row, 0, 0);
  }

  time(n) {
    return Number((n / (this.samples.length - 1)).toFixed(3));
  }

  round(value) {
    return Number(value.toFixed(this.data.scale.digits));
  }

  read(n) {
    this.find(".reading").textContent = `${this.time(n)} s: ${this.samples[n].toFixed(this.data.scale.digits)}`;
  }

  summarise() {
    const curve = this.curve();
    const [bottom, top] = [Math.min(...curve), Math.max(...curve)].map((v) => this.round(v));
    this.find(".summary").textContent =
      `The ${this.data.kernel} kernel draws a curve from ${bottom} to ${top} through the samples ` +
      `${this.samples.map((sample) => this.round(sample)).join(", ")}.`;
  }
}
