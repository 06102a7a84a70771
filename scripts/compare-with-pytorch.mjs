/**
 * @file A pretraining run and PyTorch's twin of it, step by step: the same initial weights, the same views, the same
 * learning rates, each with its own network, loss, gradients and LARS. Prints losses and, after each epoch, the kNN
 * accuracy of both encoders. Needs Debian's python3-torch and python3-torchvision.
 *
 *   npm run build && node scripts/compare-with-pytorch.mjs --data-dir data --epochs 1
 *
 * PyTorch takes about 8 minutes an epoch on two cores with the default config; --steps 20 ends after so many steps.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadDataset, ViewLoader } from '../build/src/data/index.js';
import { exportModule, importModule, loadSafetensors, saveSafetensors } from '../build/src/encoders/index.js';
import { warmupCosine } from '../build/src/optim/index.js';
import { resolveConfig } from '../build/src/pretrain/config.js';
import { evaluate } from '../build/src/pretrain/evaluation/evaluator.js';
import { Learner } from '../build/src/pretrain/learner.js';
import { useEngine } from '../build/src/tensor/index.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: flags } = parseArgs({
  options: {
    config: { type: 'string', default: here('../configs/cifar10-vicreg-resnet18.json') },
    'data-dir': { type: 'string', default: 'data' },
    epochs: { type: 'string', default: '1' },
    steps: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '0' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});
const config = resolveConfig({ seed: flags.seed }, flags.config);
const engine = await useEngine(config.engine);
const data = await loadDataset(config.dataset, flags['data-dir']);
const { batchSize, augmentation: preset, cropScale, seed } = config;
const { mean, std } = data;
const loader = new ViewLoader(data.train, { preset, cropScale, seed, mean, std, batchSize, numWorkers: 2 });
const stepsPerEpoch = loader.batchesPerEpoch;
const learningRate = warmupCosine({
  baseLr: (config.baseLr * batchSize) / 256,
  totalSteps: config.epochs * stepsPerEpoch,
  warmupSteps: Math.round(config.warmupEpochs * stepsPerEpoch),
  startLr: 3e-5,
});
const [learner, twin] = [0, 1].map(() => new Learner(config, data.train.classes.length));
const folder = mkdtempSync(join(tmpdir(), 'encodergym-twin-'));
const peer = await startPeer();

for (let epoch = 0, step = 0; epoch < Number(flags.epochs) && step < Number(flags.steps); epoch++) {
  for await (const { views, indices } of loader.batches(epoch)) {
    const labels = Int32Array.from(indices, (index) => data.train.labels[index]);
    const lr = learningRate(step);
    // In turn: at once, they would slow each other down many times.
    const theirs = Number(await peer.step(lr, views));
    const { loss } = await learner.step(views, data.train.size, labels, lr);
    console.log(`step ${++step}: loss ${loss.toFixed(4)}, PyTorch ${theirs.toFixed(4)}`);
    if (step % stepsPerEpoch === 0 || step >= Number(flags.steps)) break;
  }
  const file = join(folder, 'torch.safetensors');
  await peer.save(file);
  importModule(twin.encoder, loadSafetensors(file).tensors, file);
  const [ours, theirs] = [(await evaluate(learner, data)).knn, (await evaluate(twin, data)).knn];
  const percent = (fraction) => `${(100 * fraction).toFixed(2)} %`;
  console.log(`after step ${step}: kNN ${percent(ours)}, PyTorch ${percent(theirs)}`);
}
peer.end();
await loader.close();
rmSync(folder, { recursive: true });

/** Starts PyTorch from the learner's weights. */
async function startPeer() {
  const start = new Map();
  for (const name of ['encoder', 'head']) {
    for (const [key, tensor] of await exportModule(learner[name])) start.set(`${name}.${key}`, tensor);
  }
  const path = join(folder, 'start.safetensors');
  saveSafetensors(path, start, {});
  const { arch, stem, mlp, wd, momentum, eta } = config;
  const [sim, std, cov] = [config.simCoeff, config.stdCoeff, config.covCoeff];
  const { threads } = engine;
  const shape = { arch, stem, mlp, batch: batchSize, size: data.train.size[0], start: path, threads };
  const options = JSON.stringify({ ...shape, wd, momentum, eta, sim, std, cov });
  const child = spawn(flags.python, [here('peers/torch_twin.py'), options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.on('close', (code) => {
    if (code !== 0) throw new Error(`PyTorch's twin ended with code ${code}: see above.`);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const number = (value) => new Uint8Array(Float64Array.of(value).buffer);
  const send = async (bytes) => {
    if (!child.stdin.write(bytes)) await once(child.stdin, 'drain');
  };
  const answer = async () => (await lines.next()).value;
  return {
    async step(lr, views) {
      await send(number(lr));
      // A copy: the loader's buffer will hold other views when the pipe has taken them.
      await send(new Uint8Array(views.buffer, views.byteOffset, views.byteLength).slice());
      return answer();
    },
    async save(file) {
      await send(number(-1));
      await send(Buffer.from(`${file}\n`));
      await answer();
    },
    end: () => child.stdin.end(),
  };
}
