/** @file `npm run eval:rl` in short: results, resuming, jobs that fail, mistakes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createEncoder, saveEncoder, saveSafetensors } from '../../src/encoders/index.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { runCli, startCli } from './run-cli.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eval-rl-'));
  await useEngine('cpu');
});
afterAll(() => rmSync(folder, { recursive: true }));

const SHORT = ['--steps', '1024', '--evaluations', '2', '--eval-episodes', '3', '--seeds', '2', '--json'];
const evalRl = (...flags: string[]) =>
  runCli('eval-rl', '--exp-dir', folder, '--output', join(folder, 'videos'), ...SHORT, ...flags);

/** Writes a small encoder; returns its path. */
async function putEncoder(name: string, inputChannels: number, change?: (lastBias: tf.Variable) => void) {
  const path = join(folder, `${name}.safetensors`);
  const options = { stem: 'imagenet', width: 4, inputChannels, rng: new Generator(0) } as const;
  const encoder = createEncoder('resnet18', options);
  change?.(encoder.parameters.get('layer4.1.bn2.bias')!);
  await saveEncoder(path, encoder);
  encoder.dispose();
  return path;
}

interface Results {
  results: {
    arm: string;
    seed: number;
    evaluations: { step: number; episodes: { return: number; seed: number }[] }[];
  }[];
}
const read = (name: string, file: string) =>
  JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as Results;
/** What must not depend on how the work was done. */
const episodesOf = ({ results }: Results) =>
  results.map(({ arm, seed, evaluations }) => ({ arm, seed, evaluations }));

test('every episode of every arm and seed, a table, pictures and videos; the same with another number of workers', async () => {
  const { code, stdout, result } = await evalRl(
    '--encoder',
    'state,random',
    '--run-name',
    'a',
    '--size',
    '32',
    '--engine',
    'wasm',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^state +2 +\d/m);
  expect(stdout).toMatch(/^random +2 +\d+\.\d .*%/m);
  const found = episodesOf(read('a', 'results.json'));
  expect(found.map(({ arm, seed }) => `${arm} ${seed}`)).toEqual([
    'state 0',
    'state 1',
    'random 0',
    'random 1',
  ]);
  for (const { evaluations } of found) {
    expect(evaluations.map(({ step, episodes }) => [step, episodes.length])).toEqual([
      [0, 3],
      [512, 3],
      [1024, 3],
    ]);
  }
  // All arms and seeds play the same evaluation episodes.
  const seeds = found.map(({ evaluations }) => evaluations[2].episodes.map(({ seed }) => seed).join());
  expect(new Set(seeds).size).toBe(1);
  for (const picture of ['curves.svg', 'curves.png', 'profile.svg', 'profile.png']) {
    expect(existsSync(join(folder, 'a', picture))).toBe(true);
  }
  const names = (result.videos as { path: string }[]).map(({ path }) =>
    relative(join(folder, 'videos'), path),
  );
  expect(names).toEqual([
    ...['state', 'random'].flatMap((arm) =>
      ['best', 'median'].map((which) => join('CartPole-v1', arm, `a-${which}-episode-0.mp4`)),
    ),
    join('CartPole-v1', 'a-arms.mp4'),
  ]);
  expect(existsSync(join(folder, 'a', 'state', 'seed-1', 'agent.safetensors'))).toBe(true);
  expect(existsSync(join(folder, 'a', 'random', 'seed-0', 'metrics.jsonl'))).toBe(true);
  // Without pictures among its arms, it would take another recipe.
  const recipe = join(PROJECT_ROOT, 'configs', 'rl', 'ppo-CartPole-v1-pixels.json');
  await evalRl('--config', recipe, '--encoder', 'state', '--run-name', 'b', '--workers', '1', '--no-video');
  expect(episodesOf(read('b', 'results.json'))).toEqual(found.slice(0, 2));
});

test('a comparison that was stopped goes on to the same results', async () => {
  const flags = [
    '--exp-dir',
    folder,
    '--no-video',
    ...SHORT,
    '--steps',
    '4096',
    '--workers',
    '1',
    '--evaluations',
    '10',
  ];
  const { child, ended } = startCli('eval-rl', ...flags, '--run-name', 'stopped');
  const first = join(folder, 'stopped', 'state', 'seed-0', 'result.json');
  while (!existsSync(first) && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGINT');
  const stopped = await ended;
  expect(stopped.code).toBe(130);
  expect(stopped.stdout).toContain('--run-name stopped --resume');
  expect(episodesOf(read('stopped', 'results.json')).map(({ seed }) => seed)).toEqual([0]);
  const other = await runCli('eval-rl', ...flags, '--run-name', 'stopped', '--resume', '--lr', '0.1');
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('The settings are not those');
  expect((await runCli('eval-rl', ...flags, '--run-name', 'stopped', '--resume')).code).toBe(0);
  await runCli('eval-rl', ...flags, '--run-name', 'whole');
  expect(episodesOf(read('stopped', 'results.json'))).toEqual(episodesOf(read('whole', 'results.json')));
});

test('a job that fails is told, the others go on', async () => {
  const broken = await putEncoder('broken', 3, (bias) => bias.assign(tf.fill(bias.shape, Infinity)));
  const { code, stderr, result } = await evalRl(
    ...['--encoder', `${broken},state`, '--run-name', 'half', '--size', '32', '--engine', 'wasm'],
    // Read where it is broken.
    ...['--no-video', '--layer', '4', '--grid', '1'],
  );
  expect(code).toBe(1);
  expect(stderr).toContain('broken.safetensors, seed 1: ');
  expect(stderr).toContain('The losses of PPO are not finite');
  expect(result.failures).toHaveLength(2);
  expect(episodesOf(read('half', 'results.json'))).toHaveLength(2);
  expect(existsSync(join(folder, 'half', 'summary.json'))).toBe(false);
});

test('encoders that learn with the agent', async () => {
  const start = await putEncoder('start', 3);
  const { code, stdout } = await evalRl(
    ...['--encoder', `scratch,scratch+shift,finetune:${start}`, '--run-name', 'learn', '--size', '32'],
    ...['--engine', 'wasm', '--seeds', '1', '--steps', '512', '--epochs', '1', '--layer', '1', '--grid', '2'],
    ...['--evaluations', '1', '--eval-episodes', '1'],
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^finetune-start.safetensors +1 +\d/m);
  expect(episodesOf(read('learn', 'results.json')).map(({ arm }) => arm)).toEqual([
    'scratch',
    'scratch+shift',
    'finetune-start.safetensors',
  ]);
});

test('encoders that do not fit are refused before anything is made', async () => {
  const grey = await putEncoder('grey', 1);
  const damaged = join(folder, 'damaged.safetensors');
  writeFileSync(damaged, readFileSync(grey).subarray(0, 1000));
  const other = join(folder, 'other.safetensors');
  saveSafetensors(other, new Map([['w', { dtype: 'F32', shape: [1], data: new Float32Array(1) }]]));
  const refusals: [flags: string[], message: string][] = [
    [['--encoder', grey], 'takes 1 channels, agents see RGB pictures of 3'],
    [['--encoder', `finetune:${grey}`], 'takes 1 channels'],
    [['--encoder', damaged], 'is not a sound safetensors file'],
    [['--encoder', other], 'is not a ResNet'],
    [['--encoder', 'random', '--layer', '4', '--grid', '4'], 'cannot be cut into a grid of 4x4'],
    [['--encoder', 'random', '--layer', '5'], '--layer: expected a whole number between 1 and 4'],
    [['--encoder', 'scratch', '--size', '16'], 'too small for an encoder from scratch'],
    [['--encoder', 'random', '--env', 'Taxi-v4x'], 'Taxi-v4'],
    [['--encoder', 'supervised'], 'npm run eval:classify -- --encoder supervised'],
    [['--encoder', 'ssl'], 'npm run pretrain -- --config configs/frames.json --dataset env:CartPole-v1'],
    [['--encoder', 'scrach'], 'expected state, ssl, supervised, random, scratch'],
  ];
  for (const [flags, message] of refusals) {
    const { code, stderr } = await evalRl('--run-name', 'refused', '--engine', 'wasm', ...flags);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  }
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});

test.each([
  [['--env', 'CartPole-v9'], 'use CartPole-v1'],
  [['--agent', 'dqn', '--env', 'Pendulum-v1'], 'dqn needs discrete actions'],
  [['--agent', 'sac'], 'sac needs actions that are numbers'],
  [['--evaluations', 'many'], '--evaluations: expected a whole number'],
])('%j is refused before anything is made', async (flags, message) => {
  const { code, stderr } = await evalRl('--run-name', 'never', ...flags);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(existsSync(join(folder, 'never'))).toBe(false);
});
