/** @file Taxi: rides, rain, fickle passengers, masks. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { make } from '../../../src/envs/index.js';
import { Taxi } from '../../../src/envs/toy/taxi.js';
import { decodeTaxi, encodeTaxi } from '../../../src/envs/toy/taxi-map.js';

const OPTIONS = { isRainy: false, rainyProbability: 0.8, ficklePassenger: false, fickleProbability: 0.3 };
const states = fc.integer({ min: 0, max: 499 });

test('states are numbers and back', () => {
  expect(encodeTaxi({ row: 3, column: 1, passenger: 2, destination: 0 })).toBe(328);
  fc.assert(fc.property(states, (state) => encodeTaxi(decodeTaxi(state)) === state));
});

test('an episode begins anywhere, with a passenger who waits and wants to go elsewhere', () => {
  const { starts } = new Taxi(OPTIONS);
  expect(starts).toHaveLength(300);
  const wrong = starts.filter(({ state }) => {
    const { passenger, destination } = decodeTaxi(state);
    return passenger === 4 || passenger === destination;
  });
  expect(wrong).toEqual([]);
});

test('the mask has the actions that change the state', () => {
  const env = new Taxi(OPTIONS);
  env.actionSpace.seed(5);
  let { observation, info } = env.reset({ seed: 5 });
  const masks: number[][] = [];
  const changes: number[][] = [];
  const visited = new Set<number>();
  for (let i = 0; i < 4000; i++) {
    const row = env.transitions[observation];
    visited.add(observation);
    masks.push([...(info.actionMask as Int8Array)]);
    changes.push(row.map(([outcome]) => (outcome.state === observation ? 0 : 1)));
    const step = env.step(env.actionSpace.sample());
    ({ observation, info } = step.terminated || i % 40 === 39 ? env.reset() : step);
  }
  expect(visited.size).toBeGreaterThan(300);
  expect(masks).toEqual(changes);
});

/** Actions from any state to the end: fetch, bring, by breadth-first search. */
function shortestRide({ transitions }: Taxi, from: number): number[] {
  const queue: { state: number; actions: number[] }[] = [{ state: from, actions: [] }];
  const seen = new Set([from]);
  for (const { state, actions } of queue) {
    for (const [action, [outcome]] of transitions[state].entries()) {
      if (outcome.terminated) return [...actions, action];
      if (seen.has(outcome.state)) continue;
      seen.add(outcome.state);
      queue.push({ state: outcome.state, actions: [...actions, action] });
    }
  }
  throw new Error(`no ride from ${from}`);
}

test('every passenger can be brought: 20 at the end, -1 before', () => {
  const env = make<number, number>('Taxi-v4');
  env.reset({ seed: 2 });
  for (let ride = 0; ride < 20; ride++) {
    const actions = shortestRide(env.unwrapped as Taxi, env.reset().observation);
    const rewards = actions.map((action) => env.step(action).reward);
    expect(rewards).toEqual([...new Array<number>(actions.length - 1).fill(-1), 20]);
  }
});

test('picking up nobody and putting down nobody cost 10', () => {
  const { transitions } = new Taxi(OPTIONS);
  const nowhere = encodeTaxi({ row: 2, column: 2, passenger: 0, destination: 1 });
  expect([4, 5].map((action) => transitions[nowhere][action][0])).toEqual(
    [0, 0].map(() => ({ probability: 1, state: nowhere, reward: -10, terminated: false })),
  );
});

describe('rain', () => {
  const { transitions } = new Taxi({ ...OPTIONS, isRainy: true, rainyProbability: 0.6 });
  const at = (row: number, column: number) => encodeTaxi({ row, column, passenger: 4, destination: 1 });

  test('slips to the left and to the right of where it drives', () => {
    const south = transitions[at(2, 2)][0];
    expect(south.map(({ state }) => state)).toEqual([at(3, 2), at(2, 3), at(2, 1)]);
    expect(south.map(({ probability }) => probability)).toEqual([0.6, 0.2, 0.2]);
    expect(transitions[at(2, 2)][3].map(({ state }) => state)).toEqual([at(2, 1), at(3, 2), at(1, 2)]);
  });

  test('does not slip through walls, nor when a wall is ahead', () => {
    expect(transitions[at(0, 1)][0].map(({ state }) => state)).toEqual([at(1, 1), at(0, 1), at(0, 0)]);
    expect(transitions[at(0, 1)][2].map(({ state }) => state)).toEqual([at(0, 1), at(0, 1), at(0, 1)]);
  });

  test('picking up is certain', () => {
    expect(transitions[encodeTaxi({ row: 0, column: 0, passenger: 0, destination: 1 })][4]).toHaveLength(1);
  });
});

test('a fickle passenger changes the destination once, when the taxi has driven off', () => {
  const env = make<number, number>('Taxi-v4', { ficklePassenger: true, fickleProbability: 1 });
  env.reset({ seed: 4 });
  const destinations = new Set<number>();
  for (let ride = 0; ride < 30; ride++) {
    const first = env.reset().observation;
    const { destination } = decodeTaxi(first);
    const actions = shortestRide(env.unwrapped as Taxi, first);
    const pickup = actions.indexOf(4);
    let state = first;
    for (const action of actions.slice(0, pickup + 1)) state = env.step(action).observation;
    expect(decodeTaxi(state)).toMatchObject({ passenger: 4, destination });
    state = env.step(actions[pickup + 1]).observation;
    const changed = decodeTaxi(state).destination;
    expect(changed).not.toBe(destination);
    destinations.add(changed);
    for (let i = 0; i < 5; i++) state = env.step(i % 2).observation;
    expect(decodeTaxi(state).destination).toBe(changed);
  }
  expect(destinations.size).toBe(4);
});
