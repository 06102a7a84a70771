/**
 * @file A run's folder: config.json, log, metrics, checkpoints, pictures (views.png, curve.svg), and at the end
 * encoder.safetensors and summary.json.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
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
  /** Processes that it was started on; not told by agents, and by runs of earlier versions. */
  ranks?: number;
  started: string;
}

const FOLDER_NAME = /^[\w][\w.@+=-]*$/;

/** The folder of one run. */
export class Run {
  readonly folder: string;
  readonly checkpoints: string;

  private constructor(
    readonly expDir: string,
    readonly name: string,
  ) {
    if (!FOLDER_NAME.test(name)) {
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

  /** The run in a folder; undefined when the folder holds none. */
  static find(expDir: string, name: string): Run | undefined {
    const isRun = FOLDER_NAME.test(name) && existsSync(join(expDir, name, 'config.json'));
    return isRun ? new Run(expDir, name) : undefined;
  }

  /** A folder of this run that is a run itself: a stage, with checkpoints, log and summary of its own. */
  part(...names: [string, ...string[]]): Run {
    const run = new Run(join(this.folder, ...names.slice(0, -1)), names[names.length - 1]);
    try {
      mkdirSync(run.folder, { recursive: true });
    } catch (error) {
      throw fileError(error, 'write', run.folder);
    }
    return run;
  }

  /** Removes checkpoints that a finished run does not need. */
  dropCheckpoints(): void {
    rmSync(this.checkpoints, { recursive: true, force: true });
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

  /** config.json. @throws CorruptFileError when it is not what `write` left. */
  description<Config>(): RunDescription<Config> {
    return this.read('config.json');
  }

  /** A JSON file that `write` left. @throws UserError when it cannot be read; CorruptFileError. */
  read<T>(file: string): T {
    const path = this.path(file);
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as T;
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
