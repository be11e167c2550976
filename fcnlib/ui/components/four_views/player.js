// Steps: over inputs, each of which paints its copy, or over outputs, each of which is filled.

const PACE = 1100; // ms from one step to the next at speed 1

class Player {
  constructor(root, changed) {
    Object.assign(this, { root, changed, order: "input", step: 1, count: 1, speed: 1, moved: false, timer: 0 });
    this.scrub = root.querySelector(".scrub");
    this.progress = root.querySelector(".progress");
    this.playing = root.querySelector("[data-do=play]");
    this.scrub.addEventListener("input", () => this.go(Number(this.scrub.value)));
    root.querySelector(".speed select").addEventListener("change", (event) => {
      this.speed = Number(event.target.value);
      if (this.timer) this.wait();
    });
    root.querySelector(".order").addEventListener("change", (event) => this.turn(event.target.value));
  }

  // New data: whoever had seen everything sees everything again.
  load(counts, names) {
    const complete = this.step === this.count;
    Object.assign(this, { counts, names, count: counts[this.order] });
    this.step = complete ? this.count : Math.min(this.step, this.count);
    if (complete) this.moved = false;
  }

  turn(order) {
    this.pause();
    Object.assign(this, { order, count: this.counts[order], moved: false });
    this.step = this.count;
    this.changed("step");
  }

  go(step) {
    this.pause();
    this.move(step);
  }

  move(step) {
    this.step = Math.min(Math.max(step, 0), this.count);
    this.moved = true;
    this.changed(this.timer ? "tick" : "step");
  }

  toggle() {
    if (this.timer) {
      this.pause();
      this.changed("step");
      return;
    }
    this.wait();
    this.move(this.step === this.count ? 1 : this.step + 1);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.wait();
      this.move(this.step + 1);
      if (this.step === this.count) {
        this.pause();
        this.changed("step");
      }
    }, PACE / this.speed);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  // The cell that the current step is about, once a visitor has begun to step.
  current() {
    return this.moved && this.step > 0 ? `${this.order}:${this.step - 1}` : "";
  }

  show() {
    const done = this.order === "input" ? "painted" : "filled";
    const what = `${this.order}${this.count === 1 ? "" : "s"}`;
    this.progress.textContent = `${this.step} of ${this.count} ${what} ${done}`;
    Object.assign(this.scrub, { max: this.count, value: this.step });
    this.scrub.setAttribute("aria-valuetext", this.progress.textContent);
    this.scrub.style.setProperty("--share", this.step / this.count);
    this.root.querySelector("[data-do=back]").disabled = this.step === 0;
    this.root.querySelector("[data-do=forward]").disabled = this.step === this.count;
    this.playing.setAttribute("aria-label", this.timer ? "Pause" : "Play");
    this.playing.title = this.timer ? "Pause" : "Play";
    this.playing.toggleAttribute("data-playing", Boolean(this.timer));
  }
}
