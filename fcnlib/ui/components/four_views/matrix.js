// The third view: the terms as a matrix, with the output along one side and the input along the
// other. If its lines are too thin for numbers, the highlighted line is repeated below in full.

const MAX_MATRIX_HEIGHT = { few: 350, many: 430 }; // px
const MANY_LINES = 40;
const LINE = 27; // px
const MIN_LINE = { transposed: 14, plain: 19 }; // px that a line needs for numbers
const PHONE_WIDTH = 350; // px

class Matrix {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
    [, this.row] = split(links.start());
    this.show(true);
  }

  // The track of an index: in a 2-D view an additional track separates the rows of the array.
  track(first, index, shape) {
    return first + index + (this.data.dimensions === 2 ? Math.floor(index / shape[1]) : 0);
  }

  put(node, outputTrack, inputTrack) {
    return this.transposed ? put(node, outputTrack, inputTrack) : put(node, inputTrack, outputTrack);
  }

  show(transposed) {
    const { data, links } = this;
    this.transposed = transposed;
    const room = transposed
      ? MAX_MATRIX_HEIGHT[links.outputs > MANY_LINES ? "many" : "few"] / links.outputs
      : PHONE_WIDTH / (links.outputs + 2);
    this.thin = room < MIN_LINE[transposed ? "transposed" : "plain"];
    const outputTrack = (output) => this.track(3, output, data.output.shape);
    const inputTrack = (input) => this.track(1, input, data.input.shape);
    const [lastOutput, lastInput] = [outputTrack(links.outputs - 1) + 2, inputTrack(links.inputs - 1) + 2];
    const inputs = valueCells(data, "input").map((node, input) => this.put(node, 1, inputTrack(input)));
    this.outputs = valueCells(data, "output").map((node, output) => this.put(node, outputTrack(output), lastInput));
    this.entries = data.matrix.map((term, index) => {
      const [output, input] = links.entry(index);
      return this.put(this.entryCell(term, index), outputTrack(output), inputTrack(input));
    });
    this.copied = range(links.inputs + 1, (input) =>
      this.put(cell("kernel"), lastOutput, input < links.inputs ? inputTrack(input) : lastInput),
    );
    if (this.thin) for (const node of [...this.entries, ...this.outputs]) node.classList.add("thin");
    this.grid = grid(
      transposed ? "Matrix C transposed, input above, output on the right" : "Matrix C, input on the left, output below",
      [...inputs, ...this.entries, ...this.outputs, ...(this.thin ? this.copied : [])],
    );
    this.grid.classList.add("matrix");
    this.layOut(room);
    this.stage.replaceChildren(this.grid);
  }

  layOut(room) {
    const { data, links, transposed, thin } = this;
    const isGap = (index, shape) => data.dimensions === 2 && index && index % shape[1] === 0;
    const tracks = (count, shape, size) => range(count, (index) => (isGap(index, shape) ? `3px ${size}` : size)).join(" ");
    const outputs = `var(--head) 5px ${tracks(links.outputs, data.output.shape, "var(--line)")}${thin ? " 5px var(--head)" : ""}`;
    const inputs = `${tracks(links.inputs, data.input.shape, "var(--side)")} 5px var(--side)`;
    const { style } = this.grid;
    [style.gridTemplateRows, style.gridTemplateColumns] = transposed ? [outputs, inputs] : [inputs, outputs];
    const gaps = ({ shape }) => (data.dimensions === 2 ? 3 * (shape[0] - 1) : 0);
    const share = (count, most, rest) => `min(${most}px, (100cqw - ${rest}px) / ${count})`;
    const height = `${clamp(Math.floor(room), 4, LINE)}px`;
    const sizes = transposed
      ? { head: `${LINE}px`, side: share(links.inputs + 1, 56, 5 + gaps(data.input)), line: height, "text-size": "0.4 * var(--side)" }
      : { head: "34px", side: `${LINE}px`, line: share(links.outputs, 34, (thin ? 78 : 39) + gaps(data.output)), "text-size": "0.4 * var(--line)" };
    if (thin !== transposed) sizes["text-size"] = thin ? "12px" : `min(${sizes["text-size"]}, 0.62 * var(--line))`;
    for (const [name, size] of Object.entries(sizes)) style.setProperty(`--${name}`, `calc(${size})`);
  }

  entryCell(term, index) {
    const { input, output, kernel, terms } = this.data;
    const [row, column] = this.links.entry(index);
    const name = `matrix ${output.names[row]}, ${input.names[column]}`;
    if (term < 0) return cell("entry", `entry:${index}`, "0", `${name}: 0`);
    const tap = terms.tap[term];
    return cell("kernel", `term:${term}`, kernel.short[tap], `${name}: ${kernel.full[tap]}`, kernel.shade[tap]);
  }

  update({ marks, sums, focus }) {
    showSums(this.outputs, sums);
    const [role] = split(focus);
    const band = (name, others) => (others.includes(role) ? [] : this.links.highlighted(marks, name));
    const [outputs, inputs] = [band("output", ["input", "kernel"]), band("input", ["output", "kernel"])];
    this.entries.forEach((node, index) => {
      const [output, input] = this.links.entry(index);
      if (outputs.includes(output)) node.dataset.band = "output";
      else if (inputs.includes(input)) node.dataset.band = "input";
      else delete node.dataset.band;
    });
    if (outputs.length) [this.row] = outputs;
    if (this.thin) this.copyRow(sums);
  }

  copyRow(sums) {
    const { data, row, copied } = this;
    const first = row * this.links.inputs;
    this.entries.slice(first, first + this.links.inputs).forEach((entry, input) => {
      const { dataset, textContent, style } = entry;
      rename(copied[input], dataset.cell, textContent, entry.getAttribute("aria-label"), style.getPropertyValue("--shade"));
      copied[input].dataset.role = dataset.role;
    });
    const sum = copied.at(-1);
    rename(sum, `output:${row}`, "", data.output.labels[row]);
    showSum(sum, sums[row]);
    sum.dataset.role = "output";
  }
}
