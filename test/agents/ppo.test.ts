/** @file PPO on CartPole from its state: learns in seconds; a truncated episode's final observation counts. */
import { expect, test } from '@jest/globals';
import { VectorBody } from '../../src/agents/body.js';
import { evaluate } from '../../src/agents/evaluate.js';
import { Perception } from '../../src/agents/perception.js';
import { Ppo, PPO_OPTIONS } from '../../src/agents/ppo.js';
import { StateSensor } from '../../src/agents/sensors.js';
import { trainAgent } from '../../src/agents/training.js';
import { World } from '../../src/agents/world.js';
import { Discrete, makeVec } from '../../src/envs/index.js';
import { Generator } from '../../src/random/index.js';
import { resolveOptions } from '../../src/runs/index.js';
import { meanReturn, newProgress } from './train-identity.js';

test('CartPole is balanced after 25,000 steps', async () => {
  const config = resolveOptions(PPO_OPTIONS, {
    rollout: 32,
    batchSize: 256,
    epochs: 20,
    gaeLambda: 0.8,
    gamma: 0.98,
    lr: 1e-3,
    annealLr: true,
    annealClip: true,
  });
  const { numEnvs } = config;
  const [rng, seeds] = new Generator(0).spawn(2);
  const envs = makeVec('CartPole-v1', numEnvs, { autoresetMode: 'same-step' });
  const sensor = new StateSensor(envs.singleObservationSpace);
  const perception = new Perception({ numEnvs, frameSize: 4, dtype: 'float32', stack: 1, normalize: false });
  const agent = new Ppo(config, {
    numEnvs,
    actionSpace: envs.singleActionSpace,
    perception,
    createBody: () => new VectorBody(4),
    totalSteps: 25_000,
    rng,
    evaluationRows: 5,
  });
  const others = makeVec('CartPole-v1', 5, { autoresetMode: 'disabled' });
  const play = () => evaluate(agent, others, sensor, perception.forEnvs(5), [1, 2, 3, 4, 5]);
  const progress = newProgress();
  const { signal } = new AbortController();
  await trainAgent({ agent, world: new World(envs, sensor), perception, seeds, evaluate: play }, progress, {
    numEnvs,
    steps: 25_000,
    evaluateEvery: 25_000,
    recordEvery: 5000,
    signal,
  });
  expect(progress.evaluations[0].episodes.every((episode) => episode.return < 200)).toBe(true);
  expect(meanReturn(progress)).toBeGreaterThan(300);
});

/** Value that PPO learns of a constant observation when each step is rewarded with 1 and every episode ends at once. */
async function learntValue(end: 'terminated' | 'truncated'): Promise<number> {
  const config = resolveOptions(PPO_OPTIONS, {
    numEnvs: 2,
    rollout: 16,
    batchSize: 32,
    lr: 0.01,
    gamma: 0.5,
  });
  const perception = new Perception({
    numEnvs: 2,
    frameSize: 1,
    dtype: 'float32',
    stack: 1,
    normalize: false,
  });
  const agent = new Ppo(config, {
    numEnvs: 2,
    actionSpace: new Discrete(2),
    perception,
    createBody: () => new VectorBody(1),
    totalSteps: 10_000,
    rng: new Generator(0),
    evaluationRows: 2,
  });
  const frames = Float32Array.of(1, 1);
  perception.see(frames);
  const never = new Uint8Array(2);
  const always = Uint8Array.of(1, 1);
  for (let step = 0; step < 16 * 40; step++) {
    agent.explore(perception.inputs());
    const ends = { terminated: never, truncated: never, [end]: always };
    agent.observe({ rewards: [1, 1], ...ends, frames, nextFrames: frames });
    perception.see(frames, always);
    agent.learn();
  }
  const critic = (await agent.state()).tensors;
  const tanhs = (name: string, x: number[]) => {
    const [w, b] = ['weight', 'bias'].map((part) => critic.get(`parameters.critic.${name}.${part}`)!);
    return Array.from(b.data as Float32Array, (bias, o) =>
      x.reduce((sum, value, i) => sum + value * (w.data as Float32Array)[o * x.length + i], bias),
    );
  };
  return tanhs('4', tanhs('2', tanhs('0', [1]).map(Math.tanh)).map(Math.tanh))[0];
}

test('a terminated episode is worth its reward, a truncated one what would have followed as well', async () => {
  expect(await learntValue('terminated')).toBeCloseTo(1, 1);
  expect(await learntValue('truncated')).toBeCloseTo(2, 1); // 1 + 0.5 + 0.25 + ...
});
