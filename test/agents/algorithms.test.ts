/** @file Every algorithm learns the identity environment, does the same under the same seed, and goes on where it was. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ALGORITHMS, findAlgorithm } from '../../src/agents/algorithms.js';
import { useEngine } from '../../src/tensor/index.js';
import { meanReturn, newProgress, prepare, train, type Subject } from './train-identity.js';

const DQN = {
  learningStarts: 50,
  trainEvery: 1,
  targetEvery: 100,
  lr: 3e-3,
  gamma: 0.5,
  hidden: '16',
  replaySize: 2000,
};
const PPO = { numEnvs: 4, rollout: 32, batchSize: 32, lr: 1e-2, gamma: 0.5, hidden: '16' };
const SAC = { lr: 1e-2, gamma: 0.5, batchSize: 64, hidden: '32', replaySize: 2000 };

const SUBJECTS: Record<string, Subject> = {
  dqn: { agent: 'dqn', options: { ...DQN, double: false }, kind: 'discrete' },
  'dqn with everything': {
    agent: 'dqn',
    options: { ...DQN, numEnvs: 2, dueling: true, nStep: 3, priorityAlpha: 0.6, annealLr: true },
    kind: 'discrete',
  },
  'dqn that learns to see': {
    agent: 'dqn',
    options: { ...DQN, learningStarts: 20, trainEvery: 2, batchSize: 8, targetEvery: 40, lr: 1e-3 },
    kind: 'picture',
    steps: 160,
    few: 40,
  },
  'ppo that learns to see': {
    agent: 'ppo',
    options: { ...PPO, numEnvs: 2, rollout: 16, batchSize: 16, epochs: 4, lr: 3e-3 },
    kind: 'picture',
    steps: 256,
    few: 128,
  },
  'ppo of choices': { agent: 'ppo', options: PPO, kind: 'discrete' },
  'ppo of numbers': {
    agent: 'ppo',
    options: { ...PPO, annealLr: true, annealClip: true, clipValue: 0.2, targetKl: 0.05, rewardScale: 0.5 },
    kind: 'box',
    steps: 8000,
  },
  sac: { agent: 'sac', options: SAC, kind: 'box', steps: 1000 },
  'sac with a fixed temperature': {
    agent: 'sac',
    options: { ...SAC, numEnvs: 2, gradientSteps: 2, temperature: 0.01, nStep: 2, noiseCorrelation: 0.5 },
    kind: 'box',
    steps: 1000,
  },
};

beforeAll(() => useEngine('wasm'));

test('every algorithm is a subject', () => {
  const tested = Object.values(SUBJECTS).map(({ agent }) => agent);
  expect([...new Set(tested)].sort()).toEqual(Object.keys(ALGORITHMS).sort());
});

describe.each(Object.entries(SUBJECTS))('%s', (_, subject) => {
  const { few = 400 } = subject;

  test('learns that the right action is the observation', async () => {
    const setup = prepare(subject);
    const progress = await train(setup);
    expect(progress.step).toBe(setup.steps);
    expect(progress.evaluations.map(({ step }) => step / setup.steps)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(meanReturn(progress)).toBeGreaterThan(19);
  });

  test('the same seed gives the same weights and episodes, another seed others', async () => {
    const run = async (seed: number) => {
      const setup = prepare({ ...subject, seed, steps: few });
      const { evaluations } = await train(setup);
      return { evaluations, policy: await setup.parts.agent.policy() };
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).policy).not.toEqual(first.policy);
  });

  test('goes on from a saved state as if it had not been stopped', async () => {
    const whole = prepare({ ...subject, steps: few });
    const expected = await train(whole);
    const before = prepare({ ...subject, steps: few });
    const stopped = await train(before, newProgress(), few / 2);
    expect(stopped.step).toBe(few / 2);
    const saved = structuredClone({
      state: await before.parts.agent.state(),
      seeds: before.parts.seeds.getState(),
      progress: stopped,
    });
    const after = prepare({ ...subject, seed: 99, steps: few });
    after.parts.agent.restore(saved.state);
    after.parts.seeds.setState(saved.seeds);
    const { evaluations } = await train(after, saved.progress);
    expect(evaluations).toEqual(expected.evaluations);
    expect(await after.parts.agent.state()).toEqual(await whole.parts.agent.state());
  });

  test('its policy alone acts as it does', async () => {
    const trained = prepare({ ...subject, steps: few });
    const progress = await train(trained);
    const loaded = prepare({ ...subject, seed: 5, steps: few });
    loaded.parts.agent.loadPolicy(await trained.parts.agent.policy());
    expect(loaded.parts.evaluate()).toEqual(progress.evaluations[4].episodes);
  });
});

describe('action spaces that do not fit', () => {
  test.each([
    ['dqn', 'box', 'dqn needs discrete actions, the environment has Box'],
    ['sac', 'discrete', 'sac needs actions that are numbers between bounds, the environment has Discrete'],
  ] as const)('%s on %s', (agent, kind, message) => {
    expect(() => prepare({ agent, kind, options: {} })).toThrow(message);
  });

  test('an unknown agent', () => {
    expect(() => findAlgorithm('poo')).toThrow('Unknown agent "poo". Did you mean "ppo"?');
  });
});
