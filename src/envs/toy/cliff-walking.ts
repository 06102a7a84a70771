/** @file CliffWalking: along a cliff to the goal; who steps off begins again (Sutton and Barto, example 6.6). */
import type { Painter } from '../../recording/index.js';
import { booleanOption, Discrete, type EnvOptions } from '../core/index.js';
import {
  CLIFF_COLUMNS,
  CLIFF_GOAL,
  CLIFF_ROWS,
  CLIFF_START,
  drawCliffWalking,
  isCliff,
} from './cliff-walking-drawing.js';
import { equalStarts, TableEnv, type Transition, type TransitionTable } from './table-env.js';
import { walk, type Move } from './walker.js';

/** Up, right, down, left. */
const MOVES: readonly Move[] = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
];

function outcome(state: number, action: number, probability: number): Transition {
  const next = walk(state, MOVES[action], CLIFF_ROWS, CLIFF_COLUMNS);
  if (isCliff(next)) return { probability, state: CLIFF_START, reward: -100, terminated: false };
  return { probability, state: next, reward: -1, terminated: next === CLIFF_GOAL };
}

export class CliffWalking extends TableEnv {
  readonly observationSpace = new Discrete(CLIFF_ROWS * CLIFF_COLUMNS);
  readonly actionSpace = new Discrete(4);
  override readonly screen = { width: 60 * CLIFF_COLUMNS, height: 60 * CLIFF_ROWS };
  readonly transitions: TransitionTable;
  readonly starts = equalStarts([CLIFF_START]);

  constructor(options: EnvOptions) {
    super(options);
    const turns = booleanOption(options, 'isSlippery') ? [3, 0, 1] : [0];
    this.transitions = Array.from({ length: this.observationSpace.n }, (_, state) =>
      MOVES.map((_, action) => turns.map((turn) => outcome(state, (action + turn) % 4, 1 / turns.length))),
    );
  }

  override draw(painter: Painter): void {
    drawCliffWalking(painter, this.state, MOVES[this.lastAction ?? 2]);
  }
}
