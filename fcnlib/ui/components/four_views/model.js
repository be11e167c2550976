// Which cells of the four views belong together. A cell is named "role:index". Input, kernel and
// output cells are linked by terms, the products input × weight that add up to the output.

const BORDER = -2; // in spread.inputs: a zero around the inputs; -1 is a zero between them

function split(cell) {
  const [role, index] = cell.split(":");
  return [role, Number(index)];
}

// The row and column of an index into an array that is stored row by row.
function unravel(index, [, cols]) {
  return [Math.floor(index / cols), index % cols];
}

// The output's shape before the padding cuts it, or with output padding if that reaches further.
function uncutShape({ input, kernel, output, stride, padding }) {
  return stride.map((step, axis) => {
    const copies = step * (input.shape[axis] - 1) + kernel.shape[axis];
    return Math.max(copies, padding[axis] + output.shape[axis]);
  });
}

class Links {
  constructor(data) {
    this.data = data;
    this.inputs = data.input.names.length;
    this.taps = data.kernel.names.length;
    this.outputs = data.output.names.length;
    const columns = { input: data.terms.input, kernel: data.terms.tap, output: data.terms.output };
    this.termsOf = { input: [], kernel: [], output: [] };
    for (const role in columns) {
      columns[role].forEach((index, term) => (this.termsOf[role][index] ??= []).push(term));
    }
  }

  has(cell) {
    const [role, index] = split(cell);
    const { terms, matrix, spread } = this.data;
    if (role === "zero") return spread.inputs[index] < 0;
    if (role === "entry") return matrix[index] < 0;
    const count = role === "term" ? terms.output.length : this.data[role]?.names.length;
    return index < count;
  }

  terms(cell) {
    const [role, index] = split(cell);
    return role === "term" ? [index] : (this.termsOf[role]?.[index] ?? []);
  }

  // The output and the input of a matrix entry.
  entry(index) {
    return unravel(index, [this.outputs, this.inputs]);
  }

  // The weight above a cell of the spread input while the window is at `output`, or -1. The
  // window's first row and column are the output's own; the kernel in it is flipped.
  weightOver(output, place) {
    const [rows, cols] = this.data.kernel.shape;
    const [top, left] = unravel(output, this.data.output.shape);
    const [row, col] = unravel(place, this.data.spread.shape);
    const [down, right] = [row - top, col - left];
    const covered = down >= 0 && right >= 0 && down < rows && right < cols;
    return covered ? this.taps - 1 - (down * cols + right) : -1;
  }

  // The outputs whose windows cover a zero, each with the weight that multiplies it.
  windowsOver(place) {
    const windows = range(this.outputs, (output) => ({ output, tap: this.weightOver(output, place) }));
    return windows.filter(({ tap }) => tap >= 0);
  }

  // Cells to highlight: "self", "partner", or "idle" if linked only through a zero.
  highlights(cell) {
    const marks = new Map();
    const [role, index] = split(cell);
    if (role === "zero") {
      for (const { output, tap } of this.windowsOver(index)) {
        marks.set(`output:${output}`, "idle").set(`kernel:${tap}`, "idle");
      }
    } else if (role === "entry") {
      const [output, input] = this.entry(index);
      marks.set(`output:${output}`, "idle").set(`input:${input}`, "idle");
    }
    const { input, tap, output } = this.data.terms;
    for (const term of this.terms(cell)) {
      for (const name of [`term:${term}`, `input:${input[term]}`, `kernel:${tap[term]}`]) marks.set(name, "partner");
      if (output[term] >= 0) marks.set(`output:${output[term]}`, "partner");
    }
    return marks.set(cell, "self");
  }

  // The indices of the highlighted cells of one role, in ascending order.
  highlighted(marks, role) {
    const cells = [...marks.keys()].map(split);
    return cells.filter(([other]) => other === role).map(([, index]) => index).sort((a, b) => a - b);
  }

  // The sums that each output holds after `step` inputs were added or `step` outputs computed
  // (nothing before its step), and whether a term is among them.
  progress(order, step) {
    const { partial, terms } = this.data;
    const [added, computed] = order === "input" ? [step, this.outputs] : [this.inputs, step];
    const sums = partial.short[added].map(
      (text, output) => output < computed && { text, shade: partial.shade[added][output] },
    );
    const complete = step === (order === "input" ? this.inputs : this.outputs);
    const index = terms[order];
    return { sums, included: (term) => complete || (index[term] >= 0 && index[term] < step) };
  }

  // The cell shown at first: the output with the most terms, and of those the one nearest to the center.
  start() {
    const { shape } = this.data.output;
    const terms = range(this.outputs, (output) => this.terms(`output:${output}`).length);
    const distances = range(this.outputs, (output) => {
      const [row, col] = unravel(output, shape);
      return Math.abs(row - (shape[0] - 1) / 2) + Math.abs(col - (shape[1] - 1) / 2);
    });
    const outputs = range(this.outputs, (output) => output);
    outputs.sort((a, b) => terms[b] - terms[a] || distances[a] - distances[b] || a - b);
    return `output:${outputs[0]}`;
  }

  // What the cells that are highlighted together with a cell are, in a few words.
  highlightedWith(cell) {
    const [role, index] = split(cell);
    const { input, output, kernel } = this.data;
    if (role === "output") return `what adds up to ${output.names[index]} = ${output.short[index]}`;
    if (role === "input") return `${input.names[index]} = ${input.short[index]}, its copy of the kernel, and where it is added`;
    if (role === "kernel") return `everything that the weight ${kernel.short[index]} is used in`;
    return role === "term" ? "one product, its factors, and where it is added" : "";
  }

  // One sentence about a cell, for the live text and the notes.
  describe(cell) {
    const [role, index] = split(cell);
    const { input, output, spread } = this.data;
    if (role === "zero") {
      const names = this.windowsOver(index).map((window) => output.names[window.output]);
      const zero = spread.inputs[index] === BORDER ? "A zero at the border" : "An inserted zero";
      return `${zero}: it adds 0 to ${names.join(", ")}`;
    }
    if (role === "entry") {
      const [row, column] = this.entry(index);
      return `${input.names[column]} does not reach ${output.names[row]}: the matrix holds 0`;
    }
    return this.data[role === "term" ? "terms" : role].says[index];
  }
}
