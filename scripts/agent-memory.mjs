/**
 * @file Does memory grow as agents train? DQN from embeddings of a random encoder, on CartPole:
 *
 *   node scripts/agent-memory.mjs 200000
 *
 * The replay is full from its capacity on; after that, everything should stay as it is.
 */
import { assemble, resolveAgentConfig, trainAgent } from '../build/src/agents/index.js';
import { tf, useEngine } from '../build/src/tensor/index.js';

const steps = Number(process.argv[2] ?? 200_000);
const RECORDS = 10;

await useEngine('auto', { threads: 1 });
const { config } = resolveAgentConfig({
  ...{ agent: 'dqn', env: 'CartPole-v1', steps, replaySize: Math.min(20_000, steps / RECORDS) },
  ...{ evaluations: 1, evalEpisodes: 1, layer: 1, grid: 2 },
});
const assembly = assemble(config, { name: 'random', kind: 'random' }, 0);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1).padStart(8);
console.log('    step   rss MB  heap MB arrays MB  tensors');
await trainAgent(
  assembly,
  { step: 0, episodes: 0, seconds: 0, evaluations: [] },
  {
    numEnvs: assembly.numEnvs,
    steps,
    evaluateEvery: steps,
    recordEvery: steps / RECORDS,
    signal: new AbortController().signal,
    onMetrics: (step) => {
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
      const sizes = [rss, heapUsed, arrayBuffers].map(megabytes).join(' ');
      console.log(`${String(step).padStart(8)} ${sizes} ${String(tf.memory().numTensors).padStart(8)}`);
    },
  },
);
assembly.close();
console.log(`${tf.memory().numTensors} tensors are left.`);
