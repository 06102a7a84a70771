/** @file The contract of environments, their spaces and the registry. */
export type { Env, EnvSpec, Info, RenderMode, ResetOptions, ResetResult, StepResult } from './env.js';
export { findEnv, listEnvs, register, type EnvFactory } from './registry.js';
export { Box, Discrete, Space, type BoxArray, type BoxDtype, type BoxOptions } from './spaces/index.js';
