/** @file What an arm says of the test images, on disk until the labels are opened. */
import { loadSafetensors, saveSafetensors, type StoredTensor } from '../encoders/index.js';
import type { Run } from '../runs/index.js';

/** Class probabilities of the test images, [count, classes], after the last epoch and at the best one. */
export interface Predictions {
  last: Float32Array;
  best?: Float32Array;
}

export const PREDICTIONS_FILE = 'predictions.safetensors';

/** Writes them into an arm's folder. */
export function savePredictions(run: Run, { last, best }: Predictions, classes: number): void {
  const tensor = (data: Float32Array): StoredTensor => ({
    dtype: 'F32',
    shape: [data.length / classes, classes],
    data,
  });
  const tensors = new Map([['last', tensor(last)]]);
  if (best !== undefined) tensors.set('best', tensor(best));
  saveSafetensors(run.path(PREDICTIONS_FILE), tensors);
}

/** @throws UserError, CorruptFileError when the file is missing or damaged. */
export function readPredictions(run: Run): Predictions {
  const { tensors } = loadSafetensors(run.path(PREDICTIONS_FILE));
  return {
    last: tensors.get('last')!.data as Float32Array,
    best: tensors.get('best')?.data as Float32Array | undefined,
  };
}
