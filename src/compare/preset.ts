/** @file A comparison's plan as a file: stages, each a command of this project with its options. */
import { readFileSync } from 'node:fs';
import { UserError, unknownName } from '../errors.js';
import { fileError } from '../files.js';

/** Commands that can be stages, and the scripts beside `src/cli/compare.ts` that they are. */
export const STAGE_COMMANDS = {
  pretrain: 'pretrain',
  'eval:classify': 'eval-classify',
  'eval:rl': 'eval-rl',
} as const;

export interface Stage {
  name: string;
  command: keyof typeof STAGE_COMMANDS;
  /** By their flags without dashes; `{stage}` in a value stands for the folder of an earlier stage's run. */
  options: Record<string, string>;
  /** What it takes on two cores, estimated. */
  minutes: number;
}

export interface Preset {
  title: string;
  /** What it compares, and where the estimates are from. */
  about?: string;
  stages: Stage[];
}

/**
 * Reads `{ "title", "about", "stages": { NAME: { "command", "minutes", "options" } } }`.
 * @throws UserError naming the stage and what was expected.
 */
export function readPreset(path: string): Preset {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path} is not JSON: ${error.message}.`);
    throw fileError(error, 'read', path);
  }
  if (!isObject(content) || typeof content.title !== 'string' || !isObject(content.stages)) {
    throw new UserError(
      `${path}: expected {"title": "...", "stages": {"ssl": {"command": "pretrain", "minutes": 4, "options": {}}}}.`,
    );
  }
  const stages: Stage[] = [];
  for (const [name, stage] of Object.entries(content.stages)) {
    const refuse = (what: string) => new UserError(`${path}: stage "${name}": ${what}.`);
    if (!/^[a-z][\w-]*$/.test(name)) throw refuse('expected a name of letters, digits, - and _');
    if (!isObject(stage) || !isObject(stage.options) || typeof stage.minutes !== 'number') {
      throw refuse('expected {"command", "minutes", "options"}');
    }
    const { command, minutes } = stage;
    const commands = Object.keys(STAGE_COMMANDS) as Stage['command'][];
    const known = commands.find((one) => one === command);
    if (known === undefined) throw unknownName(`command in ${path}:`, String(command), commands);
    const options = Object.fromEntries(
      Object.entries(stage.options).map(([key, value]) => {
        if (isObject(value) || Array.isArray(value)) throw refuse(`${key}: expected a text or a number`);
        return [key, String(value)];
      }),
    );
    for (const [flag, value] of Object.entries(options)) {
      const stranger = namedStages(value).find((other) => !stages.some((before) => before.name === other));
      if (stranger !== undefined) throw refuse(`--${flag}: there is no stage "${stranger}" before it`);
    }
    stages.push({ name, command: known, options, minutes });
  }
  const about = typeof content.about === 'string' ? content.about : undefined;
  return { title: content.title, about, stages };
}

/**
 * Sets options of stages.
 * @param settings each as `STAGE.OPTION=VALUE`
 * @throws UserError for one that is not written so, or whose stage is not there.
 */
export function overrideOptions({ stages, ...preset }: Preset, settings: readonly string[]): Preset {
  const changed = stages.map((stage) => ({ ...stage, options: { ...stage.options } }));
  for (const setting of settings) {
    const parts = /^([\w-]+)\.([\w-]+)=(.+)$/.exec(setting);
    if (parts === null) {
      throw new UserError(`--set: expected STAGE.OPTION=VALUE, such as ssl.epochs=5, found "${setting}".`);
    }
    const [, name, option, value] = parts;
    const stage = changed.find((one) => one.name === name);
    if (stage === undefined) {
      throw unknownName(
        'stage',
        name,
        changed.map((one) => one.name),
      );
    }
    stage.options[option] = value;
  }
  return { ...preset, stages: changed };
}

const REFERENCE = /\{([\w-]+)\}/g;

/** The stages that an option's value refers to. */
export const namedStages = (value: string): string[] =>
  [...value.matchAll(REFERENCE)].map(([, name]) => name);

/** The value with `{stage}` replaced. */
export const fillIn = (value: string, replacement: (stage: string) => string): string =>
  value.replace(REFERENCE, (_, name: string) => replacement(name));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
