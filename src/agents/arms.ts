/**
 * @file The arms of a comparison: what an agent sees of its world. `state` is the true state, the oracle; `ssl`,
 * `supervised`, `random` and paths are pictures through a frozen encoder; `scratch` and `finetune:` are pictures through
 * an encoder that learns with the agent.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadSafetensors } from '../encoders/index.js';
import { UserError } from '../errors.js';
import { PROJECT_ROOT } from '../files.js';

/** An arm, resolved: everything that a job needs to know of it. */
export interface Arm {
  name: string;
  kind: 'state' | 'random' | 'file' | 'scratch' | 'finetune';
  /** Of kinds `file` and `finetune`. */
  path?: string;
  /** Of kind `random`: an encoder's file whose architecture it takes. */
  like?: string;
  /** Pictures are shifted at random when they are learnt from. */
  shift?: boolean;
}

/** Kinds of encoders that are found in the folder of runs. */
export type TrainedKind = 'ssl' | 'supervised';
const TRAINED: readonly string[] = ['ssl', 'supervised'] satisfies TrainedKind[];
const isTrained = (name: string): name is TrainedKind => TRAINED.includes(name);

const FINETUNE = 'finetune:';

interface FoundEncoder {
  path: string;
  method: string;
  dataset: string;
  modified: number;
}

/** Does the arm's encoder learn with the agent? */
export const learnsToSee = ({ kind }: Arm): boolean => kind === 'scratch' || kind === 'finetune';

/**
 * Resolves the names of arms, separated by commas.
 * @throws UserError when an encoder is not there, saying how to make one.
 */
export function resolveArms(names: string, expDir: string, sight: Sight): Arm[] {
  const list = armNames(names);
  const file = (name: string): Pick<Arm, 'name' | 'path'> => {
    if (isTrained(name))
      return { name, path: findEncoder(name, expDir, sight.env) ?? refuseMissing(name, expDir, sight) };
    const [, given, path] = /^(?:([\w.+-]+)=)?(.+)$/.exec(name) ?? [name, undefined, name];
    if (existsSync(path)) return { name: given ?? armName(path), path };
    throw new UserError(
      `--encoder "${name}": expected state, ssl, supervised, random, scratch, scratch+shift, the path of an encoder's ` +
        `file, NAME=PATH, or ${FINETUNE} before one of the last, found no such file.`,
    );
  };
  const arms = list.map((name): Arm => {
    if (name === 'state' || name === 'random' || name === 'scratch') return { name, kind: name };
    if (name === 'scratch+shift') return { name, kind: 'scratch', shift: true };
    if (!name.startsWith(FINETUNE)) return { ...file(name), kind: 'file' };
    const start = file(name.slice(FINETUNE.length));
    return { name: `finetune-${start.name}`, kind: 'finetune', path: start.path };
  });
  const twice = arms.find(({ name }, i) => arms.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new UserError(
      `--encoder: two arms are called "${twice.name}". Give them names: first=PATH,second=PATH.`,
    );
  }
  const like = arms.find(({ path }) => path !== undefined)?.path;
  return arms.map((arm) => (arm.kind === 'random' ? { ...arm, like } : arm));
}

/** Of these arms, the encoders that the folder of runs does not have. */
export const missingEncoders = (names: string, expDir: string, env: string): TrainedKind[] =>
  [...new Set(armNames(names).map((name) => name.replace(FINETUNE, '')))]
    .filter(isTrained)
    .filter((kind) => findEncoder(kind, expDir, env) === undefined);

/** What an agent sees: the environment, in pictures of so many pixels a side. */
export interface Sight {
  env: string;
  size: number;
}

/** The words, after `npm run`, of the command that makes a small encoder of a kind within minutes. */
export function makingCommand(
  kind: TrainedKind,
  expDir: string,
  { env, size }: Sight,
): [script: string, ...string[]] {
  const place = expDir === 'runs' ? [] : ['--exp-dir', expDir];
  const recipe = relative('.', join(PROJECT_ROOT, 'configs', 'frames.json'));
  return kind === 'ssl'
    ? ['pretrain', '--config', recipe, '--dataset', `env:${env}`, '--image-size', String(size), ...place]
    : [
        'eval:classify',
        ...['--encoder', kind, '--protocol', 'knn', '--recipe', recipe],
        ...['--dataset', 'fashion-mnist-mini', ...place],
      ];
}

function armNames(names: string): string[] {
  const list = names.split(',').map((name) => name.trim());
  if (list.every((name, i) => name !== '' && list.indexOf(name) === i)) return list;
  throw new UserError(`--encoder "${names}": expected different names separated by commas.`);
}

function refuseMissing(kind: TrainedKind, expDir: string, sight: Sight): never {
  const [script, ...flags] = makingCommand(kind, expDir, sight);
  throw new UserError(
    `--encoder ${kind}: there is no such encoder in ${expDir}. Add --auto to make a small one now, or make one:\n` +
      `  npm run ${script} -- ${flags.join(' ')}`,
  );
}

/** The newest encoder of a kind in the folder of runs; one that was trained on the environment's own frames before others. */
function findEncoder(kind: TrainedKind, expDir: string, env: string): string | undefined {
  const all = findEncoders(expDir).filter(
    ({ method }) => (method === 'supervised') === (kind === 'supervised'),
  );
  const own = ({ dataset }: FoundEncoder) => Number(dataset === `env:${env}`);
  return all.sort((a, b) => own(b) - own(a) || b.modified - a.modified)[0]?.path;
}

/** Encoders of pretraining runs, and those that evaluations keep in a folder of theirs. */
function findEncoders(expDir: string): FoundEncoder[] {
  const runs = foldersIn(expDir);
  const parts = runs.flatMap((run) => foldersIn(join(run, 'encoders')));
  return [...runs, ...parts].flatMap((run) => {
    const path = join(run, 'encoder.safetensors');
    if (!existsSync(path)) return [];
    const { method, dataset } = loadSafetensors(path).metadata;
    return method === undefined ? [] : [{ path, method, dataset, modified: statSync(path).mtimeMs }];
  });
}

const foldersIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

/** A name for folders and tables: of 'runs/NAME/encoder.safetensors', NAME. */
function armName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== 'encoder.safetensors');
  return (parts.at(-1) ?? path).replace(/[^\w.@+=-]/g, '_');
}
