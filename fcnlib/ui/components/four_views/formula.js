// The fourth view: the sum that makes an output, or the terms that a cell is part of, in numbers.

class Formula {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
  }

  // A term shows the sum of its output, so that the sum stays visible while you point at its terms.
  update({ focus }) {
    // Products that are replaced would lose the keyboard's focus.
    if (this.stage.querySelector(":focus-visible")) return;
    const [role, index] = split(focus);
    const isEntry = role === "entry";
    const output = role === "term" ? this.data.terms.output[index] : isEntry ? this.links.entry(index)[0] : -1;
    const subject = output >= 0 ? `output:${output}` : focus;
    const note = isEntry || role === "zero" ? `${this.links.describe(focus)}.` : "";
    if (subject === this.subject && note === this.note) return;
    Object.assign(this, { subject, note });
    const notes = note ? [element("p", { class: "note" }, note)] : [];
    const size = element("p", { class: "size" }, named("output", "Output size"), ` = ${this.data.size}`);
    this.stage.replaceChildren(...notes, ...this.build(...split(subject)), size);
  }

  build(role, index) {
    const terms = this.links.terms(this.subject);
    if (role === "output") return [this.sum(index, terms)];
    if (role !== "term" && !this.data[role]) return [];
    const say = { input: "contributes:", kernel: `is part of ${terms.length} terms:`, term: "Cut off by the padding:" }[role];
    const name = role === "term" ? "" : named(role, `${this.data[role].names[index]} = ${this.data[role].full[index]}`);
    return [this.row("The terms", "listed", terms.map((term) => this.term(term, role)), name, ` ${say}`)];
  }

  // For example y[3] = 2 × 0.5 + 3 × 1 = 4
  sum(index, terms) {
    const { names, full, equals, labels, shade } = this.data.output;
    const total = cell("output", `output:${index}`, "", labels[index], shade[index]);
    total.className = "total";
    total.replaceChildren(sign(terms.length ? equals[index] : "="), full[index]);
    const start = terms.length ? sign("=") : " receives no copy of the kernel";
    return this.row("The sum", "plus", [...terms.map((term) => this.term(term)), total], named("output", names[index]), start);
  }

  row(label, className, cells, ...head) {
    cells.forEach((node, column) => (node.at = [1, column + 1]));
    const row = grid(label, cells, [element("span", { class: "head" }, ...head)]);
    row.className = `terms ${className}`;
    return row;
  }

  // Names above numbers. In the list of a role, its own name is left out and the output is added.
  term(term, listedRole) {
    const { input, kernel, output, terms } = this.data;
    const [x, k, y] = [terms.input[term], terms.tap[term], terms.output[term]];
    // A name contains the text that is seen, which has no sign between names and numbers.
    const name = terms.says[term].replace(" = ", ": ");
    const node = cell("term", `term:${term}`, "", name, terms.shade[term]);
    const factors = { input: named("input", input.names[x]), kernel: named("kernel", kernel.names[k]) };
    const numbers = [named("input", bracketed(input.full[x])), " × ", named("kernel", bracketed(kernel.full[k]))];
    let names = [factors.input, "·", factors.kernel];
    if (listedRole) {
      delete factors[listedRole];
      names = [...Object.values(factors), " → ", y < 0 ? "cut off" : named("output", output.names[y])];
      numbers.push(` = ${terms.full[term]}`);
    }
    node.className = "product";
    node.replaceChildren(element("span", { class: "names" }, ...names), " ", element("span", { class: "numbers" }, ...numbers));
    return node;
  }
}

function sign(text) {
  return element("span", { class: "sign" }, text);
}

function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}
