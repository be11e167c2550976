// What is saved of a figure, and under which name.

// "Weights, 3 × 3" becomes "weights-3-x-3". The picture that a figure is about comes first, unless
// the title names it.
function fileName(title, otherwise, picture = "") {
  const about = title.toLowerCase().includes(picture.toLowerCase()) ? "" : picture.slice(0, 24);
  const words = `${about} ${title}`.normalize("NFKD").replaceAll("×", "x").toLowerCase().match(/[a-z0-9]+/g);
  return words?.join("-").slice(0, 60) ?? otherwise;
}

// One line for each point of a curve, bar of a chart, or cell of a heatmap; pictures have none.
// Traces are plotly's, with all defaults. The visible name is that of the trace as it was given.
function table(traces) {
  const lines = traces.flatMap((trace) => {
    const name = trace._input?.name ?? "";
    if (trace.type === "heatmap") return cells(trace).map((cell) => [name, ...cell]);
    const { x, y, text } = trace;
    if (trace.type === "image" || !y) return [];
    return range(y.length, (at) => [name, x?.[at] ?? at, y[at], "", plain(text, at)]).filter((line) => line[2] != null);
  });
  return lines.length ? [["name", "x", "y", "value", "text"], ...lines] : [];
}

function cells({ x, y, z, text }) {
  return range(z.length, (row) =>
    range(z[row].length, (column) => [x?.[column] ?? column, y?.[row] ?? row, z[row][column] ?? "", plain(text?.[row], column)]),
  ).flat();
}

function plain(texts, at) {
  return Array.isArray(texts) ? String(texts[at] ?? "").replace(/<[^<>]+>/g, " ").trim() : "";
}

// RFC 4180: fields with a comma, a quote or a line break are quoted.
function csv(lines) {
  const field = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}
