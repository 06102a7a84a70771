/** @file Names of arms, the encoders that they find in the folder of runs, and the commands that make those. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { learnsToSee, makingCommand, missingEncoders, resolveArms } from '../../src/agents/arms.js';
import { saveSafetensors } from '../../src/encoders/index.js';
import { UserError } from '../../src/errors.js';

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'arms-'));
});
afterEach(() => rmSync(runs, { recursive: true }));

/** An encoder's file as a run leaves it; `age` orders them. */
function put(name: string, age: number, metadata: Record<string, string>): string {
  const path = join(runs, name, 'encoder.safetensors');
  mkdirSync(dirname(path), { recursive: true });
  saveSafetensors(path, new Map(), metadata);
  utimesSync(path, 1000 - age, 1000 - age);
  return path;
}

const resolve = (names: string) => resolveArms(names, runs, { env: 'CartPole-v1', size: 32 });

describe('trained encoders', () => {
  test('the newest, those of the environment before others; supervised ones within evaluations, too', () => {
    const old = put('old', 9, { method: 'vicreg', dataset: 'cifar10' });
    expect(resolve('ssl')).toEqual([{ name: 'ssl', kind: 'file', path: old }]);
    const newer = put('newer', 5, { method: 'vicreg', dataset: 'cifar10' });
    expect(resolve('ssl')[0].path).toBe(newer);
    const own = put('own', 7, { method: 'vicreg', dataset: 'env:CartPole-v1' });
    expect(resolve('ssl')[0].path).toBe(own);
    expect(missingEncoders('ssl,supervised,state', runs, 'CartPole-v1')).toEqual(['supervised']);
    const labelled = put('evaluation/encoders/supervised-0', 8, { method: 'supervised', dataset: 'cifar10' });
    expect(resolve('supervised,finetune:ssl')).toEqual([
      { name: 'supervised', kind: 'file', path: labelled },
      { name: 'finetune-ssl', kind: 'finetune', path: own },
    ]);
    expect(missingEncoders('ssl,supervised', runs, 'CartPole-v1')).toEqual([]);
  });

  test('those that are not there come with the command that makes them', () => {
    expect(() => resolve('ssl')).toThrow(UserError);
    const recipe = 'configs/frames.json';
    expect(makingCommand('ssl', 'runs', { env: 'Pendulum-v1', size: 48 })).toEqual([
      ...['pretrain', '--config', recipe, '--dataset', 'env:Pendulum-v1', '--image-size', '48'],
    ]);
    expect(() => resolve('finetune:supervised')).toThrow(
      `npm run eval:classify -- --encoder supervised --protocol knn --recipe ${recipe} ` +
        `--dataset fashion-mnist-mini --exp-dir ${runs}`,
    );
    expect(missingEncoders('finetune:ssl,ssl,random', runs, 'CartPole-v1')).toEqual(['ssl']);
    expect(missingEncoders('state', join(runs, 'none'), 'CartPole-v1')).toEqual([]);
  });
});

test('paths have names: of their folders, or given', () => {
  const [one, two] = [put('a/seed-0', 0, {}), put('b/seed-0', 0, {})];
  expect(resolve(`${one},mine=${two},finetune:own=${two}`).map(({ name }) => name)).toEqual([
    'seed-0',
    'mine',
    'finetune-own',
  ]);
  expect(() => resolve(`${one},${two}`)).toThrow(/two arms are called "seed-0".*first=PATH/);
  expect(() => resolve(`state=${runs}/none`)).toThrow(/found no such file/);
});

test('paths, random encoders like them, and encoders that learn', () => {
  const path = put('mine', 0, {});
  const arms = resolve(`state, random,scratch,scratch+shift,${path},finetune:${path}`);
  expect(arms).toEqual([
    { name: 'state', kind: 'state' },
    { name: 'random', kind: 'random', like: path },
    { name: 'scratch', kind: 'scratch' },
    { name: 'scratch+shift', kind: 'scratch', shift: true },
    { name: 'mine', kind: 'file', path },
    { name: 'finetune-mine', kind: 'finetune', path },
  ]);
  expect(arms.map(learnsToSee)).toEqual([false, false, true, true, false, true]);
});

test.each([
  ['state,state', 'expected different names'],
  ['state,', 'expected different names'],
  ['scatch', 'found no such file'],
  ['finetune:nowhere.safetensors', 'found no such file'],
])('%s is refused', (names, message) => {
  expect(() => resolve(names)).toThrow(UserError);
  expect(() => resolve(names)).toThrow(message);
});
