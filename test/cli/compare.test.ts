/**
 * @file What `npm run compare` does before and beside its stages; that it goes on to the same results when it is
 * interrupted is tested by test/scripts/soak-interrupts.test.ts.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { runCli } from './run-cli.js';

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

test('the plan, before anything is done', async () => {
  const plan = await runCli('compare', ...flags, '--dry-run', '--json');
  expect(plan.code).toBe(0);
  expect(plan.result.stages).toMatchObject([
    { stage: 'ssl', state: 'to do' },
    { stage: 'probes', state: 'to do' },
  ]);
  expect(plan.stdout).toMatch(/^probes +to do +30 s$/m);
  expect(plan.stdout).toMatch(/what is left: 1 min 30 s/);
});

test('a stage that fails is named, with its exit code; what cannot be is refused before any begins', async () => {
  const { code, stderr } = await runCli('compare', ...flags, '--set', 'ssl.dataset=cifar100');
  expect(code).toBe(2);
  expect(stderr).toMatch(/cifar100.*\n.*The stage "ssl" failed \(exit code 2\)/s);
  const refused = await runCli('compare', ...flags, '--set', 'probes.k=none');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toMatch(/^Error: The stage "probes" \(eval:classify\): --k: expected whole numbers/);
});
