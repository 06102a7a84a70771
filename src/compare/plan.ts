/**
 * @file What is to be done for a comparison. A stage's run is named after everything that determines its result, so a
 * finished run of that name is the result, a stopped one is gone on with, and a change makes a new run and loses none.
 */
import { join } from 'node:path';
import { packageVersion } from '../files.js';
import { Run } from '../runs/index.js';
import { hash, inputHashes } from './inputs.js';
import { fillIn, namedStages, type Preset, type Stage } from './preset.js';

export interface PlannedStage extends Pick<Stage, 'name' | 'command' | 'minutes'> {
  /** The run's folder in the folder of runs. */
  runName: string;
  folder: string;
  /** Flags of the command. */
  args: string[];
}

export type StageState = 'finished' | 'stopped' | 'to do';

export interface PlanOptions {
  /** What the names of runs begin with. */
  name: string;
  expDir: string;
  /** Folder of data sets, for stages that read images. */
  dataDir?: string;
  /** Where agents are filmed. */
  recordings: string;
}

/** The stages of a preset in order. A stage's key covers its options, the files they name, and the stages they refer to. */
export function planStages(
  preset: Preset,
  { name, expDir, dataDir, recordings }: PlanOptions,
): PlannedStage[] {
  const planned = new Map<string, PlannedStage>();
  for (const stage of preset.stages) {
    const options = { ...stage.options };
    const values = Object.values(options);
    const key = hash(
      JSON.stringify([
        packageVersion('.'),
        stage.command,
        options,
        inputHashes(options),
        // Of other stages, the names of their runs, which have hashes in them.
        values.flatMap(namedStages).map((other) => planned.get(other)!.runName),
      ]),
    );
    const runName = `${name}-${stage.name}-${key.slice(0, 8)}`;
    const place: Record<string, string> = { 'run-name': runName, 'exp-dir': expDir };
    if (stage.command === 'eval:rl') place.output = recordings;
    else if (dataDir !== undefined) place['data-dir'] = dataDir;
    const args = Object.entries({ ...options, ...place }).flatMap(([flag, value]) => {
      // Switches are typed without a value.
      if (value === 'true' || value === 'false') return [`--${value === 'true' ? '' : 'no-'}${flag}`];
      return [`--${flag}`, fillIn(value, (other) => planned.get(other)!.folder)];
    });
    const { command, minutes } = stage;
    planned.set(stage.name, {
      name: stage.name,
      command,
      minutes,
      runName,
      folder: join(expDir, runName),
      args,
    });
  }
  return [...planned.values()];
}

/** How far a stage has come. */
export function stateOf({ runName }: PlannedStage, expDir: string): StageState {
  const run = Run.find(expDir, runName);
  if (run === undefined) return 'to do';
  return run.finished ? 'finished' : 'stopped';
}

/** The flags that go on with a stopped stage: those that began it, without the config file, which is in the run. */
export function resumeArgs({ command, args }: PlannedStage): string[] {
  // Agents compare their settings with those of the run, the others have them in the run.
  if (command === 'eval:rl') return [...args, '--resume'];
  const kept = args.flatMap((word, i) =>
    ['--run-name', '--exp-dir', '--data-dir'].includes(word) ? [word, args[i + 1]] : [],
  );
  return [...kept, '--resume'];
}
