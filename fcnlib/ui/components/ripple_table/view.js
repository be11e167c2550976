// A table whose cells are buttons: kernel sizes down, strides across. One of them is in the order
// of the Tab key, the arrow keys lead to the others, and a click, a tap or Enter sends
// [size, stride] to Python.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector(".ripples");
  const held = table.contains(table.getRootNode().activeElement);
  for (const [name, color] of Object.entries(data.colors)) {
    table.style.setProperty(`--${name}`, color);
  }
  table.tHead.replaceChildren(row("Size", data.strides.map((stride) => head(`÷ ${stride}`, "col"))));
  const buttons = data.cells.map((cells) => cells.map((cell) => button(cell, setTriggerValue)));
  table.tBodies[0].replaceChildren(
    ...data.sizes.map((size, place) => row(String(size), buttons[place].map(cellOf))),
  );
  table.onkeydown = (event) => move(event, buttons);
  const chosen = buttons.flat().find((each) => each.ariaPressed === "true");
  chosen.tabIndex = 0;
  if (held) chosen.focus({ preventScroll: true });
}

function row(title, cells) {
  const made = document.createElement("tr");
  made.append(head(title, "row"), ...cells);
  return made;
}

function head(text, scope) {
  const made = document.createElement("th");
  made.scope = scope;
  made.textContent = text;
  return made;
}

function cellOf(inside) {
  const made = document.createElement("td");
  made.append(inside);
  return made;
}

function button(cell, send) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = cell.text;
  made.title = made.ariaLabel = cell.label;
  made.className = cell.kind;
  made.classList.toggle("divisible", cell.divisible);
  made.style.setProperty("--strength", cell.strength);
  made.ariaPressed = String(cell.chosen);
  made.tabIndex = -1;
  made.onclick = () => send("cell", cell.place);
  return made;
}

function move(event, buttons) {
  const step = STEPS[event.key];
  const from = buttons.findIndex((line) => line.includes(event.target));
  if (!step || from < 0) return;
  event.preventDefault();
  buttons[from + step[0]]?.[buttons[from].indexOf(event.target) + step[1]]?.focus();
}
