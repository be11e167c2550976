// Several maps of one picture. Pointing at one of them marks the same pixel in all, and names its
// class in each. Python sends images; the classes are read from their colors.

const HOW = "Arrow keys move the marked pixel, with Shift by ten.";

const mapsOf = oncePerRoot((root) => new LinkedMaps(root));

export default function ({ data, parentElement }) {
  mapsOf(parentElement.querySelector(".linked")).show(data);
}

class LinkedMaps {
  constructor(root) {
    for (const name of ["grid", "legend", "words"]) this[name] = root.querySelector(`.${name}`);
    const point = (event) => {
      const frame = event.target.closest(".frame");
      if (frame) this.mark(pixelUnder(event, frame.getBoundingClientRect(), this.data));
    };
    this.grid.addEventListener("pointermove", point);
    this.grid.addEventListener("pointerdown", point);
    this.grid.addEventListener("keydown", (event) => {
      if (!ARROWS[event.key]) return;
      event.preventDefault();
      this.mark(pixelBeside(this.pixel, event.key, event.shiftKey, this.data));
    });
  }

  async show(data) {
    if (this.data?.digest === data.digest) return;
    this.data = data;
    const images = await Promise.all(data.panels.map(({ image }) => image && loadPicture(image)));
    if (this.data !== data) return; // other maps arrived while these were decoded
    this.maps = [];
    const figures = data.panels.map((panel, index) => this.figure(panel, images[index]));
    this.drawErrors();
    this.grid.ariaLabel = `Maps: ${data.panels.map(({ title }) => title).join(", ")}. ${HOW}`;
    this.grid.style.setProperty("--columns", data.columns);
    this.grid.replaceChildren(...figures);
    const named = data.legend ? data.names : [];
    this.legend.replaceChildren(...named.map((name, index) => legendEntry(name, data.colors[index])));
    const [row, column] = this.pixel ?? data.start;
    const inside = row < data.height && column < data.width && this.start === String(data.start);
    this.start = String(data.start);
    this.mark(inside ? [row, column] : data.start);
  }

  figure({ title, note, kind, image: url, alt }, image) {
    const { height, width } = this.data;
    const canvas = element("canvas", { width, height, class: kind, role: "img", "aria-label": alt });
    const frame = element("div", { class: "frame", style: `aspect-ratio: ${width} / ${height}` }, canvas);
    if (image) {
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.drawImage(image, 0, 0, width, height);
      if (kind !== "picture") {
        const { data: rgba } = pen.getImageData(0, 0, width, height);
        this.maps.push({ kind, title, pen, classes: classesOf(rgba, this.data.colors) });
      }
      frame.append(element("span", { class: "mark" }));
    } else frame.append(element("span", { class: "empty" }, this.data.waiting));
    const caption = element("figcaption", {}, element("b", {}, title), note ? ` ${note}` : "");
    return element("figure", {}, caption, frame);
  }

  // Show where the answers are wrong, in place of their classes.
  drawErrors() {
    const truth = this.maps.find(({ kind }) => kind === "truth");
    for (const { kind, pen, classes } of this.maps) {
      if (kind !== "wrong" || !truth) continue;
      const { width, height } = this.data;
      pen.fillStyle = this.data.right;
      pen.fillRect(0, 0, width, height);
      pen.fillStyle = this.data.wrong;
      classes.forEach((index, at) => {
        if (index !== truth.classes[at]) pen.fillRect(at % width, Math.floor(at / width), 1, 1);
      });
    }
  }

  mark(pixel) {
    this.pixel = pixel;
    const { height, width, names } = this.data;
    for (const mark of this.grid.querySelectorAll(".mark")) {
      mark.style.top = `${((pixel[0] + 0.5) / height) * 100}%`;
      mark.style.left = `${((pixel[1] + 0.5) / width) * 100}%`;
    }
    this.words.textContent = this.maps?.length ? sayPixel(pixel, this.maps, names, width) : "";
  }
}

async function loadPicture(url) {
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  return image;
}

function legendEntry(name, color) {
  return element("span", {}, element("span", { class: "swatch", style: `background: ${color}` }), name);
}
