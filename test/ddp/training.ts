/** @file A rank of the tests of training: some steps on its share of fixed batches; prints what came of them. */
import { createHash } from 'node:crypto';
import { LabelTask } from '../../src/classify/task.js';
import { joinRing } from '../../src/ddp/index.js';
import { createEncoder, MlpHead } from '../../src/encoders/index.js';
import { Learner } from '../../src/pretrain/index.js';
import { resolveConfig } from '../../src/pretrain/config.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import type { RankSetup } from './ranks.js';

const setup = JSON.parse(process.argv[2]) as RankSetup & {
  steps: number;
  lr: number;
  engine: string;
  supervised?: boolean;
  syncBn?: boolean;
  mlp?: string;
};
const { rank, worldSize, steps, lr, engine, supervised = false, syncBn = true, mlp = '300-300-12' } = setup;
const [batch, side, classes] = [8, 8, 3];
await useEngine(engine, { threads: 1 });
const communicator = await joinRing({
  rendezvousLimit: 60,
  heartbeatLimit: 60,
  collectiveLimit: 60,
  ...setup,
});

/** One update on views [V, N, side, side, 3] and their labels; its losses. */
interface Trainee {
  variables: Map<string, tf.Variable>;
  step(views: Float32Array, labels: Int32Array): Promise<number[]>;
}

function vicreg(): Trainee {
  const flags = {
    arch: 'resnet18',
    width: '4',
    stem: 'cifar',
    mlp,
    optimizer: 'sgd',
    wd: '0',
    syncBn,
  };
  const learner = new Learner(resolveConfig(flags), classes, communicator);
  return {
    variables: learner.variables,
    step: async (views, labels) => {
      const { loss, probeLoss } = await learner.step(views, [side, side], labels, lr);
      return [loss, probeLoss];
    },
  };
}

function classification(): Trainee {
  const rng = new Generator(3);
  const encoder = createEncoder('resnet18', { width: 4, stem: 'cifar', rng });
  const head = new MlpHead([encoder.featureDim, classes], { rng, batchNorm: false, lastBias: true });
  const heldOut = {
    name: 'none',
    channels: 3 as const,
    images: new Uint8Array(0),
    labels: new Int32Array(0),
    count: 0,
  };
  const task = new LabelTask({
    ...{ encoder, head, frozen: false, weightDecay: 0, layerDecay: 1, communicator, syncBn },
    data: { heldOut: { ...heldOut, size: [side, side], classes: [] }, mean: [0, 0, 0], std: [1, 1, 1] },
    onBest: () => Promise.resolve(),
  });
  return {
    variables: task.variables,
    step: async (views, labels) => [(await task.step({ views, labels }, lr)).loss],
  };
}

const trainee = supervised ? classification() : vicreg();
const tensors = tf.memory().numTensors;
const share = batch / worldSize;
const imageSize = side * side * 3;
const losses: number[] = [];
for (let step = 0; step < steps; step++) {
  const views = new Generator([5, step]).fillNormal(new Float32Array(2 * batch * imageSize), 0, 1);
  const own = new Float32Array(2 * share * imageSize);
  for (const view of [0, 1]) {
    const begin = (view * batch + rank * share) * imageSize;
    own.set(views.subarray(begin, begin + share * imageSize), view * share * imageSize);
  }
  const labels = Int32Array.from({ length: share }, (_, i) => (rank * share + i) % classes);
  losses.push(...(await trainee.step(own, labels)));
}
const digest = createHash('sha256');
const variables: Record<string, number[]> = {};
for (const [name, variable] of trainee.variables) {
  const values = variable.dataSync() as Float32Array;
  digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  variables[name] = Array.from(values);
}
const leaked = tf.memory().numTensors - tensors;
await communicator.close();
console.log(JSON.stringify({ losses, leaked, digest: digest.digest('hex'), variables }));
