/** @file The checker finds what is wrong and says what to do. */
import { describe, expect, test } from '@jest/globals';
import {
  BaseEnv,
  Box,
  checkEnv,
  Discrete,
  TimeLimit,
  type Env,
  type Space,
} from '../../../../src/envs/core/index.js';
import type { Painter } from '../../../../src/recording/index.js';
import { Walk } from '../walk.js';

/** A faultless environment, to be spoilt. */
class Fine extends BaseEnv<Float32Array, number> {
  observationSpace: Space<Float32Array> = new Box({ low: 0, high: 1, shape: [2] });
  actionSpace: Space<number> = new Discrete(2);
  fps = 10;
  override screen?: { width: number; height: number } = { width: 8, height: 4 };
  protected state = new Float32Array(2);

  start() {
    this.state = Float32Array.of(this.rng.random(), this.rng.random());
    return this.result();
  }

  step(action: number) {
    this.state[action] = this.rng.random();
    return { ...this.result(), reward: 1, terminated: this.state[0] > 0.9, truncated: false };
  }

  override draw(painter: Painter) {
    painter.clear(0xffffff);
    painter.rectangle(0, 0, 8 * this.state[0], 4, 0);
  }

  protected result() {
    return { observation: this.state.slice(), info: {} };
  }
}

test('a faultless environment has nothing to mend, and is closed twice', () => {
  expect(checkEnv(new Fine())).toEqual([]);
  const walk = new Walk({ size: 3 });
  expect(checkEnv(walk)).toEqual([]);
  expect(walk.closed).toBe(2);
});

let leaked = 0;

/** What is spoilt, and what the checker says of it. */
const spoilt: [string, Env, RegExp][] = [
  [
    'observations out of bounds',
    new (class extends Fine {
      override result() {
        return { observation: this.state.map((x) => 2 * x + 1), info: {} };
      }
    })(),
    /observation of reset\(\) is not in observationSpace: .*element 0 is [\d.]+ where 0 to 1 is allowed; widen the bounds, or clip/,
  ],
  [
    'observations of another type',
    new (class extends Fine {
      override result() {
        return { observation: [...this.state] as never, info: {} };
      }
    })(),
    /found Array \[.*return a Float32Array of 2, as Float32Array\.of\(\.\.\.\) makes/,
  ],
  [
    'observations of another length',
    new (class extends Fine {
      override result() {
        return { observation: new Float32Array(3), info: {} };
      }
    })(),
    /found Float32Array \[0, 0, 0\]: return a Float32Array of 2/,
  ],
  [
    'observations that change later',
    new (class extends Fine {
      override result() {
        return { observation: this.state, info: {} };
      }
    })(),
    /step\(\) reuses the observation returned before.*this\.state\.slice\(\)/,
  ],
  [
    'rewards that are none',
    new (class extends Fine {
      override step(action: number) {
        return { ...super.step(action), reward: NaN };
      }
    })(),
    /step\(\) returns reward NaN: expected a finite number/,
  ],
  [
    'ends that are numbers, no info',
    new (class extends Fine {
      override step(action: number) {
        return { ...super.step(action), terminated: 0 as never, info: undefined as never };
      }
    })(),
    /terminated 0: expected true or false\.\n- step\(\) returns info undefined: expected an object/,
  ],
  [
    "Gymnasium's tuples",
    new (class extends Fine {
      override step(action: number) {
        return Object.values(super.step(action)) as never;
      }
    })(),
    /step\(\) must return \{ observation, reward, terminated, truncated, info \}, found Array/,
  ],
  [
    'state that outlives reset',
    new (class extends Fine {
      override start() {
        leaked++;
        return { ...super.start(), observation: Float32Array.of(1 / leaked, 0) };
      }
    })(),
    /The same seed and actions do not give the same episode: draw all random numbers from `this\.rng`/,
  ],
  [
    'a seed without effect',
    new (class extends Fine {
      override reset() {
        return this.start();
      }
    })(),
    /reset\(\{ seed \}\) does not seed `rng`: begin with `super\.reset\(options\)`/,
  ],
  [
    'a step that fails',
    new (class extends Fine {
      override step(): never {
        throw new Error('no such move');
      }
    })(),
    /Playing failed: no such move/,
  ],
  [
    'a drawing over the one before',
    new (class extends Fine {
      override draw(painter: Painter) {
        painter.rectangle(0, 0, 4, 4, 0x808080);
      }
    })(),
    /draw\(\) leaves parts of the frame before: begin with `painter\.clear/,
  ],
  [
    'a drawing that plays on',
    new (class extends Fine {
      override draw(painter: Painter) {
        painter.clear(Math.floor(this.rng.random() * 2 ** 24));
      }
    })(),
    /draw\(\) twice in the same state gives two pictures.*\n- draw\(\) draws random numbers/,
  ],
  [
    'a screen without drawing',
    Object.assign(new Fine(), { draw: undefined }),
    /`screen` and `draw\(painter\)` belong together/,
  ],
  [
    'a wrong frame',
    Object.assign(new Fine(), { render: () => ({ width: 3 }) }),
    /render\(\) returns Object \{ width: 3 \}: expected/,
  ],
  [
    'no frames a second',
    Object.assign(new Fine(), { fps: 0 }),
    /fps: expected steps a second above 0, found 0/,
  ],
  [
    'no space',
    Object.assign(new Fine(), { actionSpace: undefined }),
    /actionSpace is missing: give the environment a space/,
  ],
  [
    'a close that fails the second time',
    Object.assign(new Fine(), {
      close(this: { closed?: boolean }) {
        if (this.closed === true) throw new Error('closed already');
        this.closed = true;
      },
    }),
    /close\(\), called twice, failed: closed already/,
  ],
];

describe('what is spoilt', () => {
  test.each(spoilt)('%s', (_, env, message) => {
    expect(() => checkEnv(env)).toThrow(/does not keep the contract of environments:\n- /);
    expect(() => checkEnv(env)).toThrow(message);
  });
});

test('an action that is changed', () => {
  const actionSpace = new Box({ low: -1, high: 1 });
  class Greedy extends BaseEnv<number, Float32Array> {
    readonly observationSpace = new Discrete(1);
    readonly actionSpace = actionSpace;
    readonly fps = 1;
    start() {
      return { observation: 0, info: {} };
    }
    step(action: Float32Array) {
      action[0] = 0;
      return { ...this.start(), reward: 0, terminated: true, truncated: false };
    }
  }
  expect(() => checkEnv(new Greedy())).toThrow(/step\(\) changes the action that it is given/);
});

describe('warnings', () => {
  class Endless extends Fine {
    override step(action: number) {
      return { ...super.step(action), terminated: false };
    }
  }

  test('episodes without end', () => {
    expect(checkEnv(new Endless())).toEqual([expect.stringMatching(/No episode ended within 200 steps/)]);
    expect(checkEnv(new TimeLimit(new Endless(), 50))).toEqual([]);
  });

  test('actions without bounds', () => {
    class Free extends BaseEnv<number, Float32Array> {
      readonly observationSpace = new Discrete(1);
      readonly actionSpace = new Box({ low: 0, high: Infinity });
      readonly fps = 1;
      start() {
        return { observation: 0, info: {} };
      }
      step() {
        return { observation: 0, reward: 0, terminated: true, truncated: false, info: {} };
      }
    }
    expect(checkEnv(new Free())).toEqual([expect.stringMatching(/actionSpace has no finite bounds/)]);
  });

  test('pictures that are no bytes', () => {
    const observationSpace = new Box({ low: 0, high: 1, shape: [1, 1, 2] });
    expect(checkEnv(Object.assign(new Fine(), { observationSpace }))).toEqual([
      expect.stringMatching(/looks like pictures but is not bytes from 0 to 255/),
    ]);
  });
});
