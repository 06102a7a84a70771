import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planStages, stateOf } from '../../src/compare/index.js';
import { resumeArgs } from '../../src/compare/plan.js';
import type { Preset } from '../../src/compare/preset.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'config.json');

const preset = (epochs: string): Preset => ({
  title: 'T',
  stages: [
    { name: 'ssl', command: 'pretrain', minutes: 1, options: { config, epochs } },
    { name: 'other', command: 'pretrain', minutes: 1, options: {} },
    { name: 'probes', command: 'eval:classify', minutes: 1, options: { encoder: 'a={ssl}/e,b={ssl}/f' } },
    { name: 'agents', command: 'eval:rl', minutes: 1, options: { encoder: '{probes}/g' } },
  ],
});
const options = { name: 'x', expDir: folder, dataDir: 'data', recordings: 'films' };
const plan = (epochs = '1') => planStages(preset(epochs), options);
const names = (stages: readonly { runName: string }[]) => stages.map(({ runName }) => runName);

test('stages know the folders of those before, and where runs and data are', () => {
  writeFileSync(config, '{}');
  const [ssl, , probes, agents] = plan();
  expect(ssl.runName).toMatch(/^x-ssl-[0-9a-f]{8}$/);
  const place = (runName: string) => ['--run-name', runName, '--exp-dir', folder];
  const data = ['--data-dir', 'data'];
  expect(ssl.args).toEqual(['--config', config, '--epochs', '1', ...place(ssl.runName), ...data]);
  const encoder = `a=${ssl.folder}/e,b=${ssl.folder}/f`;
  expect(probes.args).toEqual(['--encoder', encoder, ...place(probes.runName), ...data]);
  expect(agents.args).toEqual([
    '--encoder',
    `${probes.folder}/g`,
    ...place(agents.runName),
    '--output',
    'films',
  ]);
});

test("an option, or what is in a file that it names, changes a stage's name and those of the stages after it", () => {
  writeFileSync(config, '{}');
  const before = names(plan());
  expect(names(plan())).toEqual(before);
  const changed = (after: string[]) => after.map((name, i) => name !== before[i]);
  expect(changed(names(plan('2')))).toEqual([true, false, true, true]);
  writeFileSync(config, '{"epochs": 3}');
  expect(changed(names(plan()))).toEqual([true, false, true, true]);
});

test('files in a list, and a folder of images, count by what is in them', () => {
  const photos = join(folder, 'photos');
  mkdirSync(join(photos, 'cats'), { recursive: true });
  const weights = join(folder, 'weights.safetensors');
  const place = join(folder, 'downloads');
  const write = (path: string, content: string) => () => writeFileSync(path, content);
  const nameOf = () => {
    const values = { encoder: `random,mine=${weights}`, dataset: photos, 'data-dir': place };
    const stages = [{ name: 'probes', command: 'eval:classify' as const, minutes: 1, options: values }];
    return planStages({ title: 'T', stages }, options)[0].runName;
  };
  const changes = [
    write(weights, 'a'),
    write(weights, 'b'),
    write(join(photos, 'cats', '1.png'), 'c'),
    write(join(photos, 'cats', '1.png'), 'cc'),
    write(join(photos, 'cats', '2.png'), 'c'),
  ];
  const found = changes.map((change) => (change(), [nameOf(), nameOf()]));
  for (const [once, again] of found) expect(again).toBe(once);
  expect(new Set(found.flat()).size).toBe(changes.length);
  // What a download leaves there is no change.
  mkdirSync(place);
  write(join(place, 'archive'), 'd')();
  expect(nameOf()).toBe(found.at(-1)?.[0]);
});

test('what a stage has come to, and the flags to go on', () => {
  const [ssl, , , agents] = plan();
  expect(stateOf(ssl, folder)).toBe('to do');
  mkdirSync(ssl.folder);
  writeFileSync(join(ssl.folder, 'config.json'), '{}');
  expect(stateOf(ssl, folder)).toBe('stopped');
  writeFileSync(join(ssl.folder, 'summary.json'), '{}');
  expect(stateOf(ssl, folder)).toBe('finished');
  const place = ['--run-name', ssl.runName, '--exp-dir', folder, '--data-dir', 'data'];
  expect(resumeArgs(ssl)).toEqual([...place, '--resume']);
  expect(resumeArgs(agents)).toEqual([...agents.args, '--resume']);
});
