/** @file `npm run bench -- agents`: environment steps a second of training, and where the time goes. */
import { Command, Option } from 'commander';
import { assemble, resolveAgentConfig, trainAgent, type Assembly } from '../../agents/index.js';
import { useEngine } from '../../tensor/index.js';
import { onRun } from '../command.js';
import { printLoad, wholeNumber } from './compare.js';

/**
 * Stable-Baselines3 2.9 (PyTorch 2.6) on CartPole from its state, on 2 cores of a 2.8 GHz Xeon; of PPO with rl-zoo's
 * settings the best of several runs.
 */
const BASELINES = { 'ppo, defaults': 910, 'ppo, rl-zoo': 890, 'dqn, rl-zoo': 72 };

/** Stable-Baselines3's, which are those of the options, too: configs/rl has others for CartPole. */
const DEFAULTS = {
  rollout: 2048,
  batchSize: 64,
  epochs: 10,
  gamma: 0.99,
  gaeLambda: 0.95,
  lr: 3e-4,
  annealLr: false,
  annealClip: false,
};

/** RL Baselines3 Zoo's of DQN on CartPole, where configs/rl has others. */
const ZOO_DQN = {
  hidden: '256-256',
  annealLr: false,
  batchSize: 64,
  trainEvery: 256,
  gradientSteps: 128,
  targetEvery: 10,
  nStep: 1,
  gamma: 0.99,
};

const CASES: { name: string; agent: string; encoder: boolean; options: Record<string, unknown> }[] = [
  { name: 'ppo, defaults', agent: 'ppo', encoder: false, options: DEFAULTS },
  { name: 'ppo, rl-zoo', agent: 'ppo', encoder: false, options: {} },
  { name: 'dqn, rl-zoo', agent: 'dqn', encoder: false, options: ZOO_DQN },
  { name: 'ppo, embeddings', agent: 'ppo', encoder: true, options: {} },
  { name: 'dqn, embeddings', agent: 'dqn', encoder: true, options: {} },
];

interface Parts {
  explore: number;
  step: number;
  remember: number;
  learn: number;
}

export const agentsBench = new Command('agents')
  .description(
    'Environment steps a second of training on CartPole, from state and from embeddings of a random encoder.',
  )
  .option('--steps <n>', 'steps of each case', wholeNumber('steps'), 32_768)
  .option('--threads <n>', 'threads of the engine', wholeNumber('threads'), 1)
  .addOption(new Option('--only <text>', 'cases whose name has this in it, such as dqn'));

onRun(
  agentsBench,
  async ({ steps, threads, only = '' }: { steps: number; threads: number; only?: string }) => {
    const loadAverage = printLoad();
    const engine = await useEngine(undefined, { threads });
    const rates: Record<string, number> = {};
    for (const { name, agent, encoder, options } of CASES.filter((one) => one.name.includes(only))) {
      // Embeddings take longer.
      const { rate, parts } = await measure(agent, encoder, options, encoder ? Math.ceil(steps / 8) : steps);
      rates[name] = rate;
      const baseline = (BASELINES as Record<string, number | undefined>)[name];
      const ratio =
        baseline === undefined ? '' : `, ${(rate / baseline).toFixed(1)} x Stable-Baselines3's ${baseline}`;
      const shares = Object.entries(parts).map(([part, share]) => `${part} ${(100 * share).toFixed(0)} %`);
      console.log(`${name.padEnd(16)} ${rate.toFixed(0).padStart(6)} steps/s${ratio} (${shares.join(', ')})`);
    }
    return { engine: engine.name, loadAverage, stepsPerSecond: rates };
  },
);

async function measure(agent: string, encoder: boolean, options: Record<string, unknown>, steps: number) {
  const { config } = resolveAgentConfig({
    env: 'CartPole-v1',
    agent,
    steps,
    evaluations: 1,
    evalEpisodes: 1,
    ...options,
  });
  const arm = encoder
    ? ({ name: 'random', kind: 'random' } as const)
    : ({ name: 'state', kind: 'state' } as const);
  const assembly = assemble(config, arm, 0);
  const seconds: Parts = { explore: 0, step: 0, remember: 0, learn: 0 };
  watch(assembly, seconds);
  const begun = performance.now();
  await trainAgent(
    { ...assembly, evaluate: () => [{ seed: 0, return: 0, length: 0 }] },
    { step: 0, episodes: 0, seconds: 0, evaluations: [] },
    {
      numEnvs: assembly.numEnvs,
      steps,
      evaluateEvery: steps,
      recordEvery: steps,
      signal: new AbortController().signal,
    },
  );
  const total = (performance.now() - begun) / 1000;
  assembly.close();
  const parts = Object.fromEntries(
    Object.entries(seconds).map(([part, spent]: [string, number]) => [part, spent / total]),
  );
  return { rate: steps / total, parts };
}

/** Adds up the seconds that the parts of the loop take. */
function watch({ agent, world }: Assembly, seconds: Parts): void {
  const timed =
    <Arguments extends unknown[], Result>(part: keyof Parts, run: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      const begun = performance.now();
      const result = run(...given);
      seconds[part] += (performance.now() - begun) / 1000;
      return result;
    };
  agent.explore = timed('explore', agent.explore.bind(agent));
  agent.observe = timed('remember', agent.observe.bind(agent));
  agent.learn = timed('learn', agent.learn.bind(agent));
  world.step = timed('step', world.step.bind(world));
}
