/**
 * @file The family of errors. A message says what was wrong, what was expected, what was found and what to do;
 * the command line prints it as one paragraph, without a stack trace, and ends with `exitCode`.
 */

/** Base of all errors raised on purpose. `exitCode` 2: the user can mend it; 75: trying again may; 1: neither. */
export class EncodergymError extends Error {
  readonly exitCode: 1 | 2 | 75 = 1;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A flag, a config, a file or a folder that the user gave cannot be used as it is. */
export class UserError extends EncodergymError {
  override readonly exitCode = 2;
}

/** A file's bytes are not what its format promises: truncated, corrupt, wrong checksum. */
export class CorruptFileError extends UserError {}

/** A checkpoint does not fit the network it is loaded into. */
export class CheckpointMismatchError extends UserError {}

/** The chosen engine cannot be loaded, or lacks an operation. */
export class EngineError extends EncodergymError {
  constructor(
    message: string,
    override readonly exitCode: 1 | 2 = 2,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Training cannot go on: the loss is not finite. */
export class DivergedError extends EncodergymError {}

/** Another rank of a data-parallel job is dead, stopped, hung, or ended with an error. */
export class PeerFailedError extends EncodergymError {
  override readonly exitCode: 1 | 75;
  /** The rank that failed. */
  readonly rank: number;

  /** @param failure.restartable false when starting again would only end in the same way */
  constructor(message: string, failure: { rank: number; restartable: boolean }) {
    super(message);
    this.rank = failure.rank;
    this.exitCode = failure.restartable ? 75 : 1;
  }
}

/**
 * A `UserError` for a name that is not in a registry, with the nearest known name.
 *
 * @example throw unknownName('architecture', 'resnet81', ['resnet18', 'resnet34']);
 */
export function unknownName(kind: string, found: string, known: readonly string[]): UserError {
  const nearest = nearestName(found, known);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return new UserError(`Unknown ${kind} "${found}".${hint} Known: ${known.join(', ')}.`);
}

/** The known name with the smallest edit distance to `found`, if it is at most half of its length away. */
export function nearestName(found: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(found.length / 2)) + 1;
  for (const name of known) {
    const distance = editDistance(found.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}
