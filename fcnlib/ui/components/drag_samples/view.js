// Samples that can be dragged, and the curve that follows them.

const SVG = "http://www.w3.org/2000/svg";
const GRAINS = { ArrowUp: 5, ArrowDown: -5, PageUp: 25, PageDown: -25 };
const editorOf = oncePerRoot((root) => new SampleEditor(root));

export default function ({ data, parentElement, setStateValue }) {
  const editor = editorOf(parentElement.querySelector(".drag-samples"));
  editor.update(data, (moved) => setStateValue("moved", moved));
}

function draw(parent, tag, attributes) {
  return parent.appendChild(setAttributes(document.createElementNS(SVG, tag), attributes));
}

class SampleEditor {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.reading = this.find(".reading");
    this.turn = -1;
    this.held = null;
    this.find(".reset").onclick = () => this.replace(this.data.start);
    this.find(".level").onclick = () => this.replace(this.data.start.map(() => this.data.scale.level));
    new ResizeObserver(() => this.data && this.layOut()).observe(this.find(".plot"));
  }

  // Python's samples are used unless the visitor has moved one since they were sent.
  update(data, send) {
    const isNew = this.data?.preset !== data.preset;
    Object.assign(this, { data, send });
    if (isNew || (this.held === null && data.turn >= this.turn)) {
      Object.assign(this, { samples: [...data.samples], turn: data.turn, held: null });
    }
    if (isNew) this.reading.textContent = "";
    setColors(this.root, data.colors);
    this.find(".strips").hidden = !data.pixels;
    this.find(".plot").setAttribute(
      "aria-label",
      `Curve through ${data.start.length} samples with the ${data.kernel} kernel. ` +
        "Left and right arrow keys select a sample, up and down arrow keys move it.",
    );
    this.layOut();
    this.summarize();
  }

  replace(samples) {
    this.samples = [...samples];
    this.reading.textContent = "";
    this.redraw();
    this.commit();
  }

  commit() {
    this.turn += 1;
    this.unsent = false;
    this.summarize();
    const { samples, turn, data } = this;
    const { preset, kernel } = data;
    this.send({ preset, kernel, turn, samples, curve: curveThrough(data, samples) });
  }

  layOut() {
    const { clientWidth } = this.find(".plot");
    if (!clientWidth) return;
    this.axes = plotAxes(clientWidth, this.data.outside.length, this.data.scale);
    const { frame } = this.axes;
    setAttributes(this.find("#inside rect"), frame);
    for (const canvas of this.root.querySelectorAll("canvas")) {
      canvas.style.marginLeft = `${frame.x}px`;
      canvas.style.width = `${frame.width}px`;
    }
    this.drawGrid();
    this.drawHandles();
    this.redraw();
  }

  drawGrid() {
    const { frame, x, y } = this.axes;
    const grid = this.find(".grid");
    grid.replaceChildren();
    for (const tick of this.data.scale.ticks) {
      draw(grid, "line", { x1: frame.x, x2: frame.x + frame.width, y1: y(tick), y2: y(tick) });
      draw(grid, "text", { x: frame.x - 11, y: y(tick) + 4, "text-anchor": "end" }).textContent = withMinusSign(tick);
    }
    const end = this.data.outside.length - 1;
    for (const [time, label] of [[0, "0"], [0.5, "0.5"], [1, "1 s"]]) {
      const position = { x: x(time * end), y: HEIGHT - 6, "text-anchor": "middle" };
      draw(grid, "text", position).textContent = label;
    }
  }

  // Handles are kept while their number stays the same, so that none loses the focus.
  drawHandles() {
    const { start, scale } = this.data;
    const [handles, copies] = [this.find(".handles"), this.find(".copies")];
    if (handles.children.length !== start.length) {
      handles.replaceChildren();
      copies.replaceChildren(...start.map(() => document.createElementNS(SVG, "path")));
      this.handles = start.map((_, n) => this.addHandle(handles, n));
    }
    const rx = clamp(this.axes.frame.width / (start.length - 1) / 2, 7, 22);
    this.handles.forEach((handle, n) => {
      handle.querySelector(".reach").setAttribute("rx", rx);
      const limits = { "aria-valuemin": scale.least, "aria-valuemax": scale.most };
      setAttributes(handle, { "aria-label": `Sample at ${this.time(n)} s`, ...limits });
    });
  }

  addHandle(parent, n) {
    const role = { role: "slider", "aria-orientation": "vertical" };
    const handle = draw(parent, "g", { class: "handle", tabindex: n ? -1 : 0, ...role });
    draw(handle, "ellipse", { class: "reach", ry: 24 });
    draw(handle, "circle", { class: "ring", r: 9.5 });
    draw(handle, "circle", { class: "dot", r: 6 });
    handle.at = [0, n];
    handle.onpointerdown = (event) => this.grab(event, handle, n);
    // SVG shapes ignore `touch-action`, so a finger on a handle would scroll the page.
    const keepStill = (event) => event.cancelable && event.preventDefault();
    handle.addEventListener("touchstart", keepStill, { passive: false });
    handle.onpointermove = (event) => {
      if (this.held === n) this.move(n, this.axes.valueAt(this.pointerY(event) + this.offset));
    };
    handle.onpointerup = handle.onpointercancel = () => this.release(handle, n);
    handle.onkeydown = (event) => this.press(event, handle, n);
    handle.onkeyup = handle.onblur = () => this.settle();
    handle.onfocus = () => {
      setTabStop(this.handles, handle);
      this.read(n);
    };
    return handle;
  }

  pointerY(event) {
    return event.clientY - this.find(".plot").getBoundingClientRect().top;
  }

  grab(event, handle, n) {
    if (event.button) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    // The pointer may catch a handle off its center; the distance is kept so that nothing jumps.
    this.offset = this.axes.y(this.samples[n]) - this.pointerY(event);
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

  press(event, handle, n) {
    const { least, most, grain } = this.data.scale;
    const { key } = event;
    if (key in GRAINS) this.move(n, this.samples[n] + GRAINS[key] * grain);
    else if (key in ARROWS) moveFocus(this.handles, handle, key);
    else if (key === "Home") this.move(n, least);
    else if (key === "End") this.move(n, most);
    else return;
    event.preventDefault();
  }

  move(n, target) {
    const value = snapped(target, this.data.scale);
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
    const { data, samples, axes } = this;
    const curve = curveThrough(data, samples);
    const [curvePoints, signalPoints] = [curve, data.signal].map((values) => pathPoints(axes, values));
    this.find(".curve").setAttribute("d", `M${curvePoints.join("L")}`);
    this.find(".signal").setAttribute("d", `M${signalPoints.join("L")}`);
    this.find(".gap").setAttribute("d", `M${[...curvePoints, ...signalPoints.reverse()].join("L")}Z`);
    [...this.find(".copies").children].forEach((path, n) => {
      const { first, values } = scaledKernel(data, n, samples[n]);
      path.setAttribute("d", samples[n] ? `M${pathPoints(axes, values, first).join("L")}` : "");
    });
    this.handles.forEach((handle, n) => {
      const [x, y] = [axes.x(n * data.steps), axes.y(samples[n])];
      const value = rounded(samples[n], data.scale.digits);
      handle.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
      setAttributes(handle, { "aria-valuenow": value, "aria-valuetext": withMinusSign(value) });
    });
    this.paint(".enlarged", curve);
    this.paint(".pixels", nearestSamples(samples, data.steps));
  }

  paint(selector, values) {
    const canvas = this.find(selector);
    canvas.width = values.length;
    const context = canvas.getContext("2d");
    const row = context.createImageData(values.length, 1);
    values.forEach((value, point) => {
      const gray = grayLevel(value, this.data.scale);
      row.data.set([gray, gray, gray, 255], 4 * point);
    });
    context.putImageData(row, 0, 0);
  }

  time(n) {
    return rounded(n / (this.samples.length - 1), 3);
  }

  read(n) {
    this.reading.textContent = `${this.time(n)} s: ${withMinusSign(this.samples[n].toFixed(this.data.scale.digits))}`;
  }

  summarize() {
    const { data, samples } = this;
    const curve = curveThrough(data, samples);
    const round = (value) => withMinusSign(rounded(value, data.scale.digits));
    this.find(".summary").textContent =
      `With the ${data.kernel} kernel, the curve is between ${round(Math.min(...curve))} and ` +
      `${round(Math.max(...curve))}. The samples are ${samples.map(round).join(", ")}.`;
  }
}
