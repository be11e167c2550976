// Four views of one transposed convolution: what is pointed at in one lights up in all.

class FourViews {
  constructor(root) {
    this.root = root;
    this.hovered = this.focused = this.pinned = "";
    this.player = new Player(root, (why) => this.stepped(why));
    this.stages = {};
    for (const section of root.querySelectorAll("[data-view]")) {
      this.stages[section.dataset.view] = section.querySelector(".stage");
    }
    this.unpin = root.querySelector(".unpin");
    this.spoken = root.querySelector(".spoken");
    this.listen();
  }

  // Streamlit calls again on each rerun and each change of theme: only new numbers are drawn.
  load(data) {
    const text = JSON.stringify(data);
    if (text === this.text) return;
    this.text = text;
    this.data = data;
    for (const [role, color] of Object.entries(data.colors)) this.root.style.setProperty(`--${role}`, color);
    this.root.dataset.dimensions = data.dimensions;
    this.root.querySelector(".description").textContent = data.says;
    this.links = new Links(data);
    this.views = {
      scatter: new Scatter(this.stages.scatter, data, this.links),
      gather: new Gather(this.stages.gather, data, this.links),
      matrix: new Matrix(this.stages.matrix, data, this.links),
      formula: new Formula(this.stages.formula, data, this.links),
    };
    this.player.load({ input: this.links.inputs, output: this.links.outputs });
    if (!this.links.has(this.pinned)) this.pinned = "";
    this.hovered = this.focused = "";
    this.turnMatrix();
  }

  turnMatrix() {
    const transposed = this.root.querySelector("[name=which]:checked").value === "transposed";
    if (this.views.matrix.transposed !== transposed) this.views.matrix.turn(transposed);
    this.stages.matrix.parentElement.querySelector("header p").replaceChildren(...matrixLead(transposed));
    this.draw();
  }

  listen() {
    const { root } = this;
    root.addEventListener("pointerover", (event) => this.point(event));
    root.addEventListener("pointerleave", () => this.hover(""));
    root.addEventListener("focusin", (event) => this.focus(event.target.matches(":focus-visible") ? nameOf(event) : ""));
    root.addEventListener("focusout", () => this.focus(""));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.key(event));
    root.querySelector(".which").addEventListener("change", () => this.turnMatrix());
  }

  point(event) {
    if (event.pointerType === "touch") return;
    const name = nameOf(event);
    // Between two cells the last one stays lit, unless something else is there to be seen.
    if (name || this.pinned || this.focused || this.player.timer) this.hover(name);
  }

  hover(name) {
    if (name === this.hovered) return;
    this.hovered = name;
    this.draw();
  }

  focus(name) {
    if (name === this.focused) return;
    this.focused = name;
    this.draw();
    if (name) this.speak();
  }

  click(event) {
    const button = event.target.closest("[data-do]");
    if (button) this.do(button.dataset.do);
    else if (nameOf(event)) this.pin(nameOf(event));
  }

  do(what) {
    if (what === "unpin") this.pin("");
    else if (what === "play") this.player.toggle();
    else this.player.go(this.player.step + (what === "back" ? -1 : 1));
  }

  pin(name) {
    this.pinned = name === this.pinned ? "" : name;
    if (!this.pinned) this.hovered = "";
    this.draw();
    this.speak();
  }

  key(event) {
    const from = event.target.closest("[role=gridcell]");
    if (event.key === "Escape" && this.pinned) this.pin("");
    else if (from && ARROWS[event.key]) {
      const to = neighbor(from, event.key);
      if (to) rove(to);
    } else if (from && (event.key === "Enter" || event.key === " ")) this.pin(nameOf(event));
    else return;
    event.preventDefault();
  }

  stepped(why) {
    this.hovered = "";
    this.draw();
    if (why === "step") this.speak();
  }

  current() {
    const chosen = this.hovered || this.focused || this.pinned || this.player.current();
    return this.links.has(chosen) ? chosen : this.links.start();
  }

  speak() {
    const said = this.links.says(this.current());
    this.spoken.textContent = this.player.moved ? `${this.player.progress.textContent}. ${said}` : said;
  }

  draw() {
    const { data, links, player } = this;
    const focus = this.current();
    const lit = links.lit(focus);
    const byInput = player.order === "input";
    const step = byInput ? player.step : links.inputs;
    const { short, shade } = data.partial;
    const partial = short[step].map((text, o) => (byInput || o < player.step) && { text, shade: shade[step][o] });
    const place = byInput ? data.terms.input : data.terms.output;
    const painted = (term) => player.step === player.count || (place[term] >= 0 && place[term] < player.step);
    for (const view of Object.values(this.views)) view.update({ focus, lit, partial, painted });
    this.light(lit);
    player.show();
    this.unpin.hidden = !this.pinned;
    this.root.toggleAttribute("data-pinned", Boolean(this.pinned));
    this.root.dataset.focus = focus;
  }

  // A pin stays lit while steps go on; then the step has a mark of its own.
  light(lit) {
    const step = this.player.current();
    for (const made of this.root.querySelectorAll(".stage [role=gridcell]")) {
      const state = lit.get(made.dataset.cell);
      if (state) made.dataset.lit = state;
      else delete made.dataset.lit;
      made.toggleAttribute("data-pin", Boolean(this.pinned) && made.dataset.cell === this.pinned);
      made.toggleAttribute("data-step", made.dataset.cell === step);
      made.setAttribute("aria-selected", String(state === "self" || state === "partner"));
    }
  }
}

function nameOf(event) {
  return event.target.closest?.("[data-cell]")?.dataset.cell ?? "";
}

function matrixLead(transposed) {
  const matrix = [named("kernel", "C"), ...(transposed ? [element("sup", {}, "T")] : [])];
  return transposed
    ? [named("output", "y"), " = ", ...matrix, " ", named("input", "x"), ": a row holds the weights of one output."]
    : ["The convolution that this transposes: the same weights, by column."];
}

const shown = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".four-views");
  if (!shown.has(root)) shown.set(root, new FourViews(root));
  const views = shown.get(root);
  views.load(data);
  return () => views.player.pause();
}
