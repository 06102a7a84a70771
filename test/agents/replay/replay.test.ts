/** @file Replay: stacks, n-step returns, ends of episodes, the ring's wrap, priorities, going on from a state. */
import { describe, expect, test } from '@jest/globals';
import { Replay, type ReplayBatch, type ReplayOptions } from '../../../src/agents/replay/index.js';
import { Generator } from '../../../src/random/index.js';

const OPTIONS: ReplayOptions = {
  capacity: 100,
  numEnvs: 1,
  frameSize: 1,
  dtype: 'float32',
  stack: 1,
  actionSize: 1,
  nStep: 1,
  gamma: 0.5,
  alpha: 0,
};

/** Frames count 10, 11, 12, ...; the action on a frame is its negative, its reward the frame's number. */
function play(
  replay: Replay,
  env: number,
  start: number,
  steps: number,
  end?: 'terminated' | 'truncated',
): void {
  replay.begin(env, [start]);
  for (let frame = start; frame < start + steps; frame++) {
    const last = frame === start + steps - 1;
    replay.add(env, {
      action: [-frame],
      reward: frame,
      terminated: last && end === 'terminated',
      truncated: last && end === 'truncated',
      next: [frame + 1],
    });
  }
}

interface Row {
  observation: number[];
  action: number;
  reward: number;
  next: number[];
  discount: number;
}

/** All transitions that draws bring up, by their last frame. */
function everyRow(replay: Replay, stack: number): Map<number, Row> {
  const rows = new Map<number, Row>();
  const rng = new Generator(0);
  for (let draw = 0; draw < 20; draw++) {
    const batch: ReplayBatch = replay.draw(rng, 32);
    for (let i = 0; i < 32; i++) {
      const observation = [...batch.observations.slice(i * stack, (i + 1) * stack)];
      rows.set(observation[stack - 1], {
        observation,
        action: batch.actions[i],
        reward: batch.rewards[i],
        next: [...batch.nextObservations.slice(i * stack, (i + 1) * stack)],
        discount: batch.discounts[i],
      });
    }
  }
  return rows;
}

describe('one step', () => {
  test('a transition has its action, reward and what followed; an end has its final frame', () => {
    const replay = new Replay(OPTIONS);
    play(replay, 0, 10, 2, 'terminated');
    play(replay, 0, 20, 2, 'truncated');
    play(replay, 0, 30, 1);
    const rows = everyRow(replay, 1);
    expect([...rows.keys()].sort()).toEqual([10, 11, 20, 21, 30]);
    expect(replay.size).toBe(5);
    expect(rows.get(10)).toEqual({ observation: [10], action: -10, reward: 10, next: [11], discount: 0.5 });
    // Nothing follows a termination; a truncated episode would have gone on.
    expect(rows.get(11)).toEqual({ observation: [11], action: -11, reward: 11, next: [12], discount: 0 });
    expect(rows.get(21)).toEqual({ observation: [21], action: -21, reward: 21, next: [22], discount: 0.5 });
  });

  test('nothing complete, nothing drawn', () => {
    const replay = new Replay({ ...OPTIONS, nStep: 3 });
    expect(() => replay.draw(new Generator(0), 1)).toThrow('no complete transition');
    play(replay, 0, 10, 2);
    expect(() => replay.draw(new Generator(0), 1)).toThrow('no complete transition');
    expect(replay.size).toBe(0);
  });
});

describe('three steps, discounted by half', () => {
  const filled = (end?: 'terminated' | 'truncated') => {
    const replay = new Replay({ ...OPTIONS, nStep: 3 });
    play(replay, 0, 10, 4, end);
    return everyRow(replay, 1);
  };

  test('rewards add up, and what follows is three steps away', () => {
    const rows = filled();
    expect([...rows.keys()].sort()).toEqual([10, 11]); // 12 and 13 still wait for their returns
    expect(rows.get(10)).toMatchObject({ reward: 10 + 5.5 + 3, next: [13], discount: 0.125 });
    expect(rows.get(11)).toMatchObject({ reward: 11 + 6 + 3.25, next: [14], discount: 0.125 });
  });

  test('a termination cuts the return and ends all value', () => {
    const rows = filled('terminated');
    expect(rows.size).toBe(4);
    expect(rows.get(11)).toMatchObject({ reward: 11 + 6 + 3.25, discount: 0 });
    expect(rows.get(12)).toMatchObject({ reward: 12 + 6.5, discount: 0 });
    expect(rows.get(13)).toMatchObject({ reward: 13, discount: 0 });
  });

  test('a truncation cuts the return; the final observation is worth what it is worth', () => {
    const rows = filled('truncated');
    expect(rows.get(12)).toMatchObject({ reward: 12 + 6.5, next: [14], discount: 0.25 });
    expect(rows.get(13)).toMatchObject({ reward: 13, next: [14], discount: 0.5 });
  });
});

test('stacks begin with copies of the first frame and never reach into another episode', () => {
  const replay = new Replay({ ...OPTIONS, stack: 3 });
  play(replay, 0, 10, 3, 'truncated');
  play(replay, 0, 20, 2);
  const rows = everyRow(replay, 3);
  expect(rows.get(10)).toMatchObject({ observation: [10, 10, 10], next: [10, 10, 11] });
  expect(rows.get(12)).toMatchObject({ observation: [10, 11, 12], next: [11, 12, 13] });
  expect(rows.get(21)).toMatchObject({ observation: [20, 20, 21], next: [20, 21, 22] });
});

test.each([
  [1, 1],
  [3, 1],
  [2, 3],
])('a full ring of stacks of %i and %i steps draws only what is whole', (stack, nStep) => {
  const replay = new Replay({ ...OPTIONS, capacity: 16, stack, nStep });
  let start = 100;
  for (const steps of [5, 1, 7, 3, 9, 2, 4]) {
    play(replay, 0, start, steps, start % 200 === 0 ? 'terminated' : 'truncated');
    const rows = everyRow(replay, stack);
    expect(rows.size).toBe(replay.size);
    for (const [frame, { observation, next, action }] of rows) {
      expect(action).toBe(-frame);
      const first = Math.floor(frame / 100) * 100;
      const stackOf = (last: number) =>
        Array.from({ length: stack }, (_, i) => Math.max(first, last - stack + 1 + i));
      expect(observation).toEqual(stackOf(frame));
      expect(next).toEqual(stackOf(next[stack - 1]));
      expect(next[stack - 1] - frame).toBeLessThanOrEqual(nStep);
    }
    start += 100;
  }
});

test('environments do not mix', () => {
  const replay = new Replay({ ...OPTIONS, capacity: 40, numEnvs: 2, stack: 2 });
  play(replay, 0, 10, 4);
  play(replay, 1, 50, 4);
  const rows = everyRow(replay, 2);
  expect(rows.size).toBe(8);
  for (const [frame, { next }] of rows) expect(next).toEqual([frame, frame + 1]);
});

test('pictures are kept as bytes', () => {
  const replay = new Replay({ ...OPTIONS, dtype: 'uint8' });
  play(replay, 0, 10, 3);
  expect(replay.draw(new Generator(0), 4).observations).toBeInstanceOf(Uint8Array);
});

describe('priorities', () => {
  const prioritised = () => {
    const replay = new Replay({ ...OPTIONS, alpha: 0.5 });
    play(replay, 0, 0, 4);
    replay.setPriorities(
      Int32Array.of(0, 1, 2, 3),
      [1, 4, 9, 16].map((error) => error - 1e-6),
    );
    return replay;
  };

  test('chances are in proportion to |error| ** alpha, weights correct for them', () => {
    const replay = prioritised();
    const rng = new Generator(0);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 500; i++) {
      const { slots, weights } = replay.draw(rng, 20, 1);
      slots.forEach((slot, row) => {
        counts[slot]++;
        // Chances .1, .2, .3, .4: weights (4 p)^-1 over the largest, that of the rarest.
        expect(weights[row]).toBeCloseTo(0.1 / (0.1 * (slot + 1)), 5);
      });
    }
    counts.forEach((count, slot) => expect(count / 10_000).toBeCloseTo(0.1 * (slot + 1), 2));
  });

  test('beta 0 corrects nothing, 0.5 half of it', () => {
    const replay = prioritised();
    expect([...replay.draw(new Generator(0), 8, 0).weights]).toEqual(new Array(8).fill(1));
    const { slots, weights } = replay.draw(new Generator(0), 20, 0.5);
    slots.forEach((slot, row) => expect(weights[row]).toBeCloseTo((1 / (slot + 1)) ** 0.5, 5));
  });

  test('what is new has the largest priority so far', () => {
    const replay = prioritised();
    replay.add(0, { action: [0], reward: 0, terminated: false, truncated: false, next: [5] });
    expect(replay.getState().priorities[4]).toBeCloseTo(4, 6);
  });
});

test.each([0, 0.6])('goes on from a state as it would have, alpha %d', (alpha) => {
  const options = { ...OPTIONS, capacity: 30, numEnvs: 2, stack: 2, nStep: 2, alpha };
  const [a, b] = [new Replay(options), new Replay(options)];
  play(a, 0, 10, 20);
  play(a, 1, 50, 9, 'terminated');
  b.setState(structuredClone(a.getState()));
  for (const replay of [a, b]) play(replay, 1, 70, 3);
  expect(b.size).toBe(a.size);
  expect(b.draw(new Generator(1), 16)).toEqual(a.draw(new Generator(1), 16));
});

test('too small a replay is refused', () => {
  expect(() => new Replay({ ...OPTIONS, capacity: 8, numEnvs: 4 })).toThrow('8 slots is too small for 4');
});
