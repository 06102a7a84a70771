/** @file Environments: the contract, the registry and all families, which register themselves. */
import './classic/index.js';
import './grid/index.js';
import './toy/index.js';

export {
  ActionWrapper,
  BaseEnv,
  Box,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  NO_INFO,
  ObservationWrapper,
  OrderEnforcing,
  RewardWrapper,
  Space,
  TimeLimit,
  Tuple,
  Wrapper,
  findEnv,
  listEnvs,
  make,
  register,
} from './core/index.js';
export type {
  AutoresetMode,
  BaseEnvOptions,
  BatchOf,
  BoxArray,
  BoxDtype,
  BoxOptions,
  Env,
  EnvExtras,
  EnvFactory,
  EnvOptions,
  EnvSpec,
  Info,
  MakeOptions,
  RenderMode,
  ResetOptions,
  ResetResult,
  StepResult,
  ValueOf,
  VectorCore,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from './core/index.js';
export type { GridObservation } from './grid/index.js';
export { generateRandomMap, type RandomMapOptions } from './toy/index.js';
