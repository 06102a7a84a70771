/** @file Every environment of these families is documented, with Gymnasium's fixed sections. */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/files.js';
import '../../src/envs/box2d/index.js';
import '../../src/envs/classic/index.js';
import '../../src/envs/grid/index.js';
import '../../src/envs/toy/index.js';
import { listEnvs, make } from '../../src/envs/core/index.js';

const SECTIONS = [
  'Description',
  'Action Space',
  'Observation Space',
  'Rewards',
  'Starting State',
  'Episode End',
];

const sections = ['box2d', 'classic', 'toy', 'grid'].flatMap((family) =>
  readFileSync(join(PROJECT_ROOT, 'docs', 'environments', `${family}.md`), 'utf8')
    .split(/^## /m)
    .slice(1),
);

test('each environment has its sections, in order', () => {
  const documented = sections.flatMap((section) => section.split('\n')[0].split(', '));
  expect(documented.sort()).toEqual(
    listEnvs()
      .map(({ id }) => id)
      .sort(),
  );
  const titles = sections.map((section) => [...section.matchAll(/^### (.*)/gm)].map(([, title]) => title));
  expect(titles).toEqual(sections.map(() => SECTIONS));
});

test.each(listEnvs())('$id: its limit, threshold and options are told', (spec) => {
  const { id, maxEpisodeSteps, rewardThreshold, options = {} } = spec;
  const text = sections.find((section) => section.split('\n')[0].split(', ').includes(id))!;
  if (rewardThreshold !== undefined) expect(text).toContain(String(rewardThreshold));
  if (maxEpisodeSteps !== undefined) expect(text).toMatch(/truncated after/);
  for (const name of Object.keys(options)) expect(text).toContain(`\`${name}\``);
  expect(make(id).spec).toEqual({ ...spec, options });
});
