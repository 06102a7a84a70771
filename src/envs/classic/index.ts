/** @file The classic control environments, by Gymnasium's ids. */
import { booleanOption, numberOption, register, type EnvOptions, type EnvSpec } from '../core/index.js';
import { Acrobot } from './acrobot.js';
import { CartPole } from './cart-pole.js';
import type { Dynamics } from './dynamics.js';
import { DynamicsEnv } from './dynamics-env.js';
import { DynamicsVector } from './dynamics-vector.js';
import { MountainCar, MountainCarContinuous } from './mountain-car.js';
import { Pendulum } from './pendulum.js';

function registerDynamics<Action extends number | Float32Array, Actions extends ArrayLike<number>>(
  spec: EnvSpec,
  create: (options: EnvOptions) => Dynamics<Action, Actions>,
): void {
  register(spec, (options) => new DynamicsEnv(create(options), options), {
    vector: (count, options) => new DynamicsVector(create(options), count),
  });
}

registerDynamics(
  {
    id: 'CartPole-v1',
    description: 'Keep a pole upright on a cart that is pushed left or right.',
    maxEpisodeSteps: 500,
    rewardThreshold: 475,
    options: { suttonBartoReward: false },
  },
  (options) => new CartPole(booleanOption(options, 'suttonBartoReward')),
);

registerDynamics(
  {
    id: 'MountainCar-v0',
    description: 'Swing a weak car up a hill, by three actions.',
    maxEpisodeSteps: 200,
    rewardThreshold: -110,
    options: { goalVelocity: 0 },
  },
  (options) => new MountainCar(numberOption(options, 'goalVelocity')),
);

registerDynamics(
  {
    id: 'MountainCarContinuous-v0',
    description: 'Swing a weak car up a hill, by a force that costs.',
    maxEpisodeSteps: 999,
    rewardThreshold: 90,
    options: { goalVelocity: 0 },
  },
  (options) => new MountainCarContinuous(numberOption(options, 'goalVelocity')),
);

registerDynamics(
  {
    id: 'Pendulum-v1',
    description: 'Swing a rod up and keep it there, by a torque that is too weak to lift it.',
    maxEpisodeSteps: 200,
    options: { g: 10 },
  },
  (options) => new Pendulum(numberOption(options, 'g')),
);

registerDynamics(
  {
    id: 'Acrobot-v1',
    description: 'Swing two links above a line, by the motor between them.',
    maxEpisodeSteps: 500,
    rewardThreshold: -100,
  },
  () => new Acrobot(),
);
