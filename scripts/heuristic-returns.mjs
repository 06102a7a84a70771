/**
 * @file Mean returns of the policies written by hand, with their standard errors; for CarRacing, of 100 steps with a
 * constant action.
 *
 *   npm run build && node scripts/heuristic-returns.mjs --seeds 50
 *   node scripts/heuristic-returns.mjs --env BipedalWalker-v3 --seeds 500
 *   node scripts/heuristic-returns.mjs --env CarRacing-v3 --first-seed 42 --seeds 100
 */
import { parseArgs } from 'node:util';
import { heuristicFor, make } from '../build/src/envs/index.js';

const RACING = 'CarRacing-v3';
const ENVS = [
  'LunarLander-v3',
  'LunarLanderContinuous-v3',
  'BipedalWalker-v3',
  'BipedalWalkerHardcore-v3',
  RACING,
];
const CONSTANT_ACTIONS = [
  [0, 0.5, 0],
  [0.1, 0.3, 0],
  [0, 0.7, 0.1],
];

const { values } = parseArgs({
  options: {
    env: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '50' },
    'first-seed': { type: 'string', default: '0' },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values['first-seed']) + i);

/** Prints the mean return of one episode a seed, at most `steps` steps long. */
function play(title, id, startPolicy, steps = Infinity) {
  const env = make(id);
  let played = 0;
  const start = performance.now();
  const returns = seeds.map((seed) => {
    const policy = startPolicy(env);
    let { observation } = env.reset({ seed });
    let total = 0;
    for (let step = 0; step < steps; step++) {
      const result = env.step(policy(observation));
      observation = result.observation;
      total += result.reward;
      played++;
      if (result.terminated || result.truncated) break;
    }
    return total;
  });
  const speed = Math.round((1000 * played) / (performance.now() - start));
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const deviation = Math.sqrt(
    returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1),
  );
  const error = deviation / Math.sqrt(returns.length);
  console.log(
    `${title}: ${mean.toFixed(1)} +- ${error.toFixed(1)} (standard deviation ${deviation.toFixed(1)}), ` +
      `${returns.length} episodes, ${speed} steps/s`,
  );
}

for (const id of values.env ?? ENVS) {
  if (id !== RACING) play(id, id, heuristicFor(id));
  else {
    for (const action of CONSTANT_ACTIONS) {
      play(`${id} [${action.join(', ')}]`, id, () => () => Float32Array.from(action), 100);
    }
  }
}
