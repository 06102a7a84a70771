/** @file From settings and an arm to environments, senses and an agent. */
import {
  AddRenderObservation,
  make,
  makeVec,
  type AutoresetMode,
  type Env,
  type Policy,
} from '../envs/index.js';
import { Generator } from '../random/index.js';
import { findAlgorithm } from './algorithms.js';
import { learnsToSee, type Arm } from './arms.js';
import { VectorBody } from './body.js';
import { EncoderBody } from './encoder-body.js';
import { EncoderSensor } from './encoder-sensor.js';
import { evaluate, policyOf, type SeededEpisode } from './evaluate.js';
import type { AgentConfig } from './options.js';
import { Perception } from './perception.js';
import { pictureNetwork } from './picture-network.js';
import { pictureSize, PictureSensor, StateSensor, type Sensor } from './sensors.js';
import type { TrainingParts } from './training.js';
import { World } from './world.js';

/** Environments of an evaluation that step together. */
const EVALUATION_ENVS = 10;
/** Seeds of evaluation episodes begin here, far from those that are drawn for training; the same for every arm. */
const EVALUATION_SEED = 2 ** 40;

export interface Assembly extends TrainingParts {
  numEnvs: number;
  /** Plays episodes of these seeds by the best actions known. */
  play: (seeds: readonly number[]) => SeededEpisode[];
  /** An environment of its own, which shows itself as the agent sees it. */
  makeEnv: () => Env;
  /** The best actions known, for one episode of such an environment. */
  policy: (env: Env) => Policy;
  close(): void;
}

/**
 * Builds everything that a training or an evaluation needs; the engine must be chosen before, unless the arm is `state`.
 * @throws UserError for an unknown environment, one that cannot be seen, or actions that the algorithm cannot do.
 */
export function assemble(config: AgentConfig, arm: Arm, seed: number): Assembly {
  const { numEnvs, env, evalEpisodes } = config;
  const [agentRng, seeds, encoderRng] = new Generator(seed).spawn(3);
  const pictures = arm.kind !== 'state';
  const size = { width: config.size, height: config.size };
  const wrappers = pictures ? [(inner: Env) => new AddRenderObservation(inner, size) as Env] : [];
  const vector = (count: number, autoresetMode: AutoresetMode) =>
    makeVec(env, count, { autoresetMode, wrappers });
  const evaluationRows = Math.min(EVALUATION_ENVS, evalEpisodes);
  const [envs, others] = [vector(numEnvs, 'same-step'), vector(evaluationRows, 'disabled')];
  const space = envs.singleObservationSpace;
  const held: { dispose(): void }[] = [];
  const hold = <T extends { dispose(): void }>(resource: T): T => {
    held.push(resource);
    return resource;
  };
  const network = (rng: Generator) => pictureNetwork(arm, { ...config, size: pictureSize(space), rng });
  const learns = learnsToSee(arm);
  const createSensor = (): Sensor => {
    if (!pictures) return new StateSensor(space);
    if (learns) return new PictureSensor(space);
    return new EncoderSensor(hold(network(encoderRng)), { size: pictureSize(space) });
  };
  const sensor = createSensor();
  const { frameSize, dtype } = sensor;
  const normalize = !learns && (config.normalize ?? pictures);
  const perception = new Perception({
    numEnvs,
    frameSize,
    dtype,
    stack: pictures ? config.stack : 1,
    normalize,
    flow: !learns && config.flow,
  });
  const agent = findAlgorithm(config.agent).create(config, {
    numEnvs,
    actionSpace: envs.singleActionSpace,
    perception,
    createBody: (rng) => {
      if (!learns) return new VectorBody(perception.inputSize);
      const shape = { ...config, size: pictureSize(space) };
      return hold(new EncoderBody(network(rng), shape, arm.shift === true ? rng.spawn(1)[0] : undefined));
    },
    totalSteps: config.steps,
    rng: agentRng,
    evaluationRows,
  });
  const play = (chosen: readonly number[]) =>
    evaluate(agent, others, sensor, perception.forEnvs(evaluationRows), chosen);
  const evaluationSeeds = Array.from({ length: evalEpisodes }, (_, i) => EVALUATION_SEED + i);
  return {
    agent,
    world: new World(envs, sensor),
    perception,
    seeds,
    numEnvs,
    evaluate: () => play(evaluationSeeds),
    play,
    makeEnv: () => wrappers.reduce((inner, wrap) => wrap(inner), make(env)),
    policy: (own) => policyOf(agent, own, sensor, perception.forEnvs(1)),
    close: () => {
      envs.close();
      others.close();
      for (const resource of held) resource.dispose();
    },
  };
}
