// Four views of one transposed convolution: pointing at a cell in one of them highlights the cells
// that it is linked to in all of them. A page may show only some of the views.

const VIEWS = { scatter: Scatter, gather: Gather, matrix: Matrix, formula: Formula };
const FIRST_PLAY = 700; // ms until the steps of a figure that plays by itself begin

const viewsOf = oncePerRoot((root) => new FourViews(root));

export default function ({ data, parentElement }) {
  const views = viewsOf(parentElement.querySelector(".four-views"));
  views.load(data);
  return () => views.player.pause();
}

class FourViews {
  constructor(root) {
    this.root = root;
    this.hovered = this.focused = this.pinned = "";
    this.player = new Player(root, (reason) => this.stepped(reason));
    this.unpin = root.querySelector(".unpin");
    this.spoken = root.querySelector(".spoken");
    this.bold = root.querySelector(".bold");
    root.addEventListener("pointerover", (event) => this.point(event));
    root.addEventListener("pointerleave", () => this.hover(""));
    root.addEventListener("focusin", (event) => this.focus(event.target.matches(":focus-visible") ? nameOf(event) : ""));
    // Views must not change between two cells: a cell that is replaced then cannot get the focus.
    root.addEventListener("focusout", (event) => root.contains(event.relatedTarget) || this.focus(""));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.press(event));
    root.querySelector(".which").addEventListener("change", () => this.showMatrix());
  }

  // Streamlit calls again on each rerun and change of theme; only new data is drawn.
  load(data) {
    const text = JSON.stringify(data);
    if (text === this.text) return;
    const isFirst = !this.data;
    Object.assign(this, { text, data });
    const { root } = this;
    setColors(root, data.colors);
    root.dataset.dimensions = data.dimensions;
    root.ariaLabel = `Transposed convolution in ${data.dimensions}-D: ${data.views.join(", ")}`;
    root.querySelector(".description").textContent = data.says;
    this.links = new Links(data);
    const stage = (name) => root.querySelector(`[data-view=${name}] .stage`);
    this.views = data.views.map((name) => new VIEWS[name](stage(name), data, this.links));
    this.matrix = this.views.find((view) => view instanceof Matrix);
    this.arrange(data, isFirst);
    this.player.load({ input: this.links.inputs, output: this.links.outputs });
    if (!this.links.has(this.pinned)) this.pinned = "";
    this.hovered = this.focused = "";
    this.showMatrix();
    if (isFirst && data.plays) this.playOnce();
  }

  arrange({ views, order }, isFirst) {
    const { root } = this;
    for (const section of root.querySelectorAll("[data-view]")) section.hidden = !views.includes(section.dataset.view);
    root.querySelector(".views").dataset.count = views.length;
    const isLinked = views.length === Object.keys(VIEWS).length;
    root.toggleAttribute("data-linked", isLinked);
    // A single view has one natural order of steps, and a matrix shows all of them at once.
    root.querySelector(".order").hidden = !isLinked;
    root.querySelector(".toolbar").hidden = views.length === 1 && views[0] === "matrix";
    // The formula says more than this line.
    this.bold.hidden = views.includes("formula");
    if (!isFirst) return;
    root.querySelector(`[name=order][value=${order}]`).checked = true;
    this.player.order = order;
  }

  // Nothing moves by itself for those who asked their system for less motion.
  playOnce() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    setTimeout(() => {
      if (!this.player.moved) this.player.toggle();
    }, FIRST_PLAY);
  }

  showMatrix() {
    const transposed = this.root.querySelector("[name=which]:checked").value === "transposed";
    if (this.matrix && this.matrix.transposed !== transposed) this.matrix.show(transposed);
    this.root.querySelector("[data-view=matrix] header p").replaceChildren(...matrixCaption(transposed));
    this.draw();
  }

  point(event) {
    if (event.pointerType === "touch") return;
    const name = nameOf(event);
    // Between two cells the last one stays highlighted, unless another is chosen by other means.
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
    const action = event.target.closest("[data-do]")?.dataset.do;
    if (action === "unpin") this.pin("");
    else if (action === "play") this.player.toggle();
    else if (action) this.player.go(this.player.step + (action === "back" ? -1 : 1));
    else if (nameOf(event)) this.pin(nameOf(event));
  }

  pin(name) {
    this.pinned = name === this.pinned ? "" : name;
    if (!this.pinned) this.hovered = "";
    this.draw();
    this.speak();
  }

  press(event) {
    const from = event.target.closest("[role=gridcell]");
    if (event.key === "Escape" && this.pinned) this.pin("");
    else if (from && ARROWS[event.key]) {
      const cells = [...from.closest("[role=grid]").querySelectorAll("[role=gridcell]")];
      moveFocus(cells, from, event.key, cells.filter((node) => node.dataset.cell));
    } else if (from && (event.key === "Enter" || event.key === " ")) this.pin(nameOf(event));
    else return;
    event.preventDefault();
  }

  stepped(reason) {
    this.hovered = "";
    this.draw();
    if (reason === "step") this.speak();
  }

  current() {
    const chosen = this.hovered || this.focused || this.pinned || this.player.current();
    return this.links.has(chosen) ? chosen : this.links.start();
  }

  speak() {
    const text = this.links.describe(this.current());
    this.spoken.textContent = this.player.moved ? `${this.player.text.textContent}. ${text}` : text;
  }

  draw() {
    const { links, player, root } = this;
    const focus = this.current();
    const marks = links.highlights(focus);
    const state = { focus, marks, ...links.progress(player.order, player.step) };
    for (const view of this.views) view.update(state);
    this.highlight(marks);
    const together = links.highlightedWith(focus);
    this.bold.textContent = together && `Bold: ${together}.`;
    player.show();
    this.unpin.hidden = !this.pinned;
    root.toggleAttribute("data-pinned", Boolean(this.pinned));
    root.dataset.focus = focus;
  }

  // A pinned cell stays highlighted while steps go on; the cell of the step then has its own mark.
  highlight(marks) {
    const step = this.player.current();
    for (const node of this.root.querySelectorAll(".stage [role=gridcell]")) {
      const mark = marks.get(node.dataset.cell);
      if (mark) node.dataset.highlight = mark;
      else delete node.dataset.highlight;
      node.toggleAttribute("data-pin", Boolean(this.pinned) && node.dataset.cell === this.pinned);
      node.toggleAttribute("data-step", node.dataset.cell === step);
      node.setAttribute("aria-selected", mark === "self" || mark === "partner");
    }
  }
}

function nameOf(event) {
  return event.target.closest?.("[data-cell]")?.dataset.cell ?? "";
}

function matrixCaption(transposed) {
  const [x, y, C] = [named("input", "x"), named("output", "y"), named("kernel", "C")];
  return transposed
    ? [y, " = ", C, element("sup", {}, "T"), " ", x, ": each row holds the weights of one output."]
    : [C, " is the convolution that is transposed: each column holds the weights of one output."];
}
