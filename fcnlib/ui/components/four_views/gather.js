// The second view: zeros put between the inputs and around them, and the flipped kernel as a
// window that looks at one output's neighbors. A row shows the products below the window.

const ROOM = 17; // cells of a square that fit side by side

class Gather {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
    this.taps = data.kernel.names.length;
    this.window = links.split(links.start())[1];
    if (data.dimensions === 1) this.buildRow();
    else this.buildSquare();
  }

  seen(place) {
    const input = this.data.spread.inputs[place];
    if (input < 0) return zeroCell(this.data, place);
    return valueCell(this.data, "input", input);
  }

  // Every cell spans two columns, so that an output stands under the middle of its window.
  buildRow() {
    const { data, taps } = this;
    const width = data.spread.shape[1];
    const seen = range(width, (place) => put(this.seen(place), 1, 1 + 2 * place, 1, 2));
    this.kernel = range(taps, (place) => put(valueCell(data, "kernel", taps - 1 - place), 2, 1 + 2 * place, 1, 2));
    this.products = range(taps, (place) => put(cell("", "term", "", ""), 3, 1 + 2 * place, 1, 2));
    this.outputs = data.output.names.map((_, place) => put(valueCell(data, "output", place), 5, taps + 2 * place, 1, 2));
    const decoration = [
      put(element("span", { class: "frame slides" }), 1, 1, 3, 2 * taps),
      put(element("span", { class: "sum slides" }), 4, taps, 1, 2),
    ];
    this.grid = grid(
      "Gather: the input with zeros, the flipped kernel, the products, and the output",
      [...seen, ...this.kernel, ...this.products, ...this.outputs],
      decoration,
    );
    for (const made of [...this.kernel, ...this.products]) made.classList.add("slides");
    this.grid.classList.add("sliding");
    this.stage.style.setProperty("--n", width);
    this.stage.classList.remove("beside");
    this.stage.replaceChildren(this.grid);
  }

  buildSquare() {
    const { data } = this;
    this.frame = element("span", { class: "frame", "aria-hidden": "true", "data-lit": "" });
    const spread = arrayGrid("Input with zeros", data.spread.shape, (place) => this.seen(place));
    spread.append(this.frame);
    this.around = [...spread.querySelectorAll("[role=gridcell]")];
    const output = arrayGrid("Output", data.output.shape, (place) => valueCell(data, "output", place));
    this.outputs = [...output.querySelectorAll("[role=gridcell]")];
    const flipped = arrayGrid("Flipped kernel", data.kernel.shape, (place) => valueCell(data, "kernel", this.taps - 1 - place));
    const [wide, kernel, made] = [data.spread, data.kernel, data.output].map(({ shape }) => shape[1]);
    // Side by side where that leaves cells that can be read, else the kernel and the output below.
    const beside = wide + Math.max(kernel, made) + 1;
    this.stage.classList.toggle("beside", beside <= ROOM);
    this.stage.style.setProperty("--n", Math.max(wide, kernel + made + 1));
    this.stage.style.setProperty("--beside", beside);
    const input = figure([named("input", "x"), " with zeros"], spread);
    const others = [figure([named("kernel", "k"), " flipped"], flipped), figure([named("output", "y")], output)];
    this.stage.replaceChildren(input, element("div", { class: "pile" }, ...others));
  }

  update({ lit, partial }) {
    this.outputs.forEach((made, place) => fill(made, partial[place]));
    const outputs = this.links.places(lit, "output");
    if (outputs.length && !outputs.includes(this.window)) [this.window] = outputs;
    if (this.data.dimensions === 1) this.slideRow();
    else this.slideSquare();
  }

  slideRow() {
    this.grid.style.setProperty("--shift", this.window);
    const { short, says, shade } = this.data.terms;
    this.products.forEach((made, place) => {
      const seen = this.window + place;
      const input = this.data.spread.inputs[seen];
      const term = input * this.taps + this.taps - 1 - place;
      if (input < 0) rename(made, `zero:${seen}`, "0", "0, from a zero that was put in", 0);
      else rename(made, `term:${term}`, short[term], says[term], shade[term]);
      made.classList.toggle("none", input < 0);
    });
  }

  slideSquare() {
    const [rows, cols] = this.data.kernel.shape;
    const [row, col] = unravel(this.window, this.data.output.shape);
    put(this.frame, row + 1, col + 1, rows, cols);
    this.around.forEach((made, place) => {
      const [r, c] = unravel(place, this.data.spread.shape);
      const inside = r >= row && c >= col && r < row + rows && c < col + cols;
      if (inside) made.dataset.weight = this.data.kernel.short[this.taps - 1 - (r - row) * cols - (c - col)];
      else delete made.dataset.weight;
    });
  }
}
