// The first view: the kernel painted at every input. On a row each copy has a line of its own and
// the output stands below as their sum; on a square the copies are frames on the output.

class Scatter {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
    [this.strideRows, this.stride] = data.stride;
    [this.paddingRows, this.padding] = data.padding;
    this.taps = data.kernel.shape[1];
    this.shown = 0;
    if (data.dimensions === 1) this.buildRow();
    else this.buildSquare();
  }

  // The output before padding cuts it, along one axis.
  painted(axis) {
    const copies = this.data.stride[axis] * (this.data.input.shape[axis] - 1) + this.data.kernel.shape[axis];
    return Math.max(copies, this.data.padding[axis] + this.data.output.shape[axis]);
  }

  buildRow() {
    const { data } = this;
    const width = this.painted(1);
    const inputs = data.input.names.length;
    const last = inputs + 3;
    const cells = [];
    const letters = [[1, "input", "x"], [1, "kernel", "k"], [last, "output", "y"]];
    const decoration = letters.map(([row, role, text], place) => put(mark(role, text), row, place === 1 ? 2 : 1));
    this.kernel = range(this.taps, (tap) => put(valueCell(data, "kernel", tap), 1, 3 + tap));
    cells.push(...this.kernel);
    this.products = [];
    for (let input = 0; input < inputs; input++) {
      const row = 2 + input;
      cells.push(put(valueCell(data, "input", input), row, 1));
      for (let tap = 0; tap < this.taps; tap++) {
        const made = put(termCell(data, input * this.taps + tap), row, 3 + this.stride * input + tap);
        made.classList.toggle("lost", data.terms.output[input * this.taps + tap] < 0);
        this.products.push(made);
        cells.push(made);
      }
    }
    decoration.push(put(element("span", { class: "rule" }), last - 1, 3, 1, width));
    this.outputs = data.output.names.map((_, place) => put(valueCell(data, "output", place), last, 3 + this.padding + place));
    for (let column = 0; column < width; column++) {
      const place = column - this.padding;
      if (place < 0 || place >= this.outputs.length) decoration.push(put(blank("cut"), last, 3 + column));
    }
    cells.push(...this.outputs);
    const made = grid("Scatter: the kernel, one copy for each input, and the output", cells, decoration);
    made.classList.add("staircase");
    made.style.gridTemplateRows = `repeat(${inputs + 1}, var(--pitch)) 11px`;
    this.stage.style.setProperty("--n", width + 2);
    this.grid = made;
    this.stage.replaceChildren(made, ...this.legend());
  }

  buildSquare() {
    const { data } = this;
    const shape = [this.painted(0), this.painted(1)];
    const inner = (place) => {
      const [row, col] = unravel(place, shape);
      const [y, x] = [row - this.paddingRows, col - this.padding];
      const inside = y >= 0 && x >= 0 && y < data.output.shape[0] && x < data.output.shape[1];
      return inside ? valueCell(data, "output", y * data.output.shape[1] + x) : blank("cut");
    };
    const canvas = arrayGrid("Output", shape, inner);
    this.outputs = [...canvas.querySelectorAll("[role=gridcell]")];
    this.copies = data.input.names.map((_, input) => this.frame(input));
    canvas.append(...this.copies);
    this.products = data.kernel.names.map(() => cell("", "term", "", ""));
    this.title = element("div", { class: "caption", "aria-hidden": "true" });
    const copy = arrayGrid("Products", data.kernel.shape, (tap) => this.products[tap]);
    this.stage.style.setProperty("--n", Math.max(data.input.shape[1] + 2 * this.taps + 2, shape[1]));
    this.stage.replaceChildren(
      figure([named("input", "x")], arrayGrid("Input", data.input.shape, (place) => valueCell(data, "input", place))),
      figure([named("kernel", "k")], arrayGrid("Kernel", data.kernel.shape, (tap) => valueCell(data, "kernel", tap))),
      element("div", { class: "figure" }, this.title, copy),
      figure([named("output", "y")], canvas),
      ...this.legend(),
    );
  }

  legend() {
    if (!this.padding) return [];
    return [element("p", { class: "legend" }, blank("cut"), `cut off by padding ${this.padding}`)];
  }

  frame(input) {
    const [row, col] = unravel(input, this.data.input.shape);
    const made = element("span", { class: "frame", "aria-hidden": "true", "data-copy": input });
    return put(made, 1 + this.strideRows * row, 1 + this.stride * col, this.data.kernel.shape[0], this.taps);
  }

  update({ focus, lit, partial, painted }) {
    this.outputs.forEach((made, place) => fill(made, partial[place]));
    const inputs = this.links.places(lit, "input");
    const outputs = this.links.places(lit, "output");
    if (inputs.length === 1) [this.shown] = inputs;
    if (this.data.dimensions === 1) this.updateRow(painted);
    else this.updateSquare(inputs, outputs, focus.startsWith("kernel") ? [] : inputs);
  }

  updateRow(painted) {
    this.grid.style.setProperty("--shift", this.stride * this.shown);
    this.products.forEach((made, term) => made.toggleAttribute("data-bare", !painted(term)));
  }

  // The copy of one input; or, for one output, the products that reach it. A weight is in all
  // copies, so none is framed for it.
  updateSquare(inputs, outputs, framed) {
    const terms = this.data.kernel.names.map(() => -1);
    const gathered = inputs.length > 1 && outputs.length === 1;
    const chosen = gathered ? this.links.terms(`output:${outputs[0]}`) : this.links.terms(`input:${this.shown}`);
    for (const term of chosen) terms[this.data.terms.tap[term]] = term;
    this.title.replaceChildren(
      ...(gathered
        ? ["adds up to ", named("output", this.data.output.names[outputs[0]])]
        : [named("input", this.data.input.names[this.shown]), " × ", named("kernel", "k")]),
    );
    terms.forEach((term, tap) => {
      const { short, says, shade } = this.data.terms;
      if (term < 0) rename(this.products[tap], "", "", "no product", 0);
      else rename(this.products[tap], `term:${term}`, short[term], says[term], shade[term]);
    });
    this.copies.forEach((made, input) => made.toggleAttribute("data-lit", framed.includes(input)));
  }
}

function range(count, make) {
  return Array.from({ length: count }, (_, place) => make(place));
}
