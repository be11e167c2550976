// Pixels, cells of the coarse map and receptive fields. A pixel is [row, column].

function insideMap([row, col], { height, width }) {
  return row >= 0 && col >= 0 && row < height && col < width;
}

// Rows and columns of the cells that bilinear upsampling mixes at a pixel: two each, one at borders.
function surroundingCells(pixel, { factor, cells }) {
  return pixel.map((position, axis) => {
    const before = Math.floor((position + 0.5) / factor - 0.5); // centers are at half integers
    return [...new Set([Math.max(before, 0), Math.min(before + 1, cells[axis] - 1)])];
  });
}

// [top, left, size] of the square that a layer's cell at this pixel depends on.
function receptiveField([, size, stride, start], pixel) {
  const [top, left] = pixel.map((position) => Math.floor(position / stride) * stride + start);
  return [top, left, size];
}

// [height, width] of the area that the receptive fields of all pixels cover.
function fieldsExtent([, size, stride], { height, width }) {
  return [height, width].map((side) => (Math.ceil(side / stride) - 1) * stride + size);
}

function describePixel([row, col], name, chosen, data) {
  const [rows, cols] = surroundingCells([row, col], data).map((cells) => cells.join(" and "));
  return `${name} at row ${row}, column ${col}${chosen ? ", chosen" : ""}; cell rows ${rows}, columns ${cols}`;
}

function describeField(field, pixel) {
  const [top, left, size] = receptiveField(field, pixel);
  const interval = (first) => `${withMinusSign(first)} to ${withMinusSign(first + size - 1)}`;
  return `${field[0]} sees a square of ${size} px: rows ${interval(top)}, columns ${interval(left)}`;
}
