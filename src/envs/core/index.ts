/** @file The contract of environments, their spaces, wrappers and the registry. */
export { BaseEnv, type BaseEnvOptions } from './base-env.js';
export { checkEnv, type CheckOptions } from './check/index.js';
export { describeValue } from './describe.js';
export { NO_INFO } from './env.js';
export type { Env, EnvSpec, Info, RenderMode, ResetOptions, ResetResult, StepResult } from './env.js';
export { make, type MakeOptions } from './make.js';
export { booleanOption, numberOption, type NumberBounds } from './options.js';
export { RunningStatistics, type StatisticsState } from './running-statistics.js';
export { findEnv, listEnvs, register, type EnvExtras, type EnvFactory, type EnvOptions } from './registry.js';
export {
  Box,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  Space,
  Tuple,
  seededGenerator,
  unseededGenerator,
  flattenSpace,
  isBox,
  type BatchOf,
  type BoxArray,
  type BoxDtype,
  type BoxOptions,
  type ValueOf,
} from './spaces/index.js';
export { CoreVectorEnv } from './vector/core-vector-env.js';
export { makeVec, type MakeVecOptions } from './vector/make-vec.js';
export { PoolVectorEnv, type PoolVectorOptions } from './vector/pool-vector-env.js';
export { SyncVectorEnv } from './vector/sync-vector-env.js';
export type { VectorOptions } from './vector/base-vector-env.js';
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
  AddRenderObservation,
  Autoreset,
  ClipAction,
  ClipReward,
  FrameStackObservation,
  GrayscaleObservation,
  MaxAndSkipObservation,
  NormalizeObservation,
  NormalizeReward,
  ObservationWrapper,
  OrderEnforcing,
  RecordEpisodeStatistics,
  RecordVideo,
  RescaleAction,
  ResizeObservation,
  RewardWrapper,
  StickyAction,
  TimeAwareObservation,
  TimeLimit,
  TransformObservation,
  TransformReward,
  Wrapper,
  cubicSchedule,
  type EpisodeStatistics,
  type FrameStackOptions,
  type GrayscaleOptions,
  type NormalizeRewardOptions,
  type RecordVideoOptions,
  type TimeAwareOptions,
} from './wrappers/index.js';
