// A table of buttons with one row for each kernel size and one column for each stride. Pressing a
// button sends [size, stride] to Python.

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector(".ripples");
  const hadFocus = table.contains(table.getRootNode().activeElement);
  setColors(table, data.colors);
  const rows = data.cells.map((cells, row) =>
    cells.map((cell, column) => cellButton(cell, [row, column], () => setTriggerValue("cell", cell.place))),
  );
  const strides = data.strides.map((stride) => element("th", { scope: "col" }, `stride ${stride}`));
  table.tHead.replaceChildren(tableRow("Size", strides));
  table.tBodies[0].replaceChildren(
    ...data.sizes.map((size, row) => tableRow(size, rows[row].map((button) => element("td", {}, button)))),
  );
  const buttons = rows.flat();
  table.onkeydown = (event) => {
    if (!ARROWS[event.key] || !buttons.includes(event.target)) return;
    event.preventDefault();
    moveFocus(buttons, event.target, event.key);
  };
  const chosen = buttons.find((button) => button.ariaPressed === "true");
  setTabStop(buttons, chosen);
  if (hadFocus) chosen.focus({ preventScroll: true });
}

function tableRow(title, cells) {
  return element("tr", {}, element("th", { scope: "row" }, title), ...cells);
}

function cellButton(cell, at, onclick) {
  const button = element("button", {
    type: "button",
    title: cell.label,
    "aria-label": cell.label,
    "aria-pressed": cell.chosen,
    class: cell.divisible ? `${cell.kind} divisible` : cell.kind,
    style: `--strength: ${cell.strength}`,
  }, cell.text);
  return Object.assign(button, { at, onclick });
}
