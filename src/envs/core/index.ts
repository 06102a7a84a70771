/** @file The contract of environments, their spaces, wrappers and the registry. */
export { BaseEnv, type BaseEnvOptions } from './base-env.js';
export { describeValue } from './describe.js';
export { NO_INFO } from './env.js';
export type { Env, EnvSpec, Info, RenderMode, ResetOptions, ResetResult, StepResult } from './env.js';
export { make, type MakeOptions } from './make.js';
export { booleanOption, numberOption, type NumberBounds } from './options.js';
export { findEnv, listEnvs, register, type EnvExtras, type EnvFactory, type EnvOptions } from './registry.js';
export {
  Box,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  Space,
  Tuple,
  unseededGenerator,
  type BatchOf,
  type BoxArray,
  type BoxDtype,
  type BoxOptions,
  type ValueOf,
} from './spaces/index.js';
export type {
  AutoresetMode,
  VectorCore,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from './vector/vector-env.js';
export {
  ActionWrapper,
  ObservationWrapper,
  OrderEnforcing,
  RewardWrapper,
  TimeLimit,
  Wrapper,
} from './wrappers/index.js';
