/** @file Replay of past transitions, uniform or prioritised. */
export {
  Replay,
  type Experience,
  type Frames,
  type ReplayBatch,
  type ReplayOptions,
  type ReplayState,
} from './replay.js';
export { SumTree } from './sum-tree.js';
