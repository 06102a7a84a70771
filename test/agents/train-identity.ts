/** @file Trains an agent on an identity environment, as short as a test must be. */
import { findAlgorithm } from '../../src/agents/algorithms.js';
import type { Agent } from '../../src/agents/agent.js';
import { VectorBody } from '../../src/agents/body.js';
import { EncoderBody } from '../../src/agents/encoder-body.js';
import { evaluate } from '../../src/agents/evaluate.js';
import { Perception } from '../../src/agents/perception.js';
import { pictureNetwork } from '../../src/agents/picture-network.js';
import { PictureSensor, StateSensor } from '../../src/agents/sensors.js';
import { trainAgent, type TrainingProgress } from '../../src/agents/training.js';
import { World } from '../../src/agents/world.js';
import { SyncVectorEnv } from '../../src/envs/index.js';
import { Generator } from '../../src/random/index.js';
import { resolveOptions } from '../../src/runs/index.js';
import { identityEnv, SIDE, type IdentityKind } from './identity-env.js';

export interface Subject {
  agent: string;
  options: Record<string, unknown>;
  /** Pictures are learnt from by an encoder from scratch, with random shifts. */
  kind: IdentityKind;
  seed?: number;
  steps?: number;
  /** Steps of tests that compare and do not learn (400). */
  few?: number;
}

const EVALUATION_ENVS = 3;

/** The parts of a training, new. */
export function prepare({ agent: name, options, kind, seed = 0, steps = 2000 }: Subject) {
  const algorithm = findAlgorithm(name);
  const config = resolveOptions(algorithm.options, options) as { numEnvs: number };
  const { numEnvs } = config;
  const [rng, seeds] = new Generator(seed).spawn(2);
  const vector = (count: number, autoresetMode: 'same-step' | 'disabled') =>
    new SyncVectorEnv(
      Array.from({ length: count }, () => () => identityEnv(kind)),
      { autoresetMode },
    );
  const envs = vector(numEnvs, 'same-step');
  const isPicture = kind === 'picture';
  const sensor = new (isPicture ? PictureSensor : StateSensor)(envs.singleObservationSpace);
  const { frameSize, dtype } = sensor;
  const stack = isPicture ? 2 : 1;
  const perception = new Perception({ numEnvs, frameSize, dtype, stack, normalize: false });
  const shape = { size: [SIDE, SIDE] as const, stack };
  const encoderBody = (bodyRng: Generator) =>
    new EncoderBody(
      pictureNetwork({ name: 'scratch', kind: 'scratch' }, { ...shape, grid: 1, rng: bodyRng }),
      shape,
      bodyRng.spawn(1)[0],
    );
  const agent: Agent = algorithm.create(config, {
    numEnvs,
    actionSpace: envs.singleActionSpace,
    perception,
    createBody: (bodyRng) => (isPicture ? encoderBody(bodyRng) : new VectorBody(perception.inputSize)),
    totalSteps: steps,
    rng,
    evaluationRows: EVALUATION_ENVS,
  });
  const others = vector(EVALUATION_ENVS, 'disabled');
  const play = () =>
    evaluate(agent, others, sensor, perception.forEnvs(EVALUATION_ENVS), [100, 101, 102, 103]);
  const parts = { agent, world: new World(envs, sensor), perception, seeds, evaluate: play };
  return { parts, numEnvs, steps };
}

export const newProgress = (): TrainingProgress => ({ step: 0, episodes: 0, seconds: 0, evaluations: [] });

/** Trains to the end, or to the evaluation at `until`. */
export async function train(
  { parts, numEnvs, steps }: ReturnType<typeof prepare>,
  progress = newProgress(),
  until = Infinity,
): Promise<TrainingProgress> {
  const stop = new AbortController();
  await trainAgent(parts, progress, {
    numEnvs,
    steps,
    evaluateEvery: steps / 4,
    recordEvery: steps / 4,
    signal: stop.signal,
    onEvaluation: ({ step }) => {
      if (step >= until) stop.abort();
    },
  });
  return progress;
}

export const meanReturn = ({ evaluations }: TrainingProgress): number => {
  const { episodes } = evaluations[evaluations.length - 1];
  return episodes.reduce((sum, episode) => sum + episode.return, 0) / episodes.length;
};
