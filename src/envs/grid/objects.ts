/**
 * @file What is in a cell of a grid world, in MiniGrid's numbers: a cell is three bytes [object, colour, state], the
 * same in the world as in observations (https://minigrid.farama.org).
 */

/** Kinds of objects: 0 is a cell that is not seen, other numbers are objects that no world here has. */
export const EMPTY = 1;
export const WALL = 2;
export const DOOR = 4;
export const KEY = 5;
export const GOAL = 8;

/** Colours. */
export const GREEN = 1;
export const YELLOW = 4;
export const GREY = 5;

/** States of a door. */
export const OPEN = 0;
export const CLOSED = 1;
export const LOCKED = 2;

export type Cell = readonly [object: number, color: number, state: number];

export const EMPTY_CELL: Cell = [EMPTY, 0, 0];
export const WALL_CELL: Cell = [WALL, GREY, 0];
export const GOAL_CELL: Cell = [GOAL, GREEN, 0];

/** Whether the agent may step onto it. */
export const canEnter = ([object, , state]: Cell): boolean =>
  object === EMPTY || object === GOAL || (object === DOOR && state === OPEN);

/** Whether what lies behind is hidden. */
export const blocksView = ([object, , state]: Cell): boolean =>
  object === WALL || (object === DOOR && state !== OPEN);
