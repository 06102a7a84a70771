/**
 * @file Grid worlds in MiniGrid's manner (Chevalier-Boisvert et al. 2023): the agent turns, walks, carries and opens,
 * and sees 7 x 7 cells in front of it. Worlds are drawn in the order in which MiniGrid draws them.
 */
import type { Painter, Screen } from '../../recording/index.js';
import {
  BaseEnv,
  Box,
  Dict,
  Discrete,
  NO_INFO,
  numberOption,
  type EnvOptions,
  type ResetResult,
  type StepResult,
} from '../core/index.js';
import { drawGridWorld, TILE } from './drawing.js';
import { DIRECTIONS, encodeView, Grid, VIEW, visibleCells, type Pose } from './grid.js';
import { canEnter, CLOSED, DOOR, EMPTY, EMPTY_CELL, GOAL, KEY, LOCKED, OPEN, type Cell } from './objects.js';

export interface GridObservation {
  /** What is seen, bytes [7 columns, 7 rows, 3]: object, colour and state of a cell. The agent is at (3, 6). */
  image: Uint8Array;
  /** Where the agent looks: right, down, left, up. */
  direction: number;
}

const LEFT = 0;
const RIGHT = 1;
const FORWARD = 2;
const PICK_UP = 3;
const DROP = 4;
const TOGGLE = 5;

/** Nowhere: what has not been placed yet. */
const NOWHERE: Pose = { x: -1, y: -1, direction: 0 };

export abstract class GridWorld extends BaseEnv<GridObservation, number> {
  readonly observationSpace = new Dict({
    image: new Box({ low: 0, high: 255, shape: [VIEW, VIEW, 3], dtype: 'uint8' }),
    direction: new Discrete(4),
  });
  readonly actionSpace = new Discrete(7);
  readonly fps = 10;
  override readonly screen: Screen;
  /** What is to be done, in words. */
  abstract readonly mission: string;
  /** Whether walls hide nothing. */
  protected readonly seesThroughWalls: boolean = false;
  private readonly maxSteps: number;
  protected grid: Grid;
  protected agent: Pose = NOWHERE;
  private carrying: Cell = EMPTY_CELL;
  private steps = 0;

  constructor(
    options: EnvOptions,
    private readonly size: number,
  ) {
    super(options);
    this.maxSteps = numberOption(options, 'maxSteps', { low: 1, whole: true });
    this.grid = new Grid(size, size);
    this.screen = { width: size * TILE, height: size * TILE };
  }

  /** Builds walls and objects on an empty grid, and places the agent. The mission is told in `info` of `reset`. */
  protected abstract build(grid: Grid): void;

  protected start(_options: Record<string, unknown>): ResetResult<GridObservation> {
    this.grid = new Grid(this.size, this.size);
    this.agent = NOWHERE;
    this.build(this.grid);
    this.carrying = EMPTY_CELL;
    this.steps = 0;
    return { observation: this.observe(), info: { mission: this.mission } };
  }

  step(action: number): StepResult<GridObservation> {
    this.steps++;
    const { direction } = this.agent;
    if (action === LEFT) this.agent = { ...this.agent, direction: (direction + 3) % 4 };
    if (action === RIGHT) this.agent = { ...this.agent, direction: (direction + 1) % 4 };
    const terminated = action === FORWARD && this.walk();
    if (action === PICK_UP || action === DROP || action === TOGGLE) this.handle(action);
    return {
      observation: this.observe(),
      reward: terminated ? 1 - 0.9 * (this.steps / this.maxSteps) : 0,
      terminated,
      truncated: false,
      info: NO_INFO,
    };
  }

  /** One cell ahead, if it is free; returns whether that is the goal. */
  private walk(): boolean {
    const [x, y] = this.ahead();
    const cell = this.grid.get(x, y);
    if (canEnter(cell)) this.agent = { ...this.agent, x, y };
    return cell[0] === GOAL;
  }

  /** Picks up, drops or toggles what is ahead. */
  private handle(action: number): void {
    const [x, y] = this.ahead();
    const cell = this.grid.get(x, y);
    const [object, color, state] = cell;
    const emptyHanded = this.carrying[0] === EMPTY;
    if (action === PICK_UP && object === KEY && emptyHanded) {
      this.carrying = cell;
      this.grid.set(x, y, EMPTY_CELL);
    } else if (action === DROP && object === EMPTY && !emptyHanded) {
      this.grid.set(x, y, this.carrying);
      this.carrying = EMPTY_CELL;
    } else if (action === TOGGLE && object === DOOR) {
      const hasKey = this.carrying[0] === KEY && this.carrying[1] === color;
      if (state === LOCKED && !hasKey) return;
      this.grid.set(x, y, [DOOR, color, state === OPEN ? CLOSED : OPEN]);
    }
  }

  private ahead(): [x: number, y: number] {
    const [x, y] = DIRECTIONS[this.agent.direction];
    return [this.agent.x + x, this.agent.y + y];
  }

  /** A random free cell within the first `width` columns. */
  private freeCell(width: number): [x: number, y: number] {
    for (;;) {
      const x = this.rng.integers(0, width);
      const y = this.rng.integers(0, this.size);
      const taken = x === this.agent.x && y === this.agent.y;
      if (!taken && this.grid.get(x, y)[0] === EMPTY) return [x, y];
    }
  }

  /** Puts something on a random free cell within the first `width` columns. */
  protected place(cell: Cell, width = this.size): void {
    this.grid.set(...this.freeCell(width), cell);
  }

  /** Puts the agent on a random free cell within the first `width` columns, looking anywhere. */
  protected placeAgent(width = this.size): void {
    const [x, y] = this.freeCell(width);
    this.agent = { x, y, direction: this.rng.integers(0, 4) };
  }

  private visible(): Uint8Array {
    if (this.seesThroughWalls) return new Uint8Array(VIEW * VIEW).fill(1);
    return visibleCells(this.grid, this.agent);
  }

  private observe(): GridObservation {
    const image = encodeView(this.grid, this.agent, this.visible(), this.carrying);
    return { image, direction: this.agent.direction };
  }

  override draw(painter: Painter): void {
    drawGridWorld(painter, this.grid, this.agent, this.visible(), this.carrying);
  }
}
