/** @file What an agent sees: views turned to where it looks, and what hides what. */
import { describe, expect, test } from '@jest/globals';
import { encodeView, Grid, viewToWorld, visibleCells, type Pose } from '../../../src/envs/grid/grid.js';
import {
  DOOR,
  EMPTY_CELL,
  GOAL_CELL,
  KEY,
  WALL_CELL,
  YELLOW,
  type Cell,
} from '../../../src/envs/grid/objects.js';

const CELLS: Record<string, Cell> = {
  '.': EMPTY_CELL,
  '#': WALL_CELL,
  G: GOAL_CELL,
  K: [KEY, YELLOW, 0],
  O: [DOOR, YELLOW, 0],
  C: [DOOR, YELLOW, 1],
  L: [DOOR, YELLOW, 2],
};
const HEADS = '>v<^';

/** A grid and the agent in it, from rows of cells; the agent is one of > v < ^. */
function world(rows: readonly string[]): { grid: Grid; pose: Pose } {
  const grid = new Grid(rows[0].length, rows.length);
  let pose: Pose = { x: -1, y: -1, direction: 0 };
  rows.forEach((row, y) => {
    [...row].forEach((letter, x) => {
      const direction = HEADS.indexOf(letter);
      if (direction >= 0) pose = { x, y, direction };
      else grid.set(x, y, CELLS[letter]);
    });
  });
  return { grid, pose };
}

/** The view as rows of the same letters, the agent below, unseen cells blank. */
function look(rows: readonly string[], seesAll = false): string[] {
  const { grid, pose } = world(rows);
  const visible = seesAll ? new Uint8Array(49).fill(1) : visibleCells(grid, pose);
  const image = encodeView(grid, pose, visible, EMPTY_CELL);
  const letters = new Map(Object.entries(CELLS).map(([letter, cell]) => [cell.join(), letter]));
  letters.set('0,0,0', ' ');
  return Array.from({ length: 7 }, (_, row) =>
    Array.from({ length: 7 }, (_, column) => {
      const at = 3 * (7 * column + row);
      return letters.get(image.slice(at, at + 3).join());
    }).join(''),
  );
}

describe('the view is turned to where the agent looks', () => {
  // A goal that is two ahead and one to the right, in each direction.
  test.each([
    ['right', ['......', '.>....', '...G..']],
    ['down', ['.....', '..v..', '.....', '.G...']],
    ['left', ['...G..', '.....<', '......']],
    ['up', ['...G.', '.....', '..^..']],
  ])('%s', (_, rows) => {
    const { pose, grid } = world(rows);
    const goals = [];
    for (let column = 0; column < 7; column++) {
      for (let row = 0; row < 7; row++) {
        if (grid.get(...viewToWorld(pose, column, row)) === GOAL_CELL) goals.push([column, row]);
      }
    }
    expect(goals).toEqual([[4, 4]]);
  });

  test('beyond the grid are walls', () => {
    expect(look(['...', '.^.', '...'], true)).toEqual([
      '#######',
      '#######',
      '#######',
      '#######',
      '#######',
      '##...##',
      '##...##',
    ]);
  });
});

describe('what hides what', () => {
  test('an open space is seen as far as the view reaches', () => {
    const rows = [...new Array<string>(6).fill('.......'), '...^...'];
    expect(look(rows)).toEqual([...new Array<string>(6).fill('.......'), '.......']);
  });

  test('a wall across hides all behind it', () => {
    expect(look(['.......', '.G...K.', '#######', '.......', '.......', '.......', '...^...'])).toEqual([
      '       ',
      '       ',
      '#######',
      '.......',
      '.......',
      '.......',
      '.......',
    ]);
  });

  test('behind a gap sight spreads along the row, up to walls', () => {
    expect(look(['.......', '.......', '.......', '.......', '.#...#.', '###.###', '...^...'])).toEqual([
      '.......',
      '.......',
      '.......',
      '.......',
      ' #...# ',
      '###.###',
      '.......',
    ]);
  });

  test('corridors show their walls', () => {
    expect(look(['..#.#..', '..#.#..', '..#.#..', '..#.#..', '..#.#..', '..#.#..', '..#^#..'])).toEqual(
      new Array<string>(7).fill('  #.#  '),
    );
  });

  test.each([
    ['closed', 'C', false],
    ['locked', 'L', false],
    ['open', 'O', true],
  ])('a %s door', (_, letter, seen) => {
    const view = look(['.......', '...G...', `###${letter}###`, '.......', '.......', '.......', '...^...']);
    expect(view[2]).toBe(`###${letter}###`);
    expect(view[1].includes('G')).toBe(seen);
  });

  test('keys and goals hide nothing', () => {
    const view = look(['...G...', '...K...', '...G...', '...K...', '...G...', '...K...', '...^...']);
    expect(view.map((row) => row[3]).join('')).toBe('GKGKGK.');
  });
});

test('at the place of the agent is what it carries', () => {
  const { grid, pose } = world(['...', '.^.', '...']);
  const image = encodeView(grid, pose, visibleCells(grid, pose), CELLS.K);
  expect([...image.slice(3 * (7 * 3 + 6)).slice(0, 3)]).toEqual([...CELLS.K]);
});
