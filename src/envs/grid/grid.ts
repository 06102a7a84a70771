/** @file The cells of a grid world, and what an agent sees of them. */
import { blocksView, EMPTY_CELL, WALL_CELL, type Cell } from './objects.js';

/** Right, down, left, up: the directions that an agent may face, [x, y]. */
export const DIRECTIONS: readonly (readonly [x: number, y: number])[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** Cells that the agent sees to its front, and across. */
export const VIEW = 7;
const HALF = (VIEW - 1) / 2;

export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly direction: number;
}

export class Grid {
  private readonly cells: Cell[];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.cells = new Array<Cell>(width * height).fill(EMPTY_CELL);
  }

  /** A wall, where there is no grid. */
  get(x: number, y: number): Cell {
    const inside = x >= 0 && x < this.width && y >= 0 && y < this.height;
    return inside ? this.cells[y * this.width + x] : WALL_CELL;
  }

  set(x: number, y: number, cell: Cell): void {
    this.cells[y * this.width + x] = cell;
  }

  /** A wall of `length` cells to the right, or down. */
  wall(x: number, y: number, length: number, down: boolean): void {
    for (let i = 0; i < length; i++) this.set(x + (down ? 0 : i), y + (down ? i : 0), WALL_CELL);
  }

  /** Walls all around. */
  enclose(): void {
    for (const y of [0, this.height - 1]) this.wall(0, y, this.width, false);
    for (const x of [0, this.width - 1]) this.wall(x, 0, this.height, true);
  }
}

/** The world's coordinates of a cell of the view: the agent is at (3, 6) and looks to smaller rows. */
export function viewToWorld({ x, y, direction }: Pose, column: number, row: number): [x: number, y: number] {
  const [aheadX, aheadY] = DIRECTIONS[direction];
  const ahead = VIEW - 1 - row;
  const aside = column - HALF;
  return [x + ahead * aheadX - aside * aheadY, y + ahead * aheadY + aside * aheadX];
}

/**
 * Which cells of the view the agent sees, [7 columns, 7 rows], 1 for seen: from row to row ahead, sight spreads to
 * neighbours unless a cell blocks it, first to the right, then to the left; MiniGrid's `process_vis`.
 */
export function visibleCells(grid: Grid, pose: Pose): Uint8Array {
  const seen = new Uint8Array(VIEW * VIEW);
  seen[HALF * VIEW + VIEW - 1] = 1;
  const spread = (column: number, row: number, side: -1 | 1) => {
    if (seen[column * VIEW + row] === 0 || blocksView(grid.get(...viewToWorld(pose, column, row)))) return;
    seen[(column + side) * VIEW + row] = 1;
    if (row === 0) return;
    seen[(column + side) * VIEW + row - 1] = 1;
    seen[column * VIEW + row - 1] = 1;
  };
  for (let row = VIEW - 1; row >= 0; row--) {
    for (let column = 0; column < VIEW - 1; column++) spread(column, row, 1);
    for (let column = VIEW - 1; column > 0; column--) spread(column, row, -1);
  }
  return seen;
}

/** What the agent sees, bytes [7 columns, 7 rows, 3], 0 for unseen; at its own place is what it carries. */
export function encodeView(grid: Grid, pose: Pose, visible: Uint8Array, carrying: Cell): Uint8Array {
  const image = new Uint8Array(VIEW * VIEW * 3);
  for (let column = 0; column < VIEW; column++) {
    for (let row = 0; row < VIEW; row++) {
      const at = column * VIEW + row;
      if (visible[at] === 0) continue;
      const here = column === HALF && row === VIEW - 1;
      image.set(here ? carrying : grid.get(...viewToWorld(pose, column, row)), 3 * at);
    }
  }
  return image;
}
