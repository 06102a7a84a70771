/** @file Initial weights. Matrices are `[outputs, inputs]`, row by row, as PyTorch's. */
import type { Generator } from '../../random/index.js';

/** Draws the weight and the bias of a layer. */
export type Initialise = (rng: Generator, outputs: number, inputs: number, layer: number) => Weights;

export interface Weights {
  weight: Float64Array;
  bias: Float64Array;
}

/** Uniform within 1 / sqrt(inputs), as `torch.nn.Linear`. */
export const linearInit: Initialise = (rng, outputs, inputs) => {
  const bound = 1 / Math.sqrt(inputs);
  const weight = rng.fillUniform(new Float64Array(outputs * inputs), -bound, bound);
  return { weight, bias: rng.fillUniform(new Float64Array(outputs), -bound, bound) };
};

/**
 * Orthogonal weights times a gain, biases 0 (Saxe et al. 2014): what PPO starts from.
 * @param gains of each layer; 0.01 in the last layer of a policy makes all actions equally likely at first
 */
export const orthogonalInit =
  (gains: readonly number[]): Initialise =>
  (rng, outputs, inputs, layer) => {
    const weight = orthogonal(rng, outputs, inputs).map((value) => value * gains[layer]);
    return { weight, bias: new Float64Array(outputs) };
  };

/** A matrix [rows, columns] of orthonormal rows (or columns, of the lesser number of the two). */
function orthogonal(rng: Generator, rows: number, columns: number): Float64Array {
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = rng.fillNormal(new Float64Array(length));
    // Twice, because the rounding errors of one pass of Gram and Schmidt show when there are many vectors.
    for (const other of [...vectors, ...vectors]) {
      const overlap = dot(vector, other);
      for (let i = 0; i < length; i++) vector[i] -= overlap * other[i];
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const matrix = new Float64Array(rows * columns);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < length; j++)
      matrix[rows <= columns ? i * columns + j : j * columns + i] = vectors[i][j];
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
