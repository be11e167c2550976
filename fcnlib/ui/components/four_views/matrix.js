// The third view: the same terms as a matrix, the output along one side, the input along the
// other. Where its lines are too thin for numbers, the one that is lit is written out.

const MATRIX_HEIGHT = { few: 350, many: 430 }; // px
const MANY = 40; // lines
const MATRIX_LINE = 27; // px
const READABLE = { transposed: 14, plain: 19 }; // px that a line with numbers takes
const MATRIX_WIDTH = 350; // px, on a phone

class Matrix {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
    this.inputs = data.input.names.length;
    this.count = data.output.names.length;
    this.row = links.split(links.start())[1];
    this.turn(true);
  }

  // Blocks of a square's rows stand apart: every block is followed by a track for the gap.
  line(first, place, shape) {
    return first + place + (this.data.dimensions === 2 ? Math.floor(place / shape[1]) : 0);
  }

  alongOutput(place) {
    return this.line(3, place, this.data.output.shape);
  }

  alongInput(place) {
    return this.line(1, place, this.data.input.shape);
  }

  put(made, outputLine, inputLine) {
    return this.transposed ? put(made, outputLine, inputLine) : put(made, inputLine, outputLine);
  }

  turn(transposed) {
    const { data } = this;
    this.transposed = transposed;
    const room = transposed ? MATRIX_HEIGHT[this.count > MANY ? "many" : "few"] / this.count : MATRIX_WIDTH / (this.count + 2);
    this.thin = room < READABLE[transposed ? "transposed" : "plain"];
    const last = [this.alongOutput(this.count - 1) + 2, this.alongInput(this.inputs - 1) + 2];
    const inputs = range(this.inputs, (input) => this.put(valueCell(data, "input", input), 1, this.alongInput(input)));
    this.outputs = range(this.count, (o) => this.put(valueCell(data, "output", o), this.alongOutput(o), last[1]));
    this.entries = data.matrix.map((_, entry) =>
      this.put(this.entry(entry), this.alongOutput(Math.floor(entry / this.inputs)), this.alongInput(entry % this.inputs)),
    );
    this.written = range(this.inputs + 1, (place) =>
      this.put(cell("", "kernel", "", ""), last[0], place < this.inputs ? this.alongInput(place) : last[1]),
    );
    const cells = [...inputs, ...this.entries, ...this.outputs];
    if (this.thin) cells.push(...this.written);
    for (const made of this.thin ? [...this.entries, ...this.outputs] : []) made.classList.add("thin");
    const name = transposed ? "Matrix C transposed, input above, output at the right" : "Matrix C, input at the left, output below";
    this.grid = grid(name, cells);
    this.grid.classList.add("matrix");
    this.layOut(room);
    this.stage.replaceChildren(this.grid);
  }

  layOut(room) {
    const tracks = (count, shape, size) =>
      range(count, (place) => (this.data.dimensions === 2 && place && place % shape[1] === 0 ? `3px ${size}` : size)).join(" ");
    const outputs = `var(--head) 5px ${tracks(this.count, this.data.output.shape, "var(--line)")}${this.thin ? " 5px var(--head)" : ""}`;
    const inputs = `${tracks(this.inputs, this.data.input.shape, "var(--side)")} 5px var(--side)`;
    const { style } = this.grid;
    style.gridTemplateRows = this.transposed ? outputs : inputs;
    style.gridTemplateColumns = this.transposed ? inputs : outputs;
    const blocks = ({ shape }) => (this.data.dimensions === 2 ? 3 * (shape[0] - 1) : 0);
    const share = (count, most, rest) => `min(${most}px, (100cqw - ${rest}px) / ${count})`;
    const high = `${Math.min(MATRIX_LINE, Math.max(4, Math.floor(room)))}px`;
    const sizes = this.transposed
      ? { head: `${MATRIX_LINE}px`, side: share(this.inputs + 1, 56, 5 + blocks(this.data.input)), line: high, "text-size": "0.4 * var(--side)" }
      : { head: "34px", side: `${MATRIX_LINE}px`, line: share(this.count, 34, (this.thin ? 78 : 39) + blocks(this.data.output)), "text-size": "0.4 * var(--line)" };
    if (this.thin !== this.transposed) sizes["text-size"] = this.thin ? "12px" : `min(${sizes["text-size"]}, 0.62 * var(--line))`;
    for (const [name, size] of Object.entries(sizes)) style.setProperty(`--${name}`, `calc(${size})`);
  }

  entry(entry) {
    const { data } = this;
    const term = data.matrix[entry];
    const name = `${data.output.names[Math.floor(entry / this.inputs)]}, ${data.input.names[entry % this.inputs]}`;
    if (term < 0) return cell(`entry:${entry}`, "entry", "0", `matrix ${name}: 0`);
    const tap = data.terms.tap[term];
    return cell(`term:${term}`, "kernel", data.kernel.short[tap], `matrix ${name}: ${data.kernel.full[tap]}`, data.kernel.shade[tap]);
  }

  update({ lit, partial, focus }) {
    this.outputs.forEach((made, place) => fill(made, partial[place]));
    const [role] = this.links.split(focus);
    const outputs = role === "input" || role === "kernel" ? [] : this.links.places(lit, "output");
    const inputs = role === "output" || role === "kernel" ? [] : this.links.places(lit, "input");
    this.entries.forEach((made, entry) => {
      const [output, input] = [Math.floor(entry / this.inputs), entry % this.inputs];
      if (outputs.includes(output)) made.dataset.band = "output";
      else if (inputs.includes(input)) made.dataset.band = "input";
      else delete made.dataset.band;
    });
    if (outputs.length) [this.row] = outputs;
    if (this.thin) this.writeOut(partial);
  }

  writeOut(partial) {
    const { data, row } = this;
    this.written.forEach((made, input) => {
      if (input === this.inputs) {
        rename(made, `output:${row}`, "", data.output.labels[row]);
        fill(made, partial[row]);
        made.dataset.role = "output";
        return;
      }
      const original = this.entries[row * this.inputs + input];
      const { dataset, textContent } = original;
      rename(made, dataset.cell, textContent, original.getAttribute("aria-label"), original.style.getPropertyValue("--shade"));
      made.dataset.role = dataset.role;
    });
  }
}
