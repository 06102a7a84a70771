/** @file Walking, carrying, opening, arriving. */
import { describe, expect, test } from '@jest/globals';
import { make } from '../../../src/envs/index.js';
import type { Grid } from '../../../src/envs/grid/grid.js';
import { GridWorld, type GridObservation } from '../../../src/envs/grid/grid-world.js';
import { CLOSED, DOOR, GOAL, GOAL_CELL, KEY, LOCKED, WALL, YELLOW } from '../../../src/envs/grid/objects.js';
import { DoorKey, FourRooms } from '../../../src/envs/grid/worlds.js';

const [LEFT, RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE] = [0, 1, 2, 3, 4, 5, 6];

/** A corridor, from the left: agent, key, two free cells, the door, the goal. */
class Corridor extends GridWorld {
  readonly mission = 'through the door';

  constructor(private readonly door: number) {
    super({ maxSteps: 100 }, 8);
  }

  protected build(grid: Grid): void {
    grid.enclose();
    for (let y = 2; y < 7; y++) grid.wall(1, y, 6, false);
    grid.set(2, 1, [KEY, YELLOW, 0]);
    grid.set(5, 1, [DOOR, YELLOW, this.door]);
    grid.set(6, 1, GOAL_CELL);
    this.agent = { x: 1, y: 1, direction: 0 };
  }
}

function play(env: GridWorld, actions: readonly number[]) {
  env.reset({ seed: 0 });
  return actions.map((action) => env.step(action));
}

/** Columns ahead of the agent, from its own place: the objects' numbers. */
const ahead = ({ image }: GridObservation) => Array.from({ length: 7 }, (_, i) => image[3 * (7 * 3 + 6 - i)]);

describe('a key and a locked door', () => {
  test('the key is picked up, the door opens, the goal pays', () => {
    const way = [PICK_UP, FORWARD, FORWARD, FORWARD, TOGGLE, FORWARD, FORWARD];
    const steps = play(new Corridor(LOCKED), way);
    expect(steps.map(({ observation }) => ahead(observation).slice(0, 4))).toEqual([
      [5, 1, 1, 1],
      [5, 1, 1, 4],
      [5, 1, 4, 0],
      [5, 4, 0, 0],
      [5, 4, 8, 2],
      [5, 8, 2, 0],
      [5, 2, 0, 0],
    ]);
    expect(steps.map(({ reward }) => reward)).toEqual([0, 0, 0, 0, 0, 0, 1 - 0.9 * (7 / 100)]);
    expect(steps.map(({ terminated }) => terminated).indexOf(true)).toBe(6);
  });

  test('without the key it stays locked and shut', () => {
    const env = new Corridor(LOCKED);
    // Behind its back the key is dropped, so that it does not carry it.
    const steps = play(env, [
      PICK_UP,
      FORWARD,
      FORWARD,
      RIGHT,
      RIGHT,
      DROP,
      LEFT,
      LEFT,
      FORWARD,
      TOGGLE,
      FORWARD,
    ]);
    expect(ahead(steps.at(-1)!.observation).slice(0, 3)).toEqual([1, 4, 0]);
    expect(steps[5].observation.direction).toBe(2);
    expect(ahead(steps[5].observation).slice(0, 3)).toEqual([1, 5, 1]);
  });

  test('one thing at a time, and only onto free cells', () => {
    const steps = play(new Corridor(LOCKED), [PICK_UP, DROP, DROP, PICK_UP, RIGHT, DROP]);
    const objects = steps.map(({ observation }) => ahead(observation).slice(0, 2));
    // Picked up; dropped; nothing to drop; picked up; turned to the wall, which takes no key.
    expect(objects).toEqual([
      [5, 1],
      [1, 5],
      [1, 5],
      [5, 1],
      [5, 2],
      [5, 2],
    ]);
  });
});

test('a closed door opens and closes without a key', () => {
  const steps = play(new Corridor(CLOSED), [PICK_UP, FORWARD, FORWARD, FORWARD, TOGGLE, TOGGLE, FORWARD]);
  const door = (i: number) => [...steps[i].observation.image.slice(3 * (7 * 3 + 5)).slice(0, 3)];
  expect([door(3), door(4), door(5)]).toEqual([
    [DOOR, YELLOW, 1],
    [DOOR, YELLOW, 0],
    [DOOR, YELLOW, 1],
  ]);
  // Through a closed door there is no way.
  expect(door(6)).toEqual(door(5));
});

test('walls and keys are in the way; turning goes round; done does nothing', () => {
  const steps = play(new Corridor(LOCKED), [FORWARD, LEFT, FORWARD, LEFT, LEFT, LEFT, DONE, RIGHT]);
  expect(steps.map(({ observation }) => observation.direction)).toEqual([0, 3, 3, 2, 1, 0, 0, 1]);
  expect(ahead(steps[6].observation).slice(0, 2)).toEqual([1, 5]);
});

describe('the worlds', () => {
  const worlds = ['Empty-5x5', 'Empty-Random-6x6', 'Empty-16x16', 'DoorKey-5x5', 'DoorKey-8x8', 'FourRooms'];

  test.each(worlds)('%s: the mission is told, observations are in the space', (name) => {
    const env = make<GridObservation, number>(`MiniGrid-${name}-v0`);
    env.actionSpace.seed(1);
    const { observation, info } = env.reset({ seed: 1 });
    expect(info.mission).toMatch(/goal/);
    expect(env.observationSpace.contains(observation)).toBe(true);
    for (let i = 0; i < 30; i++) {
      const step = env.step(env.actionSpace.sample());
      expect(env.observationSpace.contains(step.observation)).toBe(true);
      if (step.terminated) break;
    }
  });

  test('Empty: straight to the goal', () => {
    const env = make<GridObservation, number>('MiniGrid-Empty-5x5-v0');
    env.reset({ seed: 0 });
    const steps = [FORWARD, FORWARD, RIGHT, FORWARD, FORWARD].map((action) => env.step(action));
    expect(steps.at(-1)).toMatchObject({ terminated: true, reward: 1 - 0.9 * (5 / 100) });
  });

  /** Kinds of objects that are drawn, with their places. */
  const find = (grid: Grid, object: number): [number, number][] =>
    Array.from({ length: grid.width * grid.height }, (_, i): [number, number] => [
      i % grid.width,
      Math.floor(i / grid.width),
    ]).filter(([x, y]) => grid.get(x, y)[0] === object);

  test('DoorKey: agent and key on one side of a wall, the goal on the other, a door in it', () => {
    class Seen extends DoorKey {
      look = () => ({ grid: this.grid, agent: this.agent });
    }
    const env = new Seen({ size: 6, maxSteps: 360 });
    const splits = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      env.reset({ seed });
      const { grid, agent } = env.look();
      const [[doorX, doorY], ...doors] = find(grid, DOOR);
      const [[keyX], ...keys] = find(grid, KEY);
      splits.add(doorX);
      expect([doors, keys, find(grid, GOAL)]).toEqual([[], [], [[4, 4]]]);
      expect(grid.get(doorX, doorY)).toEqual([DOOR, YELLOW, LOCKED]);
      expect(Math.max(agent.x, keyX)).toBeLessThan(doorX);
      expect(find(grid, WALL).filter(([x]) => x === doorX)).toHaveLength(5);
    }
    expect(splits).toEqual(new Set([2, 3]));
  });

  test('FourRooms: every free cell can be reached from every other', () => {
    class Seen extends FourRooms {
      look = () => this.grid;
    }
    const env = new Seen({ maxSteps: 100 });
    for (let seed = 0; seed < 20; seed++) {
      env.reset({ seed });
      const grid = env.look();
      const open = find(grid, GOAL);
      const reached = new Set(open.map(String));
      for (const [x, y] of open) {
        for (const [nextX, nextY] of [
          [x + 1, y],
          [x - 1, y],
          [x, y + 1],
          [x, y - 1],
        ] as [number, number][]) {
          if (reached.has(`${nextX},${nextY}`) || grid.get(nextX, nextY)[0] === WALL) continue;
          reached.add(`${nextX},${nextY}`);
          open.push([nextX, nextY]);
        }
      }
      // Four rooms of 8 x 8, four gaps.
      expect(reached.size).toBe(4 * 64 + 4);
    }
  });

  test('time runs out', () => {
    const env = make<GridObservation, number>('MiniGrid-Empty-5x5-v0');
    env.reset({ seed: 0 });
    const steps = Array.from({ length: 100 }, () => env.step(LEFT));
    expect(steps.map(({ truncated }) => truncated).indexOf(true)).toBe(99);
  });

  test.each([
    [{ size: 3 }, 'size: expected a whole number from 4, found 3.'],
    [{ size: 5.5 }, 'size: expected a whole number from 4, found 5.5.'],
    [{ maxSteps: 0 }, 'maxSteps: expected a whole number from 1, found 0.'],
  ])('%j is refused', (options, message) => {
    expect(() => make('MiniGrid-Empty-5x5-v0', options)).toThrow(message);
  });
});
