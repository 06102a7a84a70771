/** @file What every agent is: a policy that explores, remembers and learns; and what it is made from. */
import type { StoredTensor } from '../encoders/index.js';
import type { Space } from '../envs/index.js';
import type { Generator } from '../random/index.js';
import type { Metrics } from '../runs/index.js';
import type { Body } from './body.js';
import type { Perception } from './perception.js';
import type { Frames } from './replay/index.js';

/** [n] for discrete actions, counted from 0; [n, actionSize] in the units of the environment for continuous ones. */
export type Actions = Int32Array | Float32Array;

/** What came of a step of all environments; arrays are [numEnvs, ...]. */
export interface Outcome {
  rewards: ArrayLike<number>;
  /** 1 where the episode came to an end of its own. */
  terminated: Uint8Array;
  /** 1 where it was cut off. */
  truncated: Uint8Array;
  /** The frame that the action led to: an ended episode's final one. [numEnvs, frameSize] */
  frames: Frames;
  /** Where an episode ended, the first frame of the next; elsewhere the same as `frames`. */
  nextFrames: Frames;
}

/** All that an agent needs to go on as it would have: tensors, and the rest as JSON. */
export interface AgentState {
  tensors: Map<string, StoredTensor>;
  json: Record<string, unknown>;
}

/**
 * An agent. Training calls `explore`, `observe` and `learn` in turn; inputs are what `Perception` has prepared,
 * [n, inputSize].
 */
export interface Agent {
  /** Actions to learn from, one for each environment. */
  explore(inputs: Frames): Actions;
  /** Remembers what came of the last `explore`. Called before the perception sees the new frames. */
  observe(outcome: Outcome): void;
  /** Learns, when it is time to. Returns losses under CleanRL's names when there are new ones. */
  learn(): Metrics | undefined;
  /** All running episodes are left here, neither at an end nor going on: before a checkpoint. */
  leave(): void;
  /** All environments have begun new episodes, with these frames. */
  begin(frames: Frames): void;
  /** The best actions known, without chance. */
  exploit(inputs: Frames, n: number): Actions;
  /** What is needed to act, by PyTorch's names. */
  policy(): Promise<Map<string, StoredTensor>>;
  loadPolicy(tensors: ReadonlyMap<string, StoredTensor>): void;
  /** What is needed to go on with training, the policy included; complete after `leave` only. */
  state(): Promise<AgentState>;
  restore(state: AgentState): void;
}

/** The world that an agent is made for. */
export interface AgentSetting {
  numEnvs: number;
  actionSpace: Space;
  perception: Perception;
  /** From inputs to features, and a second one for the target network of those algorithms that have one. */
  createBody(rng: Generator): Body;
  /** Steps of the whole training, over all environments: schedules end there. */
  totalSteps: number;
  rng: Generator;
  /** The most rows that `exploit` is given. */
  evaluationRows: number;
}
