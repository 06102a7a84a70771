/** @file Loss and gradients by the parameters' names, and the few lines around every update. */
import type { GradientReducer } from '../ddp/index.js';
import { DivergedError } from '../errors.js';
import { tf } from '../tensor/index.js';

/**
 * The value of `loss` and its gradients by the parameters' names; all are the caller's to dispose.
 * @param parallel sums the gradients over ranks; the gradients are then those of the mean of the ranks' losses
 */
export function gradientsOf(
  loss: () => tf.Scalar,
  parameters: ReadonlyMap<string, tf.Variable>,
  parallel?: { reducer: GradientReducer; worldSize: number },
) {
  const { worldSize = 1, reducer } = parallel ?? {};
  let value: tf.Scalar | undefined;
  const backward = () =>
    tf.variableGrads(() => {
      value = tf.keep(loss());
      return worldSize === 1 ? value : tf.div(value, worldSize);
    }, [...parameters.values()]);
  const { value: scaled, grads } = reducer === undefined ? backward() : reducer.reduce(backward);
  if (scaled !== value) scaled.dispose();
  const named = Object.fromEntries([...parameters].map(([name, variable]) => [name, grads[variable.name]]));
  return { value: value!, grads: named };
}

/** Variables under longer names: 'weight' as 'PREFIX.weight'. */
export const prefixed = (
  prefix: string,
  variables: ReadonlyMap<string, tf.Variable>,
): [string, tf.Variable][] => [...variables].map(([name, variable]) => [`${prefix}.${name}`, variable]);

export const readScalar = async (scalar: tf.Tensor): Promise<number> => (await scalar.data())[0];

/** What to throw for a loss that is not finite. */
export const diverged = (loss: number): DivergedError =>
  new DivergedError(`The loss is ${loss}: training has diverged. Lower --base-lr or raise --warmup-epochs.`);
