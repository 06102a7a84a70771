import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeGallery } from '../../src/recording/index.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-gallery-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A video's two files; what plays is not looked at here. */
function leave(path: string, facts: Record<string, unknown> | undefined) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, `${path}.mp4`), '');
  const known = { fps: 50, frames: 100, seconds: 2, width: 6, height: 4, ending: 'finished' };
  if (facts !== undefined) writeFileSync(join(root, `${path}.json`), JSON.stringify({ ...known, ...facts }));
}

test('a gallery shows every video that has facts, newest first, in words and links that are safe', () => {
  leave('own', { date: '2026-01-02T10:00:00.000Z', ending: 'interrupted' });
  leave('CartPole-v1/a b#1', {
    date: '2026-01-03T10:00:00.000Z',
    env: '<CartPole>',
    policy: 'ran"dom',
    return: 23.456,
    length: 23,
    seed: 7,
  });
  leave('CartPole-v1/half', undefined);
  const page = writeGallery(root);
  expect(page).toBe(join(root, 'index.html'));
  const html = readFileSync(page, 'utf8');
  expect(html).toMatch(/<title>2 recordings<\/title>/);
  expect([...html.matchAll(/src="([^"]+)"/g)].map(([, source]) => source)).toEqual([
    'CartPole-v1/a%20b%231.mp4',
    'own.mp4',
  ]);
  expect(html).toContain('<h2>&lt;CartPole&gt;, ran&quot;dom</h2>');
  expect(html).toContain('<p>return 23.5 · 23 steps · 2.0 s · seed 7 · 2026-01-03 10:00</p>');
  expect(html).toContain('<h2>own.mp4</h2><p>2.0 s · interrupted · 2026-01-02 10:00</p>');
});
