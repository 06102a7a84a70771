/** @file The toy text environments, by Gymnasium's ids. */
import { register } from '../core/index.js';
import { Blackjack } from './blackjack.js';
import { CliffWalking } from './cliff-walking.js';
import { FrozenLake } from './frozen-lake.js';
import { Taxi } from './taxi.js';

const LAKE = { desc: null, isSlippery: true, successRate: 1 / 3, rewardSchedule: [1, 0, 0] };

register(
  {
    id: 'FrozenLake-v1',
    description: 'Cross slippery ice without falling into a hole.',
    maxEpisodeSteps: 100,
    rewardThreshold: 0.7,
    options: { mapName: '4x4', ...LAKE },
  },
  (options) => new FrozenLake(options),
);

register(
  {
    id: 'FrozenLake8x8-v1',
    description: 'Cross a larger lake of slippery ice without falling into a hole.',
    maxEpisodeSteps: 200,
    rewardThreshold: 0.85,
    options: { mapName: '8x8', ...LAKE },
  },
  (options) => new FrozenLake(options),
);

register(
  {
    id: 'Taxi-v4',
    description: 'Fetch a passenger and bring them where they want to go.',
    maxEpisodeSteps: 200,
    rewardThreshold: 8,
    options: { isRainy: false, rainyProbability: 0.8, ficklePassenger: false, fickleProbability: 0.3 },
  },
  (options) => new Taxi(options),
);

register(
  {
    id: 'CliffWalking-v1',
    description: 'Walk along a cliff to the goal.',
    options: { isSlippery: false },
  },
  (options) => new CliffWalking(options),
);

register(
  {
    id: 'CliffWalkingSlippery-v1',
    description: 'Walk along a slippery cliff to the goal.',
    options: { isSlippery: true },
  },
  (options) => new CliffWalking(options),
);

register(
  {
    id: 'Blackjack-v1',
    description: 'Hit or stick against a dealer who draws to 17.',
    options: { natural: false, sab: true },
  },
  (options) => new Blackjack(options),
);

export { generateRandomMap, type RandomMapOptions } from './frozen-lake.js';
