/** @file What changes in a toy environment is seen at the size that agents see it. */
import { expect, test } from '@jest/globals';
import { make } from '../../../src/envs/index.js';
import { Rasterizer } from '../../../src/recording/index.js';

/** The pictures of an episode: of its beginning and after each action; equal ones have equal numbers. */
function pictures(
  id: string,
  options: Record<string, unknown>,
  seed: number,
  actions: readonly number[],
): number[] {
  const env = make<unknown, number>(id, options);
  const seen: string[] = [];
  const look = () => {
    const painter = new Rasterizer(env.screen!, { width: 84, height: 84 });
    env.draw!(painter);
    const picture = Buffer.from(painter.pixels).toString('base64');
    if (!seen.includes(picture)) seen.push(picture);
    return seen.indexOf(picture);
  };
  env.reset({ seed });
  return [
    look(),
    ...actions.map((action) => {
      env.step(action);
      return look();
    }),
  ];
}

test.each<[string, string, Record<string, unknown>, number, number[], number[]]>([
  // The figure looks down at first, then where it was told to go, though the border keeps it where it is.
  ['looks and steps', 'FrozenLake-v1', { isSlippery: false }, 0, [1, 3, 3, 0, 2], [0, 1, 2, 2, 3, 4]],
  ['a hole and the goal', 'FrozenLake-v1', { desc: ['SHG'], isSlippery: false }, 0, [3, 2], [0, 1, 2]],
  ['looks and steps', 'CliffWalking-v1', {}, 0, [2, 3, 1, 0, 2], [0, 0, 1, 2, 3, 0]],
  // From (3, 0) around the walls to the passenger at blue, (4, 3), and away with them.
  ['a ride', 'Taxi-v4', {}, 0, [1, 2, 2, 2, 0, 0, 4, 4, 1], [0, 1, 2, 3, 4, 5, 6, 7, 7, 8]],
  ['cards', 'Blackjack-v1', {}, 3, [1, 0], [0, 1, 2]],
])('%s: %s %j', (_, id, options, seed, actions, expected) => {
  expect(pictures(id, options, seed, actions)).toEqual(expected);
});
