/** @file A vector environment against as many single ones that are driven by hand, as its autoreset mode says. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import type { Env, Info, VectorEnv } from '../../src/envs/index.js';

/** One environment of a vector, by the rules of autoreset. */
class Single {
  private ended = false;

  constructor(
    private readonly env: Env,
    private readonly vector: VectorEnv,
  ) {}

  reset(seed?: number): { observation: unknown; info: Info } {
    this.ended = false;
    return this.env.reset(seed === undefined ? {} : { seed });
  }

  step(action: unknown) {
    if (this.ended) return { ...this.reset(), reward: 0, terminated: false, truncated: false };
    const result = this.env.step(action);
    const ends = result.terminated || result.truncated;
    if (!ends) return result;
    if (this.vector.autoresetMode !== 'same-step') {
      this.ended = true;
      return result;
    }
    const { observation, info } = this.reset();
    const final = { finalObservation: result.observation, finalInfo: result.info };
    return { ...result, observation, info: { ...info, ...final } };
  }
}

/** As `toEqual`, but quick where all is well. */
export function expectSame(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

/** Both are given equal seeds and actions for `steps` steps. @returns how many episodes ended */
export function expectEqualVector(vector: VectorEnv, envs: Env[], steps: number): number {
  const { singleObservationSpace, singleActionSpace } = vector;
  const singles = envs.map((env) => new Single(env, vector));
  const expectObservations = (batch: unknown, expected: unknown[]) =>
    expectSame(
      expected.map((_, i) => singleObservationSpace.take(batch, i)),
      expected,
    );

  const first = vector.reset({ seed: 11 });
  const begun = singles.map((single, i) => single.reset(11 + i));
  expectObservations(
    first.observations,
    begun.map(({ observation }) => observation),
  );
  expectSame(
    first.infos,
    begun.map(({ info }) => info),
  );

  let ends = 0;
  vector.actionSpace.seed(5);
  for (let i = 0; i < steps; i++) {
    const actions = vector.actionSpace.sample();
    const { observations, rewards, terminated, truncated, infos } = vector.step(actions);
    const expected = singles.map((single, j) => single.step(singleActionSpace.take(actions, j)));
    expectObservations(
      observations,
      expected.map(({ observation }) => observation),
    );
    expectSame(
      [...rewards],
      expected.map(({ reward }) => reward),
    );
    expectSame(
      [...terminated],
      expected.map((result) => Number(result.terminated)),
    );
    expectSame(
      [...truncated],
      expected.map((result) => Number(result.truncated)),
    );
    expectSame(
      infos,
      expected.map(({ info }) => info),
    );

    const mask = terminated.map((value, j) => value | truncated[j]);
    ends += mask.reduce((sum, value) => sum + value, 0);
    if (vector.autoresetMode !== 'disabled' || !mask.includes(1)) continue;
    const again = vector.reset({ mask });
    singles.forEach((single, j) => {
      const kept = expected[j].observation;
      const observation = mask[j] === 1 ? single.reset().observation : kept;
      expectSame(singleObservationSpace.take(again.observations, j), observation);
    });
  }
  return ends;
}
