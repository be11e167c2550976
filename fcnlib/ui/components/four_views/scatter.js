// The first view: every input adds a copy of the kernel to the output. A 1-D view gives each copy
// a row of its own, above their sum; a 2-D view frames the copies on the output.

class Scatter {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links, shown: 0 });
    this.padding = data.padding[1];
    this.outputs = valueCells(data, "output");
    if (data.dimensions === 1) this.buildRow();
    else this.buildSquare();
  }

  buildRow() {
    const { data, outputs } = this;
    const [, width] = uncutShape(data);
    const inputs = this.links.inputs;
    const last = inputs + 3;
    const letter = (role, text) => element("span", { class: "mark", "aria-hidden": "true" }, named(role, text));
    const decoration = [
      put(letter("input", "x"), 1, 1),
      put(letter("kernel", "k"), 1, 2),
      put(letter("output", "y"), last, 1),
      put(element("span", { class: "rule" }), last - 1, 3, 1, width),
    ];
    const kernel = valueCells(data, "kernel").map((node, tap) => put(node, 1, 3 + tap));
    const values = valueCells(data, "input").map((node, input) => put(node, 2 + input, 1));
    this.products = data.terms.input.map((input, term) => {
      const node = put(showTerm(cell("term"), data, term), 2 + input, 3 + data.stride[1] * input + data.terms.tap[term]);
      node.classList.toggle("lost", data.terms.output[term] < 0);
      return node;
    });
    for (let column = 0; column < width; column++) {
      const output = column - this.padding;
      if (outputs[output]) put(outputs[output], last, 3 + column);
      else decoration.push(put(cutCell(), last, 3 + column));
    }
    const cells = [...kernel, ...values, ...this.products, ...outputs];
    this.grid = grid("Scatter: the kernel, one copy for each input, and the output", cells, decoration);
    this.grid.classList.add("staircase");
    this.grid.style.gridTemplateRows = `repeat(${inputs + 1}, var(--pitch)) 11px`;
    this.stage.style.setProperty("--n", width + 2);
    this.stage.replaceChildren(this.grid, ...this.legend());
  }

  buildSquare() {
    const { data, outputs } = this;
    const { input, kernel, output, stride, padding } = data;
    const shape = uncutShape(data);
    const cells = range(shape[0] * shape[1], (place) => {
      const [row, col] = unravel(place, shape).map((position, axis) => position - padding[axis]);
      const inside = row >= 0 && col >= 0 && row < output.shape[0] && col < output.shape[1];
      return inside ? outputs[row * output.shape[1] + col] : cutCell();
    });
    this.copies = input.names.map((_, index) => {
      const [row, col] = unravel(index, input.shape).map((position, axis) => 1 + stride[axis] * position);
      const frame = element("span", { class: "frame", "aria-hidden": "true", "data-copy": index });
      return put(frame, row, col, ...kernel.shape);
    });
    const canvas = arrayGrid("Output", shape, cells);
    canvas.append(...this.copies);
    this.products = kernel.names.map(() => cell("term"));
    this.title = element("div", { class: "caption", "aria-hidden": "true" });
    const products = arrayGrid("Products", kernel.shape, this.products);
    this.stage.style.setProperty("--n", Math.max(input.shape[1] + 2 * kernel.shape[1] + 2, shape[1]));
    this.stage.replaceChildren(
      figure([named("input", "x")], arrayGrid("Input", input.shape, valueCells(data, "input"))),
      figure([named("kernel", "k")], arrayGrid("Kernel", kernel.shape, valueCells(data, "kernel"))),
      element("div", { class: "figure" }, this.title, products),
      figure([named("output", "y")], canvas),
      ...this.legend(),
    );
  }

  legend() {
    if (!this.padding) return [];
    const cells = this.padding === 1 ? "one cell" : `${this.padding} cells`;
    return [element("p", { class: "legend" }, cutCell(), `cut off: padding ${this.padding} removes ${cells} at each end`)];
  }

  update({ focus, marks, sums, included }) {
    showSums(this.outputs, sums);
    const inputs = this.links.highlighted(marks, "input");
    if (inputs.length === 1) [this.shown] = inputs;
    if (this.data.dimensions === 2) this.updateSquare(inputs, this.links.highlighted(marks, "output"), focus);
    else {
      this.grid.style.setProperty("--shift", this.data.stride[1] * this.shown);
      this.products.forEach((node, term) => node.toggleAttribute("data-empty", !included(term)));
    }
  }

  // Show the copy of one input or, for one output, the products that add up to it.
  updateSquare(inputs, outputs, focus) {
    const { data, links } = this;
    const isSum = inputs.length > 1 && outputs.length === 1;
    const terms = links.terms(isSum ? `output:${outputs[0]}` : `input:${this.shown}`);
    this.title.replaceChildren(
      ...(isSum
        ? ["add up to ", named("output", data.output.names[outputs[0]])]
        : [named("input", data.input.short[this.shown]), " × ", named("kernel", "kernel")]),
    );
    this.products.forEach((node) => rename(node, "", "", "no product"));
    for (const term of terms) showTerm(this.products[data.terms.tap[term]], data, term);
    // A weight is part of every copy, so it frames none.
    const framed = focus.startsWith("kernel") ? [] : inputs;
    this.copies.forEach((node, input) => node.toggleAttribute("data-highlight", framed.includes(input)));
  }
}
