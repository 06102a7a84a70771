/** @file The worlds: an empty room, a locked door with its key, four rooms. */
import { booleanOption, numberOption, type EnvOptions } from '../core/index.js';
import type { Grid } from './grid.js';
import { GridWorld } from './grid-world.js';
import { DOOR, EMPTY_CELL, GOAL_CELL, KEY, LOCKED, YELLOW } from './objects.js';

/** A room with the goal in its far corner; the agent begins in the near one, or anywhere. */
export class EmptyRoom extends GridWorld {
  readonly mission = 'get to the green goal square';
  protected override readonly seesThroughWalls = true;
  private readonly randomStart: boolean;

  constructor(options: EnvOptions) {
    super(options, numberOption(options, 'size', { low: 4, whole: true }));
    this.randomStart = booleanOption(options, 'randomStart');
  }

  protected build(grid: Grid): void {
    grid.enclose();
    grid.set(grid.width - 2, grid.height - 2, GOAL_CELL);
    if (this.randomStart) this.placeAgent();
    else this.agent = { x: 1, y: 1, direction: 0 };
  }
}

/** Two rooms: the key in the agent's, the goal in the other, a locked door between them. */
export class DoorKey extends GridWorld {
  readonly mission = 'use the key to open the door and then get to the goal';

  constructor(options: EnvOptions) {
    super(options, numberOption(options, 'size', { low: 5, whole: true }));
  }

  protected build(grid: Grid): void {
    const { width, height } = grid;
    grid.enclose();
    grid.set(width - 2, height - 2, GOAL_CELL);
    const split = this.rng.integers(2, width - 2);
    grid.wall(split, 0, height, true);
    this.placeAgent(split);
    grid.set(split, this.rng.integers(1, width - 2), [DOOR, YELLOW, LOCKED]);
    this.place([KEY, YELLOW, 0], split);
  }
}

/** Four rooms joined by a gap in each wall between them; agent and goal are anywhere. */
export class FourRooms extends GridWorld {
  readonly mission = 'reach the goal';

  constructor(options: EnvOptions) {
    super(options, 19);
  }

  protected build(grid: Grid): void {
    const room = (grid.width - 1) / 2;
    grid.enclose();
    for (const top of [0, room]) {
      for (const left of [0, room]) {
        if (left === 0) {
          grid.wall(room, top, room, true);
          grid.set(room, this.rng.integers(top + 1, top + room), EMPTY_CELL);
        }
        if (top === 0) {
          grid.wall(left, room, room, false);
          grid.set(this.rng.integers(left + 1, left + room), room, EMPTY_CELL);
        }
      }
    }
    this.placeAgent();
    this.place(GOAL_CELL);
  }
}
