/** @file The whole comparison: stages that are commands of this project, skipped where their result is there. */
export { planStages, stateOf, type PlannedStage } from './plan.js';
export { overrideOptions, readPreset } from './preset.js';
export { runStages, typedStage } from './stages.js';
