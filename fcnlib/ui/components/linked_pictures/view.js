// Three pictures of one result and one pointer. Python sends them once; after that only the chosen
// layer goes back to Python, which keeps it in the address.

const MAX_HEIGHT = 300; // px
const NEAR_SIDE = 188; // px: the enlarged view
const NARROW = 560; // px, as in the style sheet: the enlarged view is smaller
const NEAR_CELLS = 2.6; // cells along its side
const linkedOf = oncePerRoot((root) => new LinkedPictures(root));

export default function ({ data, parentElement, setStateValue }) {
  const linked = linkedOf(parentElement.querySelector(".linked"));
  linked.show(data, (layer) => setStateValue("layer", layer));
}

class LinkedPictures {
  constructor(root) {
    this.root = root;
    for (const name of ["pictures", "classes", "near", "says"]) this[name] = root.querySelector(`.${name}`);
    for (const name of ["thead", "tbody", "tfoot"]) this[name] = root.querySelector(name);
    this.radios = [...root.querySelectorAll("input")];
    this.figures = ["photo", "cells", "map"].map((name) => root.querySelector(`.${name}`));
    this.canvases = this.figures.map((figure) => figure.querySelector("canvas"));
    for (const canvas of this.canvases) {
      const move = (event) => this.point(pixelAt(event, canvas.getBoundingClientRect(), this.data));
      canvas.addEventListener("pointermove", move);
      canvas.addEventListener("click", move);
    }
    this.pictures.addEventListener("keydown", (event) => this.press(event));
    for (const radio of this.radios) radio.addEventListener("change", () => this.choose(radio.value));
    new ResizeObserver(() => this.draw()).observe(root);
  }

  async show(data, send) {
    const [layer, number] = data.layer;
    this.send = (chosen) => send([chosen, number]);
    if (this.opened !== number) [this.opened, this.layer] = [number, layer];
    for (const radio of this.radios) radio.checked = radio.value === this.layer;
    if (this.shown === data.digest && this.data?.picture === data.picture) return this.draw(); // the theme may have changed
    this.newest = data;
    const ready = data.digest !== "";
    const urls = [data.picture, ...(ready ? LAYERS.map((name) => data.maps[name]) : [])];
    const [picture, ...maps] = await Promise.all(urls.map(loadImage));
    if (this.newest !== data) return; // another result arrived while these images were decoded
    const samePicture = this.data?.picture === data.picture;
    [this.data, this.shown, this.picture] = [data, data.digest, picture];
    this.root.toggleAttribute("data-waiting", !ready);
    if (ready) this.decode(data, maps);
    if (!samePicture || !this.pixel) this.pixel = data.start ?? null;
    this.caption();
    this.draw();
  }

  decode(data, images) {
    const classes = data.classes.map(([index, name, color, shares]) => [index, { name, color, shares }]);
    this.kinds = new Map(classes);
    this.names = new Map(classes.map(([index, { name }]) => [index, name]));
    this.maps = {};
    this.colored = {};
    LAYERS.forEach((name, i) => {
      this.maps[name] = classIndices(pixelValues(images[i]));
      this.colored[name] = canvasOf(labelColors(this.maps[name], this.kinds), data.width, data.height);
    });
    this.scores = decodedScores(Uint8Array.from(atob(data.scores), (c) => c.charCodeAt(0)), data.unit);
  }

  get ready() {
    return Boolean(this.data?.digest);
  }

  point(pixel) {
    if (!this.ready) return;
    this.pixel = pixel;
    this.draw();
  }

  choose(layer) {
    this.layer = layer;
    this.send(layer);
    this.draw();
  }

  press(event) {
    const step = ARROWS[event.key];
    if (!step || !this.ready) return;
    const length = event.shiftKey ? this.data.factor : 1;
    this.point(clampedPixel(this.pixel.map((position, axis) => position + length * step[axis]), this.data));
    event.preventDefault();
  }

  caption() {
    const { height, width, cells } = this.data;
    const texts = [
      ["Photograph", `${height} × ${width} px`],
      cells ? ["The network's answer", `${cells[0]} × ${cells[1]} cells`] : ["The network is running", "…"],
      ["The map", `${height} × ${width} px`],
    ];
    this.figures.forEach((figure, i) => {
      const [title, size] = texts[i];
      figure.querySelector("figcaption").replaceChildren(`${title} `, element("small", {}, size));
    });
  }

  draw() {
    if (!this.data) return;
    const { height, width, factor } = this.data;
    const [photo, cells, map] = this.canvases.map((canvas) => fitCanvas(canvas, MAX_HEIGHT, 0, 0, height, width));
    photo[0].drawImage(this.picture, 0, 0, width, height);
    if (!this.ready) return [cells, map].forEach(([pen]) => this.drawEmpty(pen));
    const found = explained(this.pixel, this.layer, this.maps, this.scores, this.data);
    for (const [[pen], name] of [[cells, "nearest"], [map, this.layer]]) {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(this.colored[name], 0, 0);
    }
    drawCellLines(cells[0], this.data, cells[1], this.style("--st-background-color"));
    for (const { at, weight } of found.cells) {
      drawWeightedFrame(photo[0], cellSquare(at, factor), 0, photo[1]);
      drawWeightedFrame(cells[0], cellSquare(at, factor), weight, cells[1]);
    }
    for (const [pen, scale] of [photo, map]) drawCross(pen, this.pixel, scale);
    this.drawNear(found);
    this.describe(found);
  }

  style(name) {
    return getComputedStyle(this.root).getPropertyValue(name) || "#fff";
  }

  drawEmpty(pen) {
    pen.fillStyle = "rgba(138,143,152,0.2)";
    pen.fillRect(0, 0, this.data.width, this.data.height);
  }

  // The square between four cells: their centers, and lines to the pixel as thick as the weights.
  drawNear(found) {
    const { height, width, factor } = this.data;
    const first = viewedCells(this.pixel, this.data);
    const side = NEAR_CELLS * factor;
    const [top, left] = first.map((cell) => cell * factor + 0.5 + (factor - side) / 2);
    const shownSide = this.root.clientWidth > NARROW ? NEAR_SIDE : 0.8 * NEAR_SIDE;
    const [scale, ratio] = [shownSide / side, window.devicePixelRatio];
    this.near.style.width = `${shownSide}px`;
    this.near.width = this.near.height = Math.round(shownSide * ratio);
    const pen = this.near.getContext("2d");
    pen.labelFont = this.style("--st-font");
    pen.setTransform(scale * ratio, 0, 0, scale * ratio, -left * scale * ratio, -top * scale * ratio);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.colored[this.layer], 0, 0);
    const lines = [];
    for (let row = Math.max(Math.ceil(top), 0); row <= Math.min(top + side, height); row++) lines.push([Math.max(left, 0), row, Math.min(left + side, width), row]);
    for (let col = Math.max(Math.ceil(left), 0); col <= Math.min(left + side, width); col++) lines.push([col, Math.max(top, 0), col, Math.min(top + side, height)]);
    strokeLines(pen, lines, ["rgba(255,255,255,0.28)", 0.75 / scale]);
    const weights = new Map(found.cells.map(({ at, weight }) => [String(at), weight]));
    const corners = [0, 1].flatMap((down) => [0, 1].map((right) => [first[0] + down, first[1] + right]));
    const shown = corners.filter((at) => at.every((place, axis) => place < this.data.cells[axis]));
    // Lines of small weights first, so that the labels lie on top.
    const byWeight = shown.map((at) => [at, weights.get(String(at)) ?? 0]).sort((a, b) => a[1] - b[1]);
    for (const [at, weight] of byWeight) {
      const center = at.map((place) => place * factor);
      const label = this.maps.nearest[center[0] * width + center[1]];
      drawCellCenter(pen, center, this.kinds.get(label).color, weight, this.pixel, scale);
    }
    drawWeightedFrame(pen, [...this.pixel, 1], 0.5, scale);
    for (const [at, weight] of byWeight) {
      const center = at.map((place) => place * factor);
      if (weight) drawLabel(pen, center, percent(weight), at[0] === first[0], scale);
    }
  }

  describe(found) {
    const other = LAYERS.find((name) => name !== this.layer);
    const { width } = this.data;
    const otherLabel = this.maps[other][this.pixel[0] * width + this.pixel[1]];
    const [named, ...rest] = sentences(this.pixel, this.layer, found, otherLabel, this.names);
    this.says.replaceChildren(element("b", {}, this.swatch(found.label), named), ` ${rest.join(" ")}`);
    this.root.dataset.pixel = this.pixel.join(" ");
    this.root.dataset.cells = found.cells.map(({ at }) => at.join(" ")).join(",");
    const heads = found.best.map(({ label }) => element("th", { scope: "col" }, this.names.get(label)));
    this.thead.replaceChildren(element("tr", {}, element("th", { scope: "col" }, "cell"), element("th", { scope: "col" }, "weight"), ...heads));
    const number = (text) => element("td", {}, text);
    this.tbody.replaceChildren(...found.cells.map(({ at, weight, label, scores }) => element("tr", {},
      element("th", { scope: "row" }, this.swatch(label), `row ${at[0]}, column ${at[1]}`),
      number(`${(100 * weight).toFixed(1)}%`), ...scores.map((score) => number(scoreText(score))))));
    this.tfoot.replaceChildren(element("tr", {}, element("th", { scope: "row" }, "sum of weight × score"),
      number("100%"), ...found.best.map(({ score }) => number(scoreText(score)))));
    const seen = [...this.kinds.values()].filter(({ shares }) => shares[this.layer]);
    seen.sort((a, b) => b.shares[this.layer] - a.shares[this.layer]);
    this.classes.replaceChildren(...seen.map(({ name, color, shares }) =>
      element("span", {}, element("i", { class: "swatch", style: `background: ${color}` }), `${name} ${percent(shares[this.layer])}`)));
  }

  swatch(label) {
    return element("i", { class: "swatch", style: `background: ${this.kinds.get(label).color}` });
  }
}
