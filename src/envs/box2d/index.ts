/** @file The Box2D environments: LunarLander, BipedalWalker, CarRacing. */
import { register } from '../core/index.js';
import { BipedalWalker } from './bipedal-walker/env.js';
import { LunarLander } from './lunar-lander/env.js';

export { heuristicFor, type Heuristic, type Policy } from './heuristics.js';

for (const [id, continuous] of [
  ['LunarLander-v3', false],
  ['LunarLanderContinuous-v3', true],
] as const) {
  register(
    {
      id,
      maxEpisodeSteps: 1000,
      rewardThreshold: 200,
      description: `Land between the flags with ${continuous ? 'throttled' : 'three'} engines`,
      options: { continuous, gravity: -10, enableWind: false, windPower: 15, turbulencePower: 1.5 },
    },
    (options) => new LunarLander(options),
  );
}

register(
  {
    id: 'BipedalWalker-v3',
    maxEpisodeSteps: 1600,
    rewardThreshold: 300,
    description: 'Walk over rough ground on two legs',
    options: { hardcore: false },
  },
  (options) => new BipedalWalker(options),
);
register(
  {
    id: 'BipedalWalkerHardcore-v3',
    maxEpisodeSteps: 2000,
    rewardThreshold: 300,
    description: 'Walk over stumps, stairs and pits on two legs',
    options: { hardcore: true },
  },
  (options) => new BipedalWalker(options),
);
