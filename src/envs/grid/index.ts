/** @file The grid worlds, by MiniGrid's ids. */
import { register } from '../core/index.js';
import { DoorKey, EmptyRoom, FourRooms } from './worlds.js';

for (const size of [5, 6, 8, 16]) {
  for (const randomStart of [false, true]) {
    if (randomStart && size > 6) continue;
    const maxEpisodeSteps = 4 * size * size;
    register(
      {
        id: `MiniGrid-Empty-${randomStart ? 'Random-' : ''}${size}x${size}-v0`,
        description: `Walk to the goal in a room${randomStart ? ', from anywhere' : ''}.`,
        maxEpisodeSteps,
        options: { size, randomStart, maxSteps: maxEpisodeSteps },
      },
      (options) => new EmptyRoom(options),
    );
  }
}

for (const size of [5, 6, 8, 16]) {
  const maxEpisodeSteps = 10 * size * size;
  register(
    {
      id: `MiniGrid-DoorKey-${size}x${size}-v0`,
      description: 'Fetch the key, unlock the door, walk to the goal.',
      maxEpisodeSteps,
      options: { size, maxSteps: maxEpisodeSteps },
    },
    (options) => new DoorKey(options),
  );
}

register(
  {
    id: 'MiniGrid-FourRooms-v0',
    description: 'Find the goal in one of four rooms.',
    maxEpisodeSteps: 100,
    options: { maxSteps: 100 },
  },
  (options) => new FourRooms(options),
);

export type { GridObservation } from './grid-world.js';
