// The curve through the samples, and where it lies in the plot. Python sends the kernel's weights
// on the grid of the curve (`steps` points from one sample to the next): nothing is interpolated.

const MARGIN = { left: 46, right: 14, top: 10, bottom: 24 };
const HEIGHT = 250;

// The kernel centered on sample n and scaled by it, from grid point `first` on.
function scaledKernel({ table, steps, outside }, n, sample) {
  const offset = (table.length - 1) / 2 - n * steps; // from grid points to entries of the table
  const first = Math.max(0, -offset);
  const last = Math.min(outside.length, table.length - offset);
  return { first, values: table.slice(first + offset, last + offset).map((weight) => sample * weight) };
}

// `outside` is the part of the curve that comes from samples beyond both ends.
function curveThrough(data, samples) {
  const curve = [...data.outside];
  samples.forEach((sample, n) => {
    const { first, values } = scaledKernel(data, n, sample);
    values.forEach((value, index) => (curve[first + index] += value));
  });
  return curve;
}

function nearestSamples(samples, steps) {
  return range((samples.length - 1) * steps + 1, (point) => samples[Math.round(point / steps)]);
}

// The allowed value that is nearest to the given one.
function snapped(value, { least, most, grain }) {
  // Adding 0 turns -0 into 0, which would otherwise be shown with its sign.
  return Math.round(clamp(value, least, most) / grain) * grain + 0;
}

function grayLevel(value, { black, white }) {
  return Math.round((255 * (value - black)) / (white - black));
}

// Conversions between grid points or values and pixels of a plot that is `fullWidth` px wide.
function plotAxes(fullWidth, points, { low, high }) {
  const width = fullWidth - MARGIN.left - MARGIN.right;
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  return {
    frame: { x: MARGIN.left, y: MARGIN.top, width, height },
    x: (point) => MARGIN.left + (point / (points - 1)) * width,
    y: (value) => MARGIN.top + ((high - value) / (high - low)) * height,
    valueAt: (y) => high - ((y - MARGIN.top) / height) * (high - low),
  };
}

function pathPoints({ x, y }, values, first = 0) {
  return values.map((value, index) => `${x(first + index).toFixed(2)} ${y(value).toFixed(2)}`);
}
