/** @file Environments: the contract, the registry and all families. */
export { findEnv, listEnvs, register } from './core/index.js';
export type { Env, EnvSpec, Info, RenderMode, ResetOptions, ResetResult, StepResult } from './core/index.js';
