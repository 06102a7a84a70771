/**
 * @file The arms of a comparison: what an agent sees of its world. `state` is the true state, the oracle; the others
 * see pictures through a frozen encoder: `ssl` and `supervised` the newest such run, `random` untrained weights, or the
 * path of an encoder's file.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadSafetensors } from '../encoders/index.js';
import { UserError } from '../errors.js';

/** An arm, resolved: everything that a job needs to know of it. */
export interface Arm {
  name: string;
  kind: 'state' | 'random' | 'file';
  /** Of kind `file`. */
  path?: string;
  /** Of kind `random`: an encoder's file whose architecture it takes. */
  like?: string;
}

interface FoundEncoder {
  path: string;
  method: string;
  dataset: string;
  modified: number;
}

/**
 * Resolves the names of arms, separated by commas.
 * @throws UserError when an encoder is not there, saying how to make one.
 */
export function resolveArms(names: string, expDir: string, env: string): Arm[] {
  const list = names.split(',').map((name) => name.trim());
  const twice = list.find((name, i) => name === '' || list.indexOf(name) !== i);
  if (twice !== undefined)
    throw new UserError(`--encoder "${names}": expected different names separated by commas.`);
  const arms = list.map((name): Arm => {
    if (name === 'state' || name === 'random') return { name, kind: name };
    if (name === 'ssl' || name === 'supervised')
      return { name, kind: 'file', path: newest(name, expDir, env) };
    if (existsSync(name)) return { name: armName(name), kind: 'file', path: name };
    throw new UserError(
      `--encoder "${name}": expected state, ssl, supervised, random or the path of an encoder's file, found no such file.`,
    );
  });
  const like = arms.find(({ path }) => path !== undefined)?.path;
  return arms.map((arm) => (arm.kind === 'random' ? { ...arm, like } : arm));
}

/** The newest encoder of a kind in the folder of runs; one that was pretrained on the environment's own frames before others. */
function newest(kind: 'ssl' | 'supervised', expDir: string, env: string): string {
  const all = findEncoders(expDir).filter(
    ({ method }) => (method === 'supervised') === (kind === 'supervised'),
  );
  const own = ({ dataset }: FoundEncoder) => Number(dataset === `env:${env}`);
  all.sort((a, b) => own(b) - own(a) || b.modified - a.modified);
  if (all.length > 0) return all[0].path;
  const command =
    kind === 'ssl'
      ? `npm run pretrain -- --dataset fashion-mnist-mini --epochs 3`
      : 'npm run eval:classify -- --encoder supervised';
  throw new UserError(`--encoder ${kind}: there is no such encoder in ${expDir}. Make one:\n  ${command}`);
}

function findEncoders(expDir: string): FoundEncoder[] {
  if (!existsSync(expDir)) return [];
  return readdirSync(expDir).flatMap((run) => {
    const path = join(expDir, run, 'encoder.safetensors');
    if (!existsSync(path)) return [];
    const { method, dataset } = loadSafetensors(path).metadata;
    return method === undefined ? [] : [{ path, method, dataset, modified: statSync(path).mtimeMs }];
  });
}

/** A name for folders and tables: of 'runs/NAME/encoder.safetensors', NAME. */
function armName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== 'encoder.safetensors');
  return (parts.at(-1) ?? path).replace(/[^\w.@+=-]/g, '_');
}
