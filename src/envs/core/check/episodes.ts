/** @file Checks of reset and step: what comes out, that it is new each time, and that a seed determines it. */
import { isDeepStrictEqual } from 'node:util';
import { describeValue } from '../describe.js';
import type { Env, StepResult } from '../env.js';
import { copyOf, equalIn, explain, isRecord, type Report } from './report.js';

const SEED = 123;

/** An observation as it was returned, and a copy of that time. */
interface Seen {
  returned: unknown;
  copy: unknown;
}

/** All that a seed determines: what came out, step by step. */
export interface Rollout {
  observations: unknown[];
  outcomes: [reward: number, terminated: boolean, truncated: boolean][];
  /** Whether all went as the contract wants it. */
  valid: boolean;
  ended: boolean;
}

/** Plays `steps` steps of sampled actions from a seed, through the ends of episodes, checking all that is returned. */
export function playAndCheck(env: Env, steps: number, report: Report): Rollout {
  const rollout: Rollout = { observations: [], outcomes: [], valid: false, ended: false };
  const { observationSpace, actionSpace } = env;
  let before: Seen | undefined;
  const see = (from: string, observation: unknown): boolean => {
    if (!observationSpace.contains(observation)) {
      report.error(
        `The observation of ${from} is not in observationSpace: ${explain(observationSpace, observation)}.`,
      );
      return false;
    }
    if (before !== undefined) checkAlias(env, before, observation, from, report);
    before = { returned: observation, copy: copyOf(observationSpace, observation) };
    rollout.observations.push(before.copy);
    return true;
  };
  const reset = (seed?: number): boolean => {
    const result: unknown = env.reset(seed === undefined ? undefined : { seed, options: {} });
    return (
      checkFields('reset()', result, ['observation', 'info'], report) && see('reset()', result.observation)
    );
  };
  report.attempt('Playing', () => {
    actionSpace.seed(SEED);
    rollout.valid = reset(SEED);
    for (let i = 0; i < steps && rollout.valid; i++) {
      const action = actionSpace.sample();
      const given = copyOf(actionSpace, action);
      const result: unknown = env.step(action);
      if (!equalIn(actionSpace, action, given)) {
        report.error('step() changes the action that it is given: work on a copy.');
      }
      const fields = ['observation', 'reward', 'terminated', 'truncated', 'info'];
      rollout.valid = checkFields('step()', result, fields, report) && see('step()', result.observation);
      if (!rollout.valid) return;
      const { reward, terminated, truncated } = result as StepResult<unknown>;
      rollout.outcomes.push([reward, terminated, truncated]);
      if (!terminated && !truncated) continue;
      rollout.ended = true;
      rollout.valid = reset();
    }
  });
  return rollout;
}

/** The same seed twice, and whether the generator was seeded at all. */
export function checkSeeds(env: Env, first: Rollout, again: Rollout, report: Report): void {
  const { observationSpace } = env;
  const differs = first.observations.findIndex(
    (one, i) => !equalIn(observationSpace, one, again.observations[i]),
  );
  if (differs !== -1 || !isDeepStrictEqual(first.outcomes, again.outcomes)) {
    report.error(
      'The same seed and actions do not give the same episode: draw all random numbers from `this.rng`, ' +
        'and let reset() set all of the state.',
    );
  }
  report.attempt('reset({ seed })', () => {
    const stateAfter = (seed: number) => {
      env.reset({ seed });
      return env.rng.getState();
    };
    const state = stateAfter(SEED);
    const isSeeded =
      isDeepStrictEqual(state, stateAfter(SEED)) && !isDeepStrictEqual(state, stateAfter(SEED + 1));
    if (!isSeeded) {
      report.error(
        'reset({ seed }) does not seed `rng`: begin with `super.reset(options)`, or extend BaseEnv.',
      );
    }
  });
}

function checkAlias(env: Env, before: Seen, observation: unknown, from: string, report: Report): void {
  const { observationSpace } = env;
  const isSame = typeof observation === 'object' && observation === before.returned;
  if (isSame || !equalIn(observationSpace, before.returned, before.copy)) {
    report.error(
      `${from} reuses the observation returned before: observations are the caller's to keep, so return a new array, ` +
        'such as `this.state.slice()`.',
    );
  }
}

/** Whether the result has its fields with their types. */
function checkFields(
  from: string,
  result: unknown,
  fields: readonly string[],
  report: Report,
): result is Record<string, unknown> {
  if (!isRecord(result)) {
    report.error(`${from} must return { ${fields.join(', ')} }, found ${describeValue(result)}.`);
    return false;
  }
  const wrong = fields.filter((field) => !hasRightType(field, result[field]));
  for (const field of wrong) {
    report.error(`${from} returns ${field} ${describeValue(result[field])}: expected ${EXPECTED[field]}.`);
  }
  return wrong.length === 0;
}

const EXPECTED: Record<string, string> = {
  reward: 'a finite number',
  terminated: 'true or false',
  truncated: 'true or false',
  info: 'an object, such as NO_INFO',
};

function hasRightType(field: string, value: unknown): boolean {
  if (field === 'reward') return typeof value === 'number' && Number.isFinite(value);
  if (field === 'info') return isRecord(value);
  return field === 'observation' || typeof value === 'boolean';
}
