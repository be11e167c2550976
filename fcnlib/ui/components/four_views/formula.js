// The fourth view: the sum that a cell is, or the terms that it has a part in, with numbers.

class Formula {
  constructor(stage, data, links) {
    Object.assign(this, { stage, data, links });
  }

  // A term that is pointed at keeps the sum that it belongs to in sight.
  update({ focus }) {
    if (focus === this.shown) return;
    const [role, place] = this.links.split(focus);
    const output = role === "term" ? this.data.terms.output[place] : role === "entry" ? Math.floor(place / this.links.inputs) : -1;
    const about = output >= 0 ? `output:${output}` : focus;
    this.shown = focus;
    if (about !== this.about || role === "entry") this.build(about, role === "entry" ? focus : "");
  }

  build(about, entry) {
    this.about = about;
    const [role, place] = this.links.split(about);
    const terms = this.links.terms(about);
    const note = entry || role === "zero" ? [element("p", { class: "note" }, this.links.says(entry || about) + ".")] : [];
    const parts = role === "output" ? this.sum(place, terms) : this.list(role, place, terms);
    const size = element("p", { class: "size" }, named("output", "Output size"), ` = ${this.data.size}`);
    this.stage.replaceChildren(...note, ...parts, size);
  }

  // y[3] = 2 × 0.5 + 3 × 1 = 4
  sum(place, terms) {
    const { names, full, equals, shade } = this.data.output;
    const value = this.value("output", place, [sign(terms.length ? equals[place] : "="), full[place]], shade[place]);
    const name = named("output", names[place]);
    const head = element("span", { class: "head" }, name, terms.length ? sign("=") : " is reached by no copy");
    return [this.row("The sum", [...terms.map((term) => this.term(term, false)), value], head, "plus")];
  }

  list(role, place, terms) {
    if (!this.data[role] && role !== "term") return [];
    const say = { input: "is painted:", kernel: `has a part in ${terms.length} terms:`, term: "Cut off by the padding:" }[role];
    const name = role === "term" ? "" : named(role, `${this.data[role].names[place]} = ${this.data[role].full[place]}`);
    const head = element("span", { class: "head" }, name, ` ${say}`);
    return [this.row("The terms", terms.map((term) => this.term(term, true)), head, "")];
  }

  row(label, cells, head, className) {
    cells.forEach((made, column) => put(made, 1, column + 1));
    const made = grid(label, cells, []);
    for (const child of cells) child.style.gridArea = "";
    made.className = `terms ${className || "listed"}`;
    made.prepend(head);
    return made;
  }

  value(role, place, content, shade) {
    const made = cell(`${role}:${place}`, role, "", this.data[role].labels[place], shade);
    made.className = "total";
    made.replaceChildren(...content);
    return made;
  }

  // Names above, numbers below; with `listed`, where the product goes.
  term(term, listed) {
    const { input, tap, output, full, says, shade } = this.data.terms;
    const [x, k] = [input[term], tap[term]];
    const made = cell(`term:${term}`, "term", "", says[term], shade[term]);
    const factors = { input: named("input", this.data.input.names[x]), kernel: named("kernel", this.data.kernel.names[k]) };
    const numbers = [named("input", bracketed(this.data.input.full[x])), " × ", named("kernel", bracketed(this.data.kernel.full[k]))];
    const goes = output[term] < 0 ? "cut off" : named("output", this.data.output.names[output[term]]);
    const [about] = this.links.split(this.about);
    const other = Object.keys(factors).filter((role) => role !== about).map((role) => factors[role]);
    made.className = "product";
    made.replaceChildren(
      element("span", { class: "names" }, ...(listed ? [...other, " → ", goes] : [factors.input, "·", factors.kernel])),
      element("span", { class: "numbers" }, ...numbers, ...(listed ? [` = ${full[term]}`] : [])),
    );
    return made;
  }
}

function sign(text) {
  return element("span", { class: "sign" }, text);
}

function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}
