// What lights up together. A cell is named "role:place"; whatever is pointed at is a choice of
// terms, and every cell that has a part in one of them is its partner in every view.

const BORDER = -2; // a zero around the inputs; -1 is one between them

class Links {
  constructor(data) {
    this.data = data;
    this.inputs = data.input.names.length;
    this.taps = data.kernel.names.length;
    this.outputs = data.output.names.length;
    this.of = { input: [], kernel: [], output: [] };
    data.terms.output.forEach((output, term) => {
      const places = { input: data.terms.input[term], kernel: data.terms.tap[term], output };
      for (const role in this.of) (this.of[role][places[role]] ??= []).push(term);
    });
  }

  split(cell) {
    const [role, place] = cell.split(":");
    return [role, Number(place)];
  }

  has(cell) {
    if (!cell) return false;
    const [role, place] = this.split(cell);
    const counts = {
      input: this.inputs, kernel: this.taps, output: this.outputs,
      term: this.data.terms.output.length, entry: this.data.matrix.length,
      zero: this.data.spread.inputs.length,
    };
    if (!(place < counts[role])) return false;
    if (role === "zero") return this.data.spread.inputs[place] < 0;
    return role !== "entry" || this.data.matrix[place] < 0;
  }

  terms(cell) {
    const [role, place] = this.split(cell);
    if (role === "term") return [place];
    return this.of[role]?.[place] ?? [];
  }

  // The windows that cover a zero: each adds nothing, through one weight.
  covering(place) {
    const [rows, cols] = this.data.output.shape;
    const [kernelRows, kernelCols] = this.data.kernel.shape;
    const [row, col] = unravel(place, this.data.spread.shape);
    const found = [];
    for (let r = Math.max(0, row - kernelRows + 1); r <= Math.min(row, rows - 1); r++) {
      for (let c = Math.max(0, col - kernelCols + 1); c <= Math.min(col, cols - 1); c++) {
        const tap = (kernelRows - 1 - row + r) * kernelCols + (kernelCols - 1 - col + c);
        found.push({ output: r * cols + c, tap });
      }
    }
    return found;
  }

  // A map from cell to how it is lit: "self", "partner", or "idle" for what meets only a zero.
  lit(cell) {
    const found = new Map();
    const [role, place] = this.split(cell);
    if (role === "zero") {
      for (const { output, tap } of this.covering(place)) {
        found.set(`output:${output}`, "idle").set(`kernel:${tap}`, "idle");
      }
    } else if (role === "entry") {
      found.set(`output:${Math.floor(place / this.inputs)}`, "idle");
      found.set(`input:${place % this.inputs}`, "idle");
    }
    for (const term of this.terms(cell)) {
      found.set(`term:${term}`, "partner");
      found.set(`input:${this.data.terms.input[term]}`, "partner");
      found.set(`kernel:${this.data.terms.tap[term]}`, "partner");
      if (this.data.terms.output[term] >= 0) found.set(`output:${this.data.terms.output[term]}`, "partner");
    }
    return found.set(cell, "self");
  }

  places(lit, role) {
    const found = [];
    for (const cell of lit.keys()) {
      const [its, place] = this.split(cell);
      if (its === role) found.push(place);
    }
    return found.sort((a, b) => a - b);
  }

  // Where a visitor starts: the output with the most terms that lies nearest to the middle.
  start() {
    const counts = Array.from({ length: this.outputs }, (_, o) => this.terms(`output:${o}`).length);
    const [rows, cols] = this.data.output.shape;
    const off = (o) => {
      const [row, col] = unravel(o, this.data.output.shape);
      return Math.abs(row - (rows - 1) / 2) + Math.abs(col - (cols - 1) / 2);
    };
    const places = counts.map((_, o) => o);
    places.sort((a, b) => counts[b] - counts[a] || off(a) - off(b) || a - b);
    return `output:${places[0]}`;
  }

  says(cell) {
    const [role, place] = this.split(cell);
    const names = this.data.output.names;
    if (role === "term") return this.data.terms.says[place];
    if (role === "zero") {
      const seen = this.covering(place).map(({ output }) => names[output]);
      const zero = this.data.spread.inputs[place] === BORDER ? "A zero at the border" : "An inserted zero";
      return `${zero}: it adds 0 to ${seen.join(", ")}`;
    }
    if (role === "entry") {
      const input = this.data.input.names[place % this.inputs];
      return `${input} does not reach ${names[Math.floor(place / this.inputs)]}: the matrix holds 0`;
    }
    return this.data[role].says[place];
  }
}

function unravel(place, [, cols]) {
  return [Math.floor(place / cols), place % cols];
}
