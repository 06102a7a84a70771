/** @file `npm run compare` on a tiny preset: stopped, gone on with, and nothing left to do. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { runCli, startCli } from './run-cli.js';

interface StageResult {
  stage: string;
  run: string;
  state: string;
}

let folder: string;
let flags: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'encodergym-compare-'));
  const net = { dataset: 'cifar10', arch: 'resnet18', width: 4, stem: 'imagenet', mlp: '16-16', epochs: 2 };
  const recipe = join(folder, 'recipe.json');
  writeFileSync(recipe, JSON.stringify({ ...net, 'batch-size': 16, 'warmup-epochs': 1, optimizer: 'lars' }));
  const stages = {
    ssl: { command: 'pretrain', minutes: 1, options: { config: recipe, threads: 1, 'num-workers': 1 } },
    probes: {
      command: 'eval:classify',
      minutes: 0.5,
      options: {
        dataset: 'cifar10',
        encoder: 'ssl={ssl}/encoder.safetensors,random',
        recipe,
        protocol: 'knn',
        k: 5,
        threads: 1,
        'num-workers': 1,
      },
    },
  };
  const preset = join(folder, 'tiny.json');
  writeFileSync(preset, JSON.stringify({ title: 'Tiny', stages }));
  flags = ['--preset', preset, '--exp-dir', join(folder, 'runs'), '--data-dir', tinyCifar()];
});
afterAll(() => rmSync(folder, { recursive: true }));

const stagesOf = ({ result }: { result: Record<string, unknown> }) => result.stages as StageResult[];
const scores = (run: string) => {
  const { rows } = JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as { rows: unknown };
  return rows;
};

test('Ctrl-C leaves what was done, the same command finishes it, and again does nothing', async () => {
  const plan = await runCli('compare', ...flags, '--dry-run', '--json');
  expect(plan.code).toBe(0);
  expect(stagesOf(plan).map(({ stage, state }) => [stage, state])).toEqual([
    ['ssl', 'to do'],
    ['probes', 'to do'],
  ]);
  expect(plan.stdout).toMatch(/what is left: 1 min 30 s/);
  const [ssl, probes] = stagesOf(plan).map(({ run }) => run);

  const stopped = startCli('compare', ...flags);
  while (!existsSync(join(ssl, 'config.json')) && stopped.child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  stopped.child.kill('SIGINT');
  const { code, stdout } = await stopped.ended;
  expect([code, existsSync(join(ssl, 'summary.json'))]).toEqual([130, false]);
  expect(stdout).toMatch(/Stopped\. The same command goes on/);

  const finished = await runCli('compare', ...flags, '--json');
  expect([finished.code, finished.stderr]).toEqual([0, '']);
  expect(stagesOf(finished).map(({ state }) => state)).toEqual(['finished', 'finished']);
  const again = await runCli('compare', ...flags);
  expect(again.stdout).toMatch(/ssl: there already.*\n.*probes: there already/);
  const report = join(folder, 'runs', 'tiny', 'report.html');
  expect(again.stdout.trim().split('\n').at(-1)).toBe(report);
  expect(readFileSync(report, 'utf8')).toContain('<title>Tiny');

  // Undisturbed, in another folder of runs: the same figures.
  const elsewhere = [...flags, '--exp-dir', join(folder, 'undisturbed'), '--json'];
  const other = stagesOf(await runCli('compare', ...elsewhere)).map(({ run }) => run);
  expect(scores(other[1])).toEqual(scores(probes));
});

test('a stage that fails is named, with its exit code', async () => {
  const { code, stderr } = await runCli('compare', ...flags, '--set', 'ssl.epochs=none');
  expect(code).toBe(2);
  expect(stderr).toMatch(/--epochs: expected a whole number.*\n.*The stage "ssl" failed \(exit code 2\)/);
});
