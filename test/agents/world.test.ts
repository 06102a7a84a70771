/** @file Steps of several environments as frames: ends of episodes, returns, evaluation by seeds. */
import { expect, test } from '@jest/globals';
import { evaluate } from '../../src/agents/evaluate.js';
import { Perception } from '../../src/agents/perception.js';
import { PictureSensor, StateSensor } from '../../src/agents/sensors.js';
import { World } from '../../src/agents/world.js';
import {
  BaseEnv,
  Box,
  Discrete,
  make,
  SyncVectorEnv,
  type ResetResult,
  type StepResult,
} from '../../src/envs/index.js';

/** Shows 10 times its seed plus the step; ends by itself at step 3, with reward 5, or is cut off at step 2 for odd seeds. */
class Counter extends BaseEnv<Float32Array, number> {
  readonly fps = 1;
  readonly observationSpace = new Box({ low: 0, high: 1e6, shape: [1] });
  readonly actionSpace = new Discrete(2);
  private episode = 0;
  private count = 0;

  override reset(options: { seed?: number } = {}): ResetResult<Float32Array> {
    this.episode = options.seed ?? this.episode + 1;
    return this.start();
  }

  protected start(): ResetResult<Float32Array> {
    this.count = 0;
    return { observation: this.see(), info: {} };
  }

  step(action: number): StepResult<Float32Array> {
    this.count++;
    const terminated = this.count === 3;
    const truncated = this.count === 2 && this.episode % 2 === 1;
    return { observation: this.see(), reward: terminated ? 5 : action, terminated, truncated, info: {} };
  }

  private see = () => Float32Array.of(10 * this.episode + this.count);
}

const counters = (count: number, autoresetMode: 'same-step' | 'disabled') =>
  new SyncVectorEnv(
    Array.from({ length: count }, () => () => new Counter()),
    { autoresetMode },
  );

test('where an episode ends, its final frame, the next first frame and its return are told', () => {
  const envs = counters(2, 'same-step');
  const world = new World(envs, new StateSensor(envs.singleObservationSpace));
  expect([...world.reset([2, 7])]).toEqual([20, 70]);
  expect([...world.step(Int32Array.of(1, 0)).frames]).toEqual([21, 71]);
  const cut = world.step(Int32Array.of(1, 1));
  expect([...cut.frames]).toEqual([22, 72]);
  expect([...cut.nextFrames]).toEqual([22, 80]);
  expect([...cut.truncated]).toEqual([0, 1]);
  expect(cut.episodes).toEqual([{ return: 1, length: 2 }]);
  const over = world.step(Int32Array.of(0, 0));
  expect([...over.frames]).toEqual([23, 81]);
  expect([...over.nextFrames]).toEqual([30, 81]);
  expect([...over.terminated]).toEqual([1, 0]);
  expect(over.episodes).toEqual([{ return: 7, length: 3 }]);
  // A new start forgets what the running episodes had.
  world.reset([1, 2]);
  world.step(Int32Array.of(1, 1));
  expect(world.step(Int32Array.of(1, 1)).episodes).toEqual([{ return: 2, length: 2 }]);
});

test.each([1, 2, 3, 8])('evaluation in %i environments plays an episode of each seed', (numEnvs) => {
  const envs = counters(numEnvs, 'disabled');
  const sensor = new StateSensor(envs.singleObservationSpace);
  const perception = new Perception({ numEnvs, frameSize: 1, dtype: 'float32', stack: 1, normalize: false });
  // Pushes 1 in the episodes of seeds from 4.
  const agent = {
    exploit: (inputs: ArrayLike<number>, n: number) =>
      Int32Array.from({ length: n }, (_, i) => Number(inputs[i] >= 40)),
  };
  expect(evaluate(agent, envs, sensor, perception, [2, 5, 4, 3, 9])).toEqual([
    { seed: 2, return: 5, length: 3 },
    { seed: 5, return: 2, length: 2 },
    { seed: 4, return: 7, length: 3 },
    { seed: 3, return: 0, length: 2 },
    { seed: 9, return: 2, length: 2 },
  ]);
});

test('states of any space become floats, categories one-hot', () => {
  const sensor = new StateSensor(new Discrete(3, 1));
  expect([...sensor.sense(Int32Array.of(2, 1), 2)]).toEqual([0, 1, 0, 1, 0, 0]);
  const bytes = new StateSensor(new Box({ low: 0, high: 255, shape: [2], dtype: 'uint8' }));
  expect(bytes.sense(Uint8Array.of(1, 2, 3, 4), 2)).toEqual(Float32Array.of(1, 2, 3, 4));
});

test('what is no picture is refused as one', () => {
  expect(() => new PictureSensor(make('CartPole-v1').observationSpace)).toThrow('Expected pictures');
});
