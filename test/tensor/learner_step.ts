/** @file One whole training step of a small network on an engine, to be compared between engines. */
import { Learner } from '../../src/pretrain/learner.js';
import { resolveConfig } from '../../src/pretrain/config.js';
import { Generator } from '../../src/random/index.js';
import { tf } from '../../src/tensor/index.js';

export interface LearnerStep {
  loss: number;
  probeLoss: number;
  /** How each variable was changed by the step. */
  changes: Map<string, Float32Array>;
}

/** A VICReg step of a narrow ResNet-18 on the current engine; the learning rate 1 shows the gradients themselves. */
export async function learnerStep(
  stem: 'imagenet' | 'cifar',
  optimizer: 'sgd' | 'lars',
): Promise<LearnerStep> {
  const [images, side] = [8, stem === 'imagenet' ? 32 : 8];
  const flags = { arch: 'resnet18', width: '4', stem, mlp: '16-12', optimizer, momentum: '0', wd: '0' };
  const learner = new Learner(resolveConfig(flags), 3);
  const views = new Float32Array(2 * images * side * side * 3);
  new Generator(5).fillNormal(views, 0, 1);
  const labels = Int32Array.from({ length: images }, (_, i) => i % 3);
  const read = () =>
    new Map([...learner.variables].map(([name, v]) => [name, v.dataSync().slice() as Float32Array]));
  const before = read();
  const tensors = tf.memory().numTensors;
  const { loss, probeLoss } = await learner.step(views, [side, side], labels, 1);
  const changes = new Map(
    [...read()].map(([name, after]) => [name, after.map((x, i) => x - before.get(name)![i])]),
  );
  if (tf.memory().numTensors !== tensors) throw new Error('The step left tensors behind.');
  learner.dispose();
  return { loss, probeLoss, changes };
}

/** A bias before batch normalisation has gradient 0, of which rounding makes noise. */
const SMALL = 1e-2;

/** The largest relative L2 distance of two steps' changes, over all variables. */
export function largestDistance(
  found: LearnerStep,
  expected: LearnerStep,
): { name: string; distance: number } {
  let worst = { name: '', distance: 0 };
  for (const [name, change] of expected.changes) {
    const other = found.changes.get(name)!;
    const distance =
      Math.hypot(...change.map((x, i) => x - other[i])) / Math.max(SMALL, Math.hypot(...change));
    if (!(distance <= worst.distance)) worst = { name, distance };
  }
  return worst;
}
