/** @file The errors of wrong use: what was done, and what to do instead. */
import { UserError } from '../../../errors.js';
import { describeValue, nameOf } from '../describe.js';
import type { Env } from '../env.js';

export const needsReset = (env: Env, method: string): UserError =>
  new UserError(`${nameOf(env)}: ${method}() was called before the first reset(). Call reset() first.`);

export const stepAfterEnd = (env: Env): UserError =>
  new UserError(
    `${nameOf(env)}: step() was called after the episode had ended. Call reset() to begin the next.`,
  );

export const wrongAction = (env: Env, action: unknown): UserError =>
  new UserError(
    `${nameOf(env)}: expected an action in ${String(env.actionSpace)}, found ${describeValue(action)}. ` +
      'Actions from actionSpace.sample() are always valid; the wrapper ClipAction brings numbers within bounds.',
  );
