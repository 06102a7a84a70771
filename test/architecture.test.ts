/** @file The layout is kept: lower folders never import higher ones, nor the insides of one another. */
import { expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { PROJECT_ROOT } from '../src/files.js';

const SRC = join(PROJECT_ROOT, 'src');

/** Lowest first; a folder may import those before it. Folders of one line do not import each other. */
const LAYERS = [
  ['tensor', 'random', 'recording'],
  ['ddp', 'envs'],
  ['optim', 'encoders', 'data'],
  ['runs'],
  ['training', 'report', 'dashboard'],
  ['classify'],
  ['pretrain', 'agents'],
  ['compare'],
  ['cli'],
];
/** Single files that everything may import. */
const COMMON = ['crc32.ts', 'errors.ts', 'files.ts', 'progress.ts'];

const level = (folder: string) => LAYERS.findIndex((names) => names.includes(folder));

const imports = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const path = join(SRC, file);
    const found = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
    return [...found].map(([, target]) => ({
      file,
      target: relative(SRC, resolve(dirname(path), target)).replace(/\.js$/, '.ts'),
    }));
  });

const folderOf = (file: string) => file.split(sep)[0];

test('the layers name every folder of src', () => {
  const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(LAYERS.flat().sort());
});

test('imports go down', () => {
  expect(imports.length).toBeGreaterThan(100);
  const wrong = imports.filter(({ file, target }) => {
    if (COMMON.includes(target) || folderOf(file) === folderOf(target)) return false;
    return COMMON.includes(file) || level(folderOf(target)) >= level(folderOf(file));
  });
  expect(wrong).toEqual([]);
});

test('folders know each other by their index only', () => {
  const wrong = imports.filter(({ file, target }) => {
    if (COMMON.includes(target) || folderOf(file) === folderOf(target)) return false;
    return target !== join(folderOf(target), 'index.ts');
  });
  expect(wrong).toEqual([]);
});
