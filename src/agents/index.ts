/** @file Agents: algorithms, what they see, how they learn, are compared and are evaluated. */
export { makingCommand, missingEncoders, resolveArms, type Arm } from './arms.js';
export { assemble, type Assembly } from './assemble.js';
export { jobFolder, runComparison, type Comparison, type JobFailure } from './comparison.js';
export type { SeededEpisode } from './evaluate.js';
export { loadAgent, type JobResult } from './job.js';
export { AGENT_FLAGS, resolveAgentConfig, type AgentConfig } from './options.js';
export { recordComparison, type RecordingPlan } from './recordings.js';
export { finalReturn, findAgent } from './saved.js';
export { trainAgent, type Evaluation, type TrainingProgress } from './training.js';
