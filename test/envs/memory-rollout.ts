/** @file A process that plays a million steps and prints the memory in use, in bytes, after each quarter million. */
import { make, NormalizeObservation, RecordEpisodeStatistics } from '../../src/envs/index.js';

const QUARTER = 250_000;

/** Bytes on the heap and outside of it, after a collection. */
function used(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const env = new RecordEpisodeStatistics(new NormalizeObservation(make<Float32Array, number>('CartPole-v1')));
env.actionSpace.seed(0);
env.reset({ seed: 0 });
for (let quarter = 0; quarter <= 4; quarter++) {
  for (let i = 0; i < QUARTER; i++) {
    const { terminated, truncated } = env.step(env.actionSpace.sample());
    if (terminated || truncated) env.reset();
  }
  console.log(used());
}
