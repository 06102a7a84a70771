/**
 * @file Whether an environment keeps the contract, as Gymnasium's env_checker asks of one
 * (https://gymnasium.farama.org/api/utils/#environment-checking); for users' own environments too.
 */
import { UserError } from '../../../errors.js';
import { nameOf } from '../describe.js';
import type { Env } from '../env.js';
import { checkDrawing } from './drawing.js';
import { checkSeeds, playAndCheck } from './episodes.js';
import { Report } from './report.js';
import { checkSpaces } from './spaces.js';

export interface CheckOptions {
  /** Steps that are played, twice. */
  steps?: number;
}

/**
 * Plays an environment and checks spaces, reset, step, seeds, that observations are new, drawing and close; closes it.
 *
 * @example for (const warning of checkEnv(new Walk())) console.warn(warning);
 * @returns warnings: what is allowed but probably not meant
 * @throws UserError with all that breaks the contract and what to do about it
 */
export function checkEnv(env: Env, { steps = 200 }: CheckOptions = {}): string[] {
  const report = new Report();
  if (checkSpaces(env, report)) {
    const first = playAndCheck(env, steps, report);
    if (first.valid) {
      checkSeeds(env, first, playAndCheck(env, steps, report), report);
      checkDrawing(env, report);
      if (!first.ended && env.spec?.maxEpisodeSteps === undefined) {
        report.warning(
          `No episode ended within ${steps} steps and there is no time limit: give the environment maxEpisodeSteps.`,
        );
      }
    }
    report.attempt('close(), called twice,', () => {
      env.close();
      env.close();
    });
  }
  const { errors, warnings } = report;
  if (errors.length === 0) return warnings;
  throw new UserError([`${nameOf(env)} does not keep the contract of environments:`, ...errors].join('\n- '));
}
