/** @file Shapes, strides and paddings that the convolutions are swept over. */
export interface Geometry {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides?: number | [number, number];
  pad?: 'valid' | 'same' | number | [number, number][];
  dilations?: number;
}

export const GEOMETRIES: Geometry[] = [
  { x: [2, 5, 5, 3], filter: [3, 3, 3, 4] },
  { x: [2, 7, 5, 3], filter: [3, 3, 3, 17], pad: 'same' },
  { x: [2, 8, 8, 16], filter: [3, 3, 16, 32], pad: 1 },
  { x: [3, 9, 7, 5], filter: [3, 3, 5, 6], strides: 2, pad: 1 },
  { x: [3, 8, 8, 5], filter: [3, 3, 5, 6], strides: 2, pad: 'same' },
  { x: [2, 8, 6, 4], filter: [1, 1, 4, 8] },
  { x: [2, 8, 7, 4], filter: [1, 1, 4, 8], strides: 2 },
  { x: [1, 13, 11, 3], filter: [7, 7, 3, 8], strides: 2, pad: 3 },
  { x: [4, 2, 2, 6], filter: [3, 3, 6, 10], strides: 2, pad: 1 }, // a single output, at the centre tap
  { x: [4, 1, 1, 6], filter: [3, 3, 6, 10], pad: 1 },
  { x: [2, 3, 3, 4], filter: [3, 3, 4, 5] },
  { x: [2, 6, 9, 2], filter: [2, 5, 2, 3], strides: [1, 3], pad: 'same' },
  { x: [2, 6, 7, 2], filter: [3, 2, 2, 3], pad: [[0, 0], [2, 1], [0, 1], [0, 0]] }, // prettier-ignore
  { x: [2, 11, 9, 3], filter: [3, 3, 3, 4], dilations: 2 },
  { x: [2, 11, 9, 3], filter: [3, 3, 3, 4], dilations: 2, pad: 'same' },
];

export const convolution = (g: Geometry) => ({
  strides: g.strides ?? 1,
  pad: g.pad ?? 'valid',
  dataFormat: 'NHWC',
  dilations: g.dilations ?? 1,
});

/** Height and width of a convolution's output; written anew here, so as not to share the engine's arithmetic. */
export function outputShape(g: Geometry): number[] {
  const strides = typeof g.strides === 'object' ? g.strides : [g.strides ?? 1, g.strides ?? 1];
  const sides = [0, 1].map((side) => {
    const kernel = (g.filter[side] - 1) * (g.dilations ?? 1) + 1;
    if (g.pad === 'same') return Math.ceil(g.x[1 + side] / strides[side]);
    const pads =
      typeof g.pad === 'object' ? g.pad[1 + side] : typeof g.pad === 'number' ? [g.pad, g.pad] : [0, 0];
    return Math.floor((g.x[1 + side] + pads[0] + pads[1] - kernel) / strides[side]) + 1;
  });
  return [g.x[0], ...sides, g.filter[3]];
}
