/** @file Stacks of frames as the agent sees them, the same as those that replay puts together. */
import { expect, test } from '@jest/globals';
import { Perception } from '../../src/agents/perception.js';

const OPTIONS = { numEnvs: 2, frameSize: 1, dtype: 'float32', stack: 3, normalize: false } as const;

test('an episode begins with copies of its first frame; then frames move up', () => {
  const perception = new Perception(OPTIONS);
  perception.see(Float32Array.of(1, 10));
  expect([...perception.inputs()]).toEqual([1, 1, 1, 10, 10, 10]);
  perception.see(Float32Array.of(2, 20), [0, 0]);
  expect([...perception.inputs()]).toEqual([1, 1, 2, 10, 10, 20]);
  perception.see(Float32Array.of(3, 30), [0, 1]);
  expect([...perception.inputs()]).toEqual([1, 2, 3, 30, 30, 30]);
});

test('what would be seen after a final frame, without seeing it', () => {
  const perception = new Perception(OPTIONS);
  perception.see(Float32Array.of(1, 10));
  perception.see(Float32Array.of(2, 20), [0, 0]);
  expect([...perception.inputAfter(1, Float32Array.of(99))]).toEqual([10, 20, 99]);
  expect([...perception.inputs()]).toEqual([1, 1, 2, 10, 10, 20]);
});

test('evaluation normalises by what training has learnt, and changes nothing of it', () => {
  const perception = new Perception({ ...OPTIONS, normalize: true });
  const frames = Float32Array.of(1, 3);
  perception.see(frames);
  perception.learn();
  const evaluation = perception.forEnvs(1);
  const before = perception.getState();
  evaluation.see(Float32Array.of(4));
  expect([...evaluation.inputs()]).toEqual([2, 2, 2]); // mean 2, deviation 1
  expect(perception.getState()).toEqual(before);
  perception.see(Float32Array.of(100, 200));
  perception.learn();
  expect(evaluation.getState()).toEqual(perception.getState());
});

test('flow: the newest frame after the differences, each by its own deviation', () => {
  const perception = new Perception({ ...OPTIONS, flow: true });
  perception.see(Float32Array.of(1, 10));
  expect([...perception.inputs()]).toEqual([0, 0, 1, 0, 0, 10]);
  perception.see(Float32Array.of(3, 10), [0, 0]);
  perception.see(Float32Array.of(2, 13), [0, 0]);
  expect([...perception.inputs()]).toEqual([2, -1, 2, 0, 3, 13]);
  expect([...perception.inputAfter(1, Float32Array.of(9))]).toEqual([3, -4, 9]);
  const normalized = new Perception({ ...OPTIONS, flow: true, normalize: true });
  normalized.see(Float32Array.of(1, 10));
  normalized.see(Float32Array.of(3, 10), [0, 0]);
  normalized.see(Float32Array.of(2, 13), [0, 0]);
  normalized.learn();
  // Means 1, 1, 7.5 and deviations 1, 2, 5.5.
  const inputs = [...normalized.inputs()].map((value) => Number(value.toFixed(4)));
  expect(inputs).toEqual([1, -1, -1, -1, 1, 1]);
});

test('pictures stay bytes', () => {
  const perception = new Perception({ ...OPTIONS, dtype: 'uint8' });
  perception.see(Uint8Array.of(7, 8));
  expect(perception.inputs()).toEqual(Uint8Array.of(7, 7, 7, 8, 8, 8));
});
