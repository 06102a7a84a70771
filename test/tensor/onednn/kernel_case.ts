/** @file How a kernel's test case is written down: inputs drawn from a range, and attributes. */

type DataType = 'float32' | 'int32' | 'bool';

/** An input: random within [low, high), unless `values` says what it holds. */
export interface Input {
  shape: number[];
  dtype: DataType;
  low: number;
  high: number;
  values?: number[];
}

/** One call of a kernel. `forwardOnly`: TensorFlow.js has no gradient there, or not a finite one. */
export interface Case {
  inputs: Record<string, Input> | Input[];
  attributes?: Record<string, unknown>;
  forwardOnly?: boolean;
  /** The engine refuses it with an EngineError, rather than give wrong numbers. */
  unsupported?: boolean;
  /** Where tfjs-backend-cpu's type differs from TensorFlow's, which the engine follows. */
  anyType?: boolean;
}

export const float = (shape: number[], low = -2, high = 2): Input => ({ shape, dtype: 'float32', low, high });
export const positive = (shape: number[]) => float(shape, 0.3, 3);
export const int = (shape: number[], low = -5, high = 6): Input => ({ shape, dtype: 'int32', low, high });
export const bool = (shape: number[]): Input => ({ shape, dtype: 'bool', low: 0, high: 2 });
export const given = (values: number[], dtype: DataType = 'float32'): Input => ({
  shape: [values.length],
  dtype,
  low: 0,
  high: 0,
  values,
});
