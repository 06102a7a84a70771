/** @file Presets hold only what their commands take, and what they do not take is told before anything runs. */
import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStages } from '../../src/cli/stage-check.js';
import { overrideOptions, planStages, readPreset } from '../../src/compare/index.js';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-stages-'));
afterAll(() => rmSync(folder, { recursive: true }));
const typo = join(folder, 'typo.json');
writeFileSync(typo, JSON.stringify({ arch: 'resnet18', epoch: 3 }));

/** The preset's plan with changes, checked. */
function check(name: string, ...changes: string[]): void {
  const preset = readPreset(join(PROJECT_ROOT, 'configs', 'compare', name));
  const place = { name: 'x', expDir: folder, dataDir: 'data', recordings: folder };
  checkStages(planStages(overrideOptions(preset, changes), place));
}

test.each(readdirSync(join(PROJECT_ROOT, 'configs', 'compare')))('the preset %s', (name) => {
  expect(() => check(name)).not.toThrow();
});

test.each([
  ['ssl.epohcs=3', /^The stage "ssl" \(pretrain\): unknown option '--epohcs'\s+\(Did you mean --epochs\?\)/],
  [
    'ssl.epochs=none',
    /^The stage "ssl" \(pretrain\): --epochs: expected a whole number from 1, found "none"/,
  ],
  ['ssl.nproc-per-node=0', /^The stage "ssl".*--nproc-per-node: expected a whole number/],
  [`ssl.config=${typo}`, /typo\.json: unknown option "epoch"\. Did you mean "epochs"/],
  ['ssl.clip-lr=1', /^The stage "ssl" \(pretrain\): too many arguments/],
  ['probes.protocol=knn,lineal', /^The stage "probes" \(eval:classify\): --protocol: expected knn, /],
  [`probes.recipe=${typo}`, /^The stage "probes".*typo\.json: unknown option "epoch"/],
  ['agents.seeds=0', /^The stage "agents" \(eval:rl\): --seeds: expected a whole number/],
  ['agents.tau=0.1', /^The stage "agents" \(eval:rl\): --tau is a setting of /],
  ['agents.env=CartPole-v9', /^The stage "agents" \(eval:rl\): .*CartPole-v1/],
])('%s is refused, with its stage', (change, message) => {
  expect(() => check('quick.json', change)).toThrow(UserError);
  expect(() => check('quick.json', change)).toThrow(message);
});

test('switches are given as true and false', () => {
  expect(() => check('quick.json', 'ssl.clip-lr=false', 'agents.video=true')).not.toThrow();
});
