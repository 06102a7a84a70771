/** @file Memory stays as it is while agents train; scripts/agent-memory.mjs is the long form of this. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test } from '@jest/globals';
import { assemble, resolveAgentConfig, trainAgent, type Arm } from '../../src/agents/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const MEGABYTE = 2 ** 20;

beforeAll(() => useEngine('wasm'));

test.each<[string, Arm['kind'], string]>([
  ['DQN from embeddings', 'random', 'dqn'],
  ['PPO that learns to see', 'scratch', 'ppo'],
])('%s', async (_, kind, agent) => {
  const before = tf.memory().numTensors;
  const { config } = resolveAgentConfig({
    ...{ agent, env: 'CartPole-v1', steps: 600, evaluations: 3, evalEpisodes: 1, size: 32, stack: 2 },
    ...(agent === 'dqn'
      ? { replaySize: 100, learningStarts: 50, trainEvery: 4, gradientSteps: 1, layer: 1, grid: 2 }
      : { numEnvs: 4, rollout: 16, epochs: 1, batchSize: 32 }),
  });
  const assembly = assemble(config, { name: kind, kind }, 0);
  const found: { tensors: number; bytes: number; memory: number }[] = [];
  await trainAgent(
    assembly,
    { step: 0, episodes: 0, seconds: 0, evaluations: [] },
    {
      numEnvs: assembly.numEnvs,
      steps: config.steps,
      evaluateEvery: config.steps / config.evaluations,
      recordEvery: config.steps,
      signal: new AbortController().signal,
      onEvaluation: () => {
        collect();
        const { numTensors: tensors, numBytes: bytes } = tf.memory();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        found.push({ tensors, bytes, memory: heapUsed + arrayBuffers });
      },
    },
  );
  const [, early, , late] = found;
  expect([late.tensors, late.bytes]).toEqual([early.tensors, early.bytes]);
  // Collections come when they come: the long form, scripts/agent-memory.mjs, sees what is slow.
  expect((late.memory - early.memory) / MEGABYTE).toBeLessThan(32);
  assembly.close();
  expect(tf.memory().numTensors).toBe(before);
});
