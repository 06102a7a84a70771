/** @file The algorithms by name: a new one is a file and a line here. */
import type { OptionTable } from '../runs/index.js';
import { unknownName } from '../errors.js';
import type { Agent, AgentSetting } from './agent.js';
import { DQN_OPTIONS, Dqn, type DqnConfig } from './dqn.js';
import { PPO_OPTIONS, Ppo, type PpoConfig } from './ppo.js';
import { SAC_OPTIONS, Sac, type SacConfig } from './sac.js';

/** Every algorithm has these settings among its own. */
export interface AlgorithmConfig {
  numEnvs: number;
}

export interface Algorithm {
  readonly options: OptionTable;
  create(config: AlgorithmConfig, setting: AgentSetting): Agent;
}

export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  dqn: { options: DQN_OPTIONS, create: (config, setting) => new Dqn(config as DqnConfig, setting) },
  ppo: { options: PPO_OPTIONS, create: (config, setting) => new Ppo(config as PpoConfig, setting) },
  sac: { options: SAC_OPTIONS, create: (config, setting) => new Sac(config as SacConfig, setting) },
};

/** @throws UserError for an unknown name, with the nearest known one. */
export function findAlgorithm(name: string): Algorithm {
  if (!Object.hasOwn(ALGORITHMS, name)) throw unknownName('agent', name, Object.keys(ALGORITHMS));
  return ALGORITHMS[name];
}
