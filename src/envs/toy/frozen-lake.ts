/** @file FrozenLake: cross the ice from S to G without falling into a hole H; slippery ice moves one sideways. */
import { UserError } from '../../errors.js';
import type { Painter, Screen } from '../../recording/index.js';
import {
  booleanOption,
  describeValue,
  Discrete,
  numberOption,
  seededGenerator,
  unseededGenerator,
  type EnvOptions,
} from '../core/index.js';
import { drawFrozenLake } from './frozen-lake-drawing.js';
import { equalStarts, TableEnv, type Start, type Transition, type TransitionTable } from './table-env.js';
import { walk, type Move } from './walker.js';

/** The maps that have a name: rows of S(tart), F(rozen), H(ole), G(oal). */
const FROZEN_LAKE_MAPS: Readonly<Record<string, readonly string[]>> = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
};

/** Left, down, right, up. */
const MOVES: readonly Move[] = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];

const MOST_TRIES = 100_000;

export interface RandomMapOptions {
  /** Rows and columns. */
  size?: number;
  /** Probability of a tile to be frozen, not a hole. */
  p?: number;
  /** Default: from the system's entropy. */
  seed?: number;
}

/**
 * A random map with a way from the start, top left, to the goal, bottom right; Gymnasium's `generate_random_map`.
 * @throws UserError for a size, probability or seed that is none, and where holes leave no way
 */
export function generateRandomMap({ size = 8, p = 0.8, seed }: RandomMapOptions = {}): string[] {
  if (!Number.isInteger(size) || size < 2) {
    throw new UserError(`size: expected a whole number from 2, found ${size}.`);
  }
  if (!(p > 0 && p <= 1)) throw new UserError(`p: expected a probability above 0, found ${p}.`);
  const rng = seed === undefined ? unseededGenerator() : seededGenerator(seed);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const rows = Array.from({ length: size }, () =>
      Array.from({ length: size }, (): string => (rng.random() < p ? 'F' : 'H')),
    );
    rows[0][0] = 'S';
    rows[size - 1][size - 1] = 'G';
    const map = rows.map((row) => row.join(''));
    if (hasWay(map)) return map;
  }
  throw new UserError(`p: ${MOST_TRIES} maps of size ${size} had no way, found p ${p}: choose a larger one.`);
}

/** Whether the goal can be reached from the top left without a hole. */
function hasWay(map: readonly string[]): boolean {
  const seen = new Set<string>();
  const open: [number, number][] = [[0, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [row, column] = next;
    const tile = map[row]?.[column];
    if (tile === 'G') return true;
    const key = `${row},${column}`;
    if (tile === undefined || tile === 'H' || seen.has(key)) continue;
    seen.add(key);
    for (const [down, right] of MOVES) open.push([row + down, column + right]);
  }
  return false;
}

/** The map that the options ask for. @throws UserError for one that is none. */
function chooseMap({ desc, mapName }: EnvOptions): readonly string[] {
  if (desc == null && mapName == null) return generateRandomMap();
  if (desc == null) {
    if (typeof mapName === 'string' && Object.hasOwn(FROZEN_LAKE_MAPS, mapName))
      return FROZEN_LAKE_MAPS[mapName];
    const known = Object.keys(FROZEN_LAKE_MAPS).join(' or ');
    throw new UserError(`mapName: expected ${known}, found ${describeValue(mapName)}.`);
  }
  const rows = Array.isArray(desc) ? (desc as unknown[]) : [];
  const isRow = (row: unknown): row is string =>
    typeof row === 'string' && /^[SFHG]+$/.test(row) && row.length === (rows[0] as string).length;
  if (rows.length > 0 && rows.every(isRow) && rows.some((row) => row.includes('S'))) return rows;
  throw new UserError(
    `desc: expected rows of equal length of the letters S, F, H and G with an S, such as ["SF", "HG"], ` +
      `found ${describeValue(desc)}.`,
  );
}

/** The rewards of reaching the goal, a hole and ice. @throws UserError unless they are three numbers. */
function chooseRewards({ rewardSchedule }: EnvOptions): Record<string, number> {
  if (Array.isArray(rewardSchedule) && rewardSchedule.length === 3 && rewardSchedule.every(Number.isFinite)) {
    const [G, H, F] = rewardSchedule as number[];
    return { G, H, F, S: F };
  }
  throw new UserError(
    `rewardSchedule: expected the rewards of [goal, hole, ice], such as [1, 0, 0], ` +
      `found ${describeValue(rewardSchedule)}.`,
  );
}

export class FrozenLake extends TableEnv {
  readonly observationSpace: Discrete;
  readonly actionSpace = new Discrete(4);
  readonly transitions: TransitionTable;
  readonly starts: readonly Start[];
  override readonly screen: Screen;
  /** Rows of S, F, H and G. */
  readonly map: readonly string[];

  constructor(options: EnvOptions) {
    super(options);
    this.map = chooseMap(options);
    const rewards = chooseRewards(options);
    const successRate = numberOption(options, 'successRate', { low: 0, high: 1 });
    const slips = booleanOption(options, 'isSlippery')
      ? [
          { turn: 3, probability: (1 - successRate) / 2 },
          { turn: 0, probability: successRate },
          { turn: 1, probability: (1 - successRate) / 2 },
        ]
      : [{ turn: 0, probability: 1 }];

    const height = this.map.length;
    const width = this.map[0].length;
    const tiles = [...this.map.join('')];
    const outcome = (state: number, action: number, probability: number): Transition => {
      const next = walk(state, MOVES[action], height, width);
      const tile = tiles[next];
      return { probability, state: next, reward: rewards[tile], terminated: tile === 'G' || tile === 'H' };
    };
    this.transitions = tiles.map((tile, state) =>
      MOVES.map((_, action) => {
        if (tile === 'G' || tile === 'H') return [{ probability: 1, state, reward: 0, terminated: true }];
        return slips.map(({ turn, probability }) => outcome(state, (action + turn) % 4, probability));
      }),
    );
    this.starts = equalStarts(tiles.flatMap((tile, state) => (tile === 'S' ? [state] : [])));
    this.observationSpace = new Discrete(tiles.length);
    const cell = Math.max(1, Math.min(64, Math.floor(512 / Math.max(width, height))));
    this.screen = { width: cell * width, height: cell * height };
  }

  override draw(painter: Painter): void {
    drawFrozenLake(painter, this.screen, this.map, this.state, MOVES[this.lastAction ?? 1]);
  }
}
