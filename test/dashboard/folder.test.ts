/** @file Nothing outside of the folder is opened, and nothing that is no plain file. */
import { afterAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServedFolder } from '../../src/dashboard/folder.js';

const top = mkdtempSync(join(tmpdir(), 'encodergym-folder-'));
afterAll(() => rmSync(top, { recursive: true }));
const root = join(top, 'runs');
mkdirSync(join(root, 'a', 'b'), { recursive: true });
mkdirSync(join(root, '.hidden'));
writeFileSync(join(top, 'secret.txt'), 'secret');
writeFileSync(join(root, 'a', 'b', 'x.txt'), 'hello');
writeFileSync(join(root, '.hidden', 'x.txt'), 'hidden');
symlinkSync(join(top, 'secret.txt'), join(root, 'a', 'link.txt'));
symlinkSync(top, join(root, 'up'));
symlinkSync(join(root, 'a'), join(root, 'inner'));
const folder = new ServedFolder(root);

test('reads a file below it, also when the folder itself is reached through a link', async () => {
  expect(await folder.read('a/b/x.txt')).toBe('hello');
  symlinkSync(root, join(top, 'runs-link'));
  expect(await new ServedFolder(join(top, 'runs-link')).read('a/b/x.txt')).toBe('hello');
});

test.each([
  ['up', '../secret.txt'],
  ['up from below', 'a/../../secret.txt'],
  ['an absolute path', join(top, 'secret.txt')],
  ['nothing between separators', 'a//b/x.txt'],
  ['the folder itself', '.'],
  ['a backslash', 'a\\b\\x.txt'],
  ['a NUL', 'a/b/x.txt\0'],
  ['a hidden folder', '.hidden/x.txt'],
  ['a link to a file outside', 'a/link.txt'],
  ['a link to a folder outside', 'up/secret.txt'],
  ['a link inside', 'inner/b/x.txt'],
  ['a folder', 'a/b'],
  ['nothing there', 'a/b/y.txt'],
])('does not open %s', async (_, path) => {
  expect(await folder.open(path)).toBeUndefined();
});

test('does not wait for a pipe', async () => {
  execFileSync('mkfifo', [join(root, 'pipe.txt')]);
  expect(await folder.open('pipe.txt')).toBeUndefined();
});

test('a text that is too long, and JSON that is none, are not there', async () => {
  writeFileSync(join(root, 'list.json'), '[1]');
  writeFileSync(join(root, 'half.json'), '{"a": ');
  writeFileSync(join(root, 'good.json'), '{"a": 1}');
  expect(await folder.read('a/b/x.txt', 4)).toBeUndefined();
  expect(await folder.readJson('list.json')).toBeUndefined();
  expect(await folder.readJson('half.json')).toBeUndefined();
  expect(await folder.readJson('good.json')).toEqual({ a: 1 });
});

test('walks what is below without links and hidden folders', async () => {
  const places = await folder.walk();
  expect(places.map(({ path }) => path)).toEqual(['', 'a', 'a/b']);
  expect((await folder.walk(['b'])).map(({ path }) => path)).toEqual(['', 'a']);
  expect(places[1].files).toEqual([]);
});
