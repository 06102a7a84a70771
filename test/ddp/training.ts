/** @file A rank of the tests of training: some steps of VICReg on its share of fixed batches; prints what came of them. */
import { createHash } from 'node:crypto';
import { joinRing } from '../../src/ddp/index.js';
import { Learner } from '../../src/pretrain/index.js';
import { resolveConfig } from '../../src/pretrain/config.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import type { RankSetup } from './ranks.js';

const setup = JSON.parse(process.argv[2]) as RankSetup & { steps: number; lr: number; engine: string };
const { rank, worldSize, steps, lr, engine } = setup;
const [batch, side, classes] = [8, 8, 3];
await useEngine(engine, { threads: 1 });
const communicator = await joinRing({
  rendezvousLimit: 60,
  heartbeatLimit: 60,
  collectiveLimit: 60,
  ...setup,
});
const flags = { arch: 'resnet18', width: '4', stem: 'cifar', mlp: '300-300-12', optimizer: 'sgd', wd: '0' };
const learner = new Learner(resolveConfig(flags), classes, communicator);
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
  const { loss, probeLoss } = await learner.step(own, [side, side], labels, lr);
  losses.push(loss, probeLoss);
}
const digest = createHash('sha256');
const variables: Record<string, number[]> = {};
for (const [name, variable] of learner.variables) {
  const values = variable.dataSync() as Float32Array;
  digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  variables[name] = Array.from(values);
}
const leaked = tf.memory().numTensors - tensors;
await communicator.close();
console.log(JSON.stringify({ losses, leaked, digest: digest.digest('hex'), variables }));
