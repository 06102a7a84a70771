/**
 * @file Mean returns of the policies written by hand, with their standard errors.
 *
 *   npm run build && node scripts/heuristic-returns.mjs --seeds 50
 *   node scripts/heuristic-returns.mjs --env BipedalWalker-v3 --seeds 500
 */
import { parseArgs } from 'node:util';
import { heuristicFor, make } from '../build/src/envs/index.js';

const ENVS = ['LunarLander-v3', 'LunarLanderContinuous-v3', 'BipedalWalker-v3', 'BipedalWalkerHardcore-v3'];

const { values } = parseArgs({
  options: { env: { type: 'string', multiple: true }, seeds: { type: 'string', default: '50' } },
});

/** Returns of the episodes with seeds 0, 1, ..., and steps a second. */
function play(id, seeds) {
  const env = make(id);
  const returns = [];
  let steps = 0;
  const start = performance.now();
  for (let seed = 0; seed < seeds; seed++) {
    const policy = heuristicFor(id)(env);
    let { observation } = env.reset({ seed });
    let total = 0;
    for (let ended = false; !ended; steps++) {
      const result = env.step(policy(observation));
      observation = result.observation;
      total += result.reward;
      ended = result.terminated || result.truncated;
    }
    returns.push(total);
  }
  return { returns, speed: (1000 * steps) / (performance.now() - start) };
}

for (const id of values.env ?? ENVS) {
  const { returns, speed } = play(id, Number(values.seeds));
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  const error = Math.sqrt(variance / returns.length);
  const found = `${mean.toFixed(1)} +- ${error.toFixed(1)} (standard deviation ${Math.sqrt(variance).toFixed(1)})`;
  console.log(`${id}: ${found}, ${returns.length} episodes, ${Math.round(speed)} steps/s`);
}
