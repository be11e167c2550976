// The second view: zeros are inserted between the inputs and around them, and the flipped kernel
// is a window that slides over the result. A 1-D view shows the products below the window.

const MAX_CELLS = 17; // cells that fit side by side in a 2-D view

class Gather {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
    [, this.window] = split(links.start());
    this.outputs = valueCells(data, "output");
    this.kernel = valueCells(data, "kernel").reverse();
    this.spread = data.spread.inputs.map((input, place) => (input < 0 ? this.zeroCell(place) : valueCell(data, "input", input)));
    if (data.dimensions === 1) this.buildRow();
    else this.buildSquare();
  }

  zeroCell(place) {
    const border = this.data.spread.inputs[place] === BORDER;
    const node = cell("zero", `zero:${place}`, "0", border ? "0, zero at the border" : "0, inserted zero");
    node.classList.toggle("border", border);
    return node;
  }

  // Every cell spans two columns, so that an output can be centered below its window.
  buildRow() {
    const { taps } = this.links;
    const line = (cells, row, first = 1) => cells.map((node, place) => put(node, row, first + 2 * place, 1, 2));
    this.products = range(taps, () => cell("term"));
    const cells = [...line(this.spread, 1), ...line(this.kernel, 2), ...line(this.products, 3), ...line(this.outputs, 5, taps)];
    const decoration = [
      put(element("span", { class: "frame slides" }), 1, 1, 3, 2 * taps),
      put(element("span", { class: "sum slides" }), 4, taps, 1, 2),
    ];
    this.grid = grid("Gather: the input with zeros, the flipped kernel, the products, and the output", cells, decoration);
    for (const node of [...this.kernel, ...this.products]) node.classList.add("slides");
    this.grid.classList.add("sliding");
    this.stage.style.setProperty("--n", this.spread.length);
    this.stage.classList.remove("beside");
    this.stage.replaceChildren(this.grid);
  }

  buildSquare() {
    const { spread, kernel, output } = this.data;
    this.frame = element("span", { class: "frame", "aria-hidden": "true", "data-highlight": "" });
    const input = arrayGrid("Input with zeros", spread.shape, this.spread);
    input.append(this.frame);
    const [wide, ...others] = [spread, kernel, output].map(({ shape }) => shape[1]);
    // Kernel and output are beside the input if the cells stay large enough to read, else below it.
    const beside = wide + Math.max(...others) + 1;
    this.stage.classList.toggle("beside", beside <= MAX_CELLS);
    this.stage.style.setProperty("--n", Math.max(wide, others[0] + others[1] + 1));
    this.stage.style.setProperty("--beside", beside);
    const pile = [
      figure([named("kernel", "k"), " flipped"], arrayGrid("Flipped kernel", kernel.shape, this.kernel)),
      figure([named("output", "y")], arrayGrid("Output", output.shape, this.outputs)),
    ];
    this.stage.replaceChildren(figure([named("input", "x"), " with zeros"], input), element("div", { class: "pile" }, ...pile));
  }

  update({ marks, sums }) {
    showSums(this.outputs, sums);
    const outputs = this.links.highlighted(marks, "output");
    if (outputs.length && !outputs.includes(this.window)) [this.window] = outputs;
    if (this.data.dimensions === 1) this.slideRow();
    else this.slideSquare();
  }

  slideRow() {
    const { taps } = this.links;
    this.grid.style.setProperty("--shift", this.window);
    this.products.forEach((node, offset) => {
      const place = this.window + offset;
      const input = this.data.spread.inputs[place];
      if (input < 0) rename(node, `zero:${place}`, "0", "0, from an inserted zero");
      else showTerm(node, this.data, input * taps + this.links.weightOver(this.window, place));
      node.classList.toggle("none", input < 0);
    });
  }

  slideSquare() {
    const { kernel, output } = this.data;
    const [row, col] = unravel(this.window, output.shape);
    put(this.frame, row + 1, col + 1, ...kernel.shape);
    this.spread.forEach((node, place) => {
      const tap = this.links.weightOver(this.window, place);
      if (tap >= 0) node.dataset.weight = kernel.short[tap];
      else delete node.dataset.weight;
    });
  }
}
