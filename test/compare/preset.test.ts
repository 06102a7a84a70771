import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overrideOptions, readPreset } from '../../src/compare/index.js';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-preset-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stage = { command: 'pretrain', minutes: 1, options: { epochs: 2 } };
function written(content: unknown): string {
  const path = join(folder, 'preset.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const presets = readdirSync(join(PROJECT_ROOT, 'configs', 'compare'));
test.each(presets)('the preset %s can be read', (file) => {
  expect(readPreset(join(PROJECT_ROOT, 'configs', 'compare', file)).stages.length).toBeGreaterThan(1);
});

test('options are flags: texts, in the order of the file', () => {
  const { title, stages } = readPreset(written({ title: 'T', stages: { ssl: stage } }));
  expect(title).toBe('T');
  expect(stages).toEqual([{ name: 'ssl', command: 'pretrain', minutes: 1, options: { epochs: '2' } }]);
});

describe('a preset that cannot be used names the stage and what was expected', () => {
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /is not JSON/],
    ['no stages', { title: 'T' }, /expected \{"title"/],
    ['an odd name', { title: 'T', stages: { '../x': stage } }, /stage "\.\.\/x": expected a name/],
    [
      'an unknown command',
      { title: 'T', stages: { a: { ...stage, command: 'pretrian' } } },
      /Did you mean "pretrain"/,
    ],
    [
      'no options',
      { title: 'T', stages: { a: { command: 'pretrain', minutes: 1 } } },
      /stage "a": expected \{/,
    ],
    ['a list', { title: 'T', stages: { a: { ...stage, options: { k: [1] } } } }, /k: expected a text/],
    [
      'a stage that comes later',
      { title: 'T', stages: { a: { ...stage, options: { encoder: '{b}/x' } }, b: stage } },
      /--encoder: there is no stage "b" before it/,
    ],
  ])('%s', (_, content, message) => {
    expect(() => readPreset(written(content))).toThrow(UserError);
    expect(() => readPreset(written(content))).toThrow(message);
  });
});

test('options of stages can be set', () => {
  const preset = readPreset(written({ title: 'T', stages: { ssl: stage } }));
  const { stages } = overrideOptions(preset, ['ssl.epochs=7', 'ssl.mlp=8-8']);
  expect(stages[0].options).toEqual({ epochs: '7', mlp: '8-8' });
  expect(preset.stages[0].options).toEqual({ epochs: '2' });
  expect(() => overrideOptions(preset, ['epochs=7'])).toThrow(/expected STAGE\.OPTION=VALUE/);
  expect(() => overrideOptions(preset, ['sls.epochs=7'])).toThrow(/Did you mean "ssl"/);
});
