// A picture on which the visitor paints classes. Python sends picture and labels once; after each
// stroke, the labels go back to Python as runs.

const MAX_HEIGHT = 420; // px
const OPACITY = 0.55;
const LARGE_STEP = 10; // pixels that an arrow key with Shift moves
const UNDONE = 30; // strokes that can be undone
const painterOf = oncePerRoot((root) => new Painter(root));
let radioGroups = 0;

export default function ({ data, parentElement, setStateValue }) {
  const painter = painterOf(parentElement.querySelector(".painter"));
  painter.show(data, (labels) => setStateValue("labels", labels));
}

class Painter {
  constructor(root) {
    this.root = root;
    for (const name of ["map", "here", "classes", "undo"]) this[name] = root.querySelector(`.${name}`);
    this.radius = root.querySelector(".size input");
    this.group = `painter${radioGroups++}`;
    for (const radio of root.querySelectorAll(".tools [type=radio]")) radio.name = `${this.group}tool`;
    this.map.addEventListener("pointerdown", (event) => this.begin(event));
    this.map.addEventListener("pointermove", (event) => this.move(event));
    this.map.addEventListener("pointerup", () => this.end());
    this.map.addEventListener("pointercancel", () => this.end());
    this.map.addEventListener("pointerleave", () => this.point(null));
    this.map.addEventListener("keydown", (event) => this.press(event));
    this.undo.addEventListener("click", () => this.takeBack());
    new ResizeObserver(() => this.draw()).observe(root);
  }

  async show(data, send) {
    this.send = send;
    const shown = this.data;
    this.data = data;
    if (shown && String(shown.classes) !== String(data.classes)) this.listClasses();
    if (shown?.digest === data.digest) return this.draw();
    this.labels = null;
    this.listClasses();
    const [picture, labels] = await Promise.all([loadImage(data.picture), data.labels && loadImage(data.labels)]);
    if (this.data.digest !== data.digest) return; // another picture arrived meanwhile
    this.picture = picture;
    this.labels = new Uint8Array(data.height * data.width).fill(VOID);
    if (labels) this.labels.set(classIndices(pixelValues(labels)));
    this.earlier = [];
    this.at = [data.height >> 1, data.width >> 1];
    this.draw();
  }

  listClasses() {
    const chosen = this.label;
    const choices = this.data.classes.map(([name, color], label) => {
      const radio = element("input", { type: "radio", name: `${this.group}class`, value: label });
      radio.checked = label === (chosen < this.data.classes.length ? chosen : 0);
      return element("label", {}, radio, element("span", { class: "swatch", style: `background: ${color}` }), name);
    });
    this.classes.replaceChildren(this.classes.querySelector("legend"), ...choices);
  }

  get label() {
    return Number(this.classes.querySelector(":checked")?.value ?? 0);
  }

  get tool() {
    return this.root.querySelector(".tools :checked").value;
  }

  begin(event) {
    if (!this.labels || event.button) return;
    event.preventDefault();
    this.map.focus();
    this.map.setPointerCapture(event.pointerId);
    this.keep();
    this.at = pixelAt(event, this.map.getBoundingClientRect(), this.data);
    this.stroking = true;
    this.apply(this.at);
  }

  move(event) {
    if (!this.labels) return;
    const to = pixelAt(event, this.map.getBoundingClientRect(), this.data);
    const from = this.at;
    this.at = to;
    this.point(to);
    if (this.stroking && this.tool !== "fill") this.apply(from);
  }

  end() {
    if (!this.stroking) return;
    this.stroking = false;
    this.tell();
  }

  // Use the tool from a pixel to the one that the pointer is at.
  apply(from) {
    const label = this.tool === "eraser" ? VOID : this.label;
    if (this.tool === "fill") fillArea(this.labels, this.data, this.at, label);
    else paintLine(this.labels, this.data, from, this.at, Number(this.radius.value), label);
    this.colored = null;
    this.draw();
  }

  keep() {
    this.earlier.push(this.labels.slice());
    if (this.earlier.length > UNDONE) this.earlier.shift();
  }

  takeBack() {
    if (!this.earlier?.length) return;
    this.labels = this.earlier.pop();
    this.colored = null;
    this.draw();
    this.tell();
  }

  tell() {
    this.undo.disabled = !this.earlier.length;
    this.send({ digest: this.data.digest, runs: runsOf(this.labels) });
  }

  press(event) {
    if (!this.labels) return;
    const step = ARROWS[event.key];
    if (step) {
      const length = event.shiftKey ? LARGE_STEP : 1;
      this.at = clampedPixel(this.at.map((position, axis) => position + length * step[axis]), this.data);
      this.point(this.at);
    } else if (event.key === "Enter" || event.key === " ") {
      this.keep();
      this.apply(this.at);
      this.tell();
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.takeBack();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrow keys also turn the pages of teacher's mode
  }

  point(pixel) {
    this.pointed = pixel;
    this.draw();
  }

  draw() {
    if (!this.labels) return;
    const { height, width, classes } = this.data;
    const colors = classes.map(([, color]) => color);
    if (!this.colored || this.tinted !== String(colors)) {
      this.colored = canvasOf(tint(this.labels, colors), width, height);
      this.tinted = String(colors);
    }
    const [pen, scale] = fitCanvas(this.map, MAX_HEIGHT, 0, 0, height, width);
    pen.drawImage(this.picture, 0, 0, width, height);
    pen.globalAlpha = OPACITY;
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.colored, 0, 0);
    pen.globalAlpha = 1;
    this.undo.disabled = !this.earlier.length;
    const pixel = this.pointed ?? this.at;
    drawCross(pen, pixel, scale, this.pointed ? 1 : 0.45);
    if (this.pointed && this.tool !== "fill") {
      pen.beginPath();
      pen.arc(pixel[1] + 0.5, pixel[0] + 0.5, Number(this.radius.value) + 0.5, 0, 2 * Math.PI);
      stroke(pen, "#fff", 3 / scale);
      stroke(pen, "#111", 1.25 / scale);
    }
    const name = classes[this.labels[pixel[0] * width + pixel[1]]]?.[0] ?? "no class";
    this.here.textContent = `Row ${pixel[0]}, column ${pixel[1]}: ${name}`;
  }
}
