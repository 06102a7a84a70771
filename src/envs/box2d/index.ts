/** @file The Box2D environments, by Gymnasium's ids. */
import { booleanOption, numberOption, register } from '../core/index.js';
import { BipedalWalker } from './bipedal-walker/env.js';
import { CarRacing } from './car-racing/env.js';
import { LunarLander } from './lunar-lander/env.js';

export { heuristicFor, type Heuristic, type Policy } from './heuristics.js';

function registerLander(id: string, continuous: boolean, description: string): void {
  register(
    {
      id,
      description,
      maxEpisodeSteps: 1000,
      rewardThreshold: 200,
      options: { continuous, gravity: -10, enableWind: false, windPower: 15, turbulencePower: 1.5 },
    },
    (options) =>
      new LunarLander({
        renderMode: options.renderMode,
        continuous: booleanOption(options, 'continuous'),
        gravity: numberOption(options, 'gravity'),
        enableWind: booleanOption(options, 'enableWind'),
        windPower: numberOption(options, 'windPower'),
        turbulencePower: numberOption(options, 'turbulencePower'),
      }),
  );
}

registerLander('LunarLander-v3', false, 'Land softly between two flags, by three engines.');
registerLander('LunarLanderContinuous-v3', true, 'Land softly between two flags, by throttled engines.');

function registerWalker(id: string, hardcore: boolean, maxEpisodeSteps: number, description: string): void {
  register(
    { id, description, maxEpisodeSteps, rewardThreshold: 300, options: { hardcore } },
    (options) =>
      new BipedalWalker({
        renderMode: options.renderMode,
        hardcore: booleanOption(options, 'hardcore'),
      }),
  );
}

registerWalker('BipedalWalker-v3', false, 1600, 'Walk over rough ground on two legs of four motors.');
registerWalker('BipedalWalkerHardcore-v3', true, 2000, 'Walk over stumps, stairs and pits on two legs.');

register(
  {
    id: 'CarRacing-v3',
    description: 'Drive around a random track, seen from above.',
    maxEpisodeSteps: 1000,
    rewardThreshold: 900,
    options: { continuous: true, lapCompletePercent: 0.95, domainRandomize: false },
  },
  (options) =>
    new CarRacing({
      renderMode: options.renderMode,
      continuous: booleanOption(options, 'continuous'),
      lapCompletePercent: numberOption(options, 'lapCompletePercent', { low: 0, high: 1 }),
      domainRandomize: booleanOption(options, 'domainRandomize'),
    }),
);
