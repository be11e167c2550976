// The steps: over inputs, each of which adds its copy, or over outputs, each of which is computed.

const STEP_TIME = 1100; // ms from one step to the next at speed 1

class Player {
  // `changed` is called with "tick" while the steps play, and with "step" otherwise.
  constructor(root, changed) {
    Object.assign(this, { changed, order: "input", step: 1, count: 1, speed: 1, moved: false, timer: 0 });
    const names = { slider: ".scrub", text: ".progress", back: "[data-do=back]", play: "[data-do=play]", forward: "[data-do=forward]" };
    for (const [name, selector] of Object.entries(names)) this[name] = root.querySelector(selector);
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    root.querySelector(".speed select").addEventListener("change", (event) => {
      this.speed = Number(event.target.value);
      if (this.timer) this.wait();
    });
    root.querySelector(".order").addEventListener("change", (event) => this.setOrder(event.target.value));
  }

  // If all steps of the previous data were shown, all steps of the new data are shown too.
  load(counts) {
    const complete = this.step === this.count;
    Object.assign(this, { counts, count: counts[this.order] });
    this.step = complete ? this.count : Math.min(this.step, this.count);
    if (complete) this.moved = false;
  }

  setOrder(order) {
    this.pause();
    Object.assign(this, { order, count: this.counts[order], step: this.counts[order], moved: false });
    this.changed("step");
  }

  go(step) {
    this.pause();
    this.move(step);
  }

  move(step) {
    this.step = clamp(step, 0, this.count);
    this.moved = true;
    this.changed(this.timer ? "tick" : "step");
  }

  toggle() {
    if (this.timer) this.stop();
    else {
      this.wait();
      this.move(this.step === this.count ? 1 : this.step + 1);
    }
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.wait();
      this.move(this.step + 1);
      if (this.step === this.count) this.stop();
    }, STEP_TIME / this.speed);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  stop() {
    this.pause();
    this.changed("step");
  }

  // The cell of the current step, or nothing before the first step.
  current() {
    return this.moved && this.step > 0 ? `${this.order}:${this.step - 1}` : "";
  }

  show() {
    const { order, step, count, slider } = this;
    const text = `${step} of ${count} ${order}${count === 1 ? "" : "s"} ${order === "input" ? "added" : "computed"}`;
    this.text.textContent = text;
    Object.assign(slider, { max: count, value: step });
    slider.setAttribute("aria-valuetext", text);
    this.back.disabled = step === 0;
    this.forward.disabled = step === count;
    const action = this.timer ? "Pause" : "Play";
    setAttributes(this.play, { title: action, "aria-label": action }).toggleAttribute("data-playing", Boolean(this.timer));
  }
}
