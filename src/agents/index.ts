/** @file Agents: algorithms, what they see, how they learn and are evaluated. */
export type { Actions, Agent, AgentSetting, AgentState, Outcome } from './agent.js';
export { ALGORITHMS, findAlgorithm, type Algorithm } from './algorithms.js';
export { VectorBody, type Body } from './body.js';
export { evaluate, type SeededEpisode } from './evaluate.js';
export { Perception } from './perception.js';
export { PictureSensor, StateSensor, type Sensor } from './sensors.js';
export { trainAgent, type Evaluation, type TrainingProgress } from './training.js';
export { World, type Episode } from './world.js';
