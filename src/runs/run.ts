/**
 * @file A run's folder: config.json, log, metrics, checkpoints, pictures (views.png, curve.svg), and at the end
 * encoder.safetensors and summary.json.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptFileError, UserError } from '../errors.js';
import { fileError, writeFileAtomic } from '../files.js';

/** What config.json says: everything that determines the run. */
export interface RunDescription<Config = unknown> {
  config: Config;
  /** The command line that started it. */
  command: string;
  /** The data set that was used, also when none was named. */
  dataset: string;
  engine: { name: string; version: string; threads: number };
  versions: Record<string, string>;
  started: string;
}

/** The folder of one run. */
export class Run {
  readonly folder: string;
  readonly checkpoints: string;

  private constructor(
    expDir: string,
    readonly name: string,
  ) {
    if (!/^[\w][\w.@+=-]*$/.test(name)) {
      throw new UserError(
        `--run-name "${name}" cannot be a folder in ${expDir}: expected letters, digits and . _ - + = @, ` +
          'beginning with a letter, a digit or _.',
      );
    }
    this.folder = join(expDir, name);
    this.checkpoints = join(this.folder, 'checkpoints');
  }

  /**
   * A new run, not on disk before `make`; without a name, the first free one of `fallback`, `fallback-2`, ....
   * @throws UserError when the name is taken or is no plain folder name.
   */
  static plan(expDir: string, name: string | undefined, fallback: string): Run {
    const taken = (run: Run) => existsSync(run.path('config.json'));
    let run = new Run(expDir, name ?? fallback);
    for (let i = 2; name === undefined && taken(run); i++) run = new Run(expDir, `${fallback}-${i}`);
    if (taken(run)) {
      const state = run.finished ? 'has ended already' : 'exists already';
      const resume = run.finished ? '' : ', or go on with it: add --resume';
      throw new UserError(`The run ${run.folder} ${state}. Choose another --run-name${resume}.`);
    }
    return run;
  }

  /** Makes the folder and its config.json. @throws UserError when it cannot be written. */
  make(description: RunDescription): void {
    try {
      mkdirSync(this.checkpoints, { recursive: true });
    } catch (error) {
      throw fileError(error, 'write', this.folder);
    }
    this.write('config.json', description);
  }

  /**
   * A run that was stopped.
   * @throws UserError when there is none of that name, or it has ended.
   */
  static resume(expDir: string, name: string | undefined): Run {
    if (name === undefined) throw new UserError('--resume needs the --run-name of the run to go on with.');
    const run = new Run(expDir, name);
    if (!existsSync(run.path('config.json'))) {
      throw new UserError(`There is no run to resume in ${run.folder}. Start it without --resume.`);
    }
    if (run.finished)
      throw new UserError(`The run ${run.folder} has ended already: nothing is left to resume.`);
    return run;
  }

  /** A run that another process, rank 0 of a job, has made or resumed. */
  static at(expDir: string, name: string): Run {
    return new Run(expDir, name);
  }

  /** Did it train to its last step? */
  get finished(): boolean {
    return existsSync(this.path('summary.json'));
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  /** Writes a JSON file, whole or not at all. */
  write(file: string, value: unknown): void {
    writeFileAtomic(this.path(file), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** @throws CorruptFileError when config.json is not what `write` left. */
  description<Config>(): RunDescription<Config> {
    const path = this.path('config.json');
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as RunDescription<Config>;
    } catch (error) {
      if (error instanceof SyntaxError) throw new CorruptFileError(`${path} is not JSON: ${error.message}.`);
      throw fileError(error, 'read', path);
    }
  }

  /** Appends a line with the time to log.txt. */
  log(line: string): void {
    try {
      appendFileSync(this.path('log.txt'), `${new Date().toISOString()} ${line}\n`);
    } catch (error) {
      throw fileError(error, 'write', this.path('log.txt'));
    }
  }
}
