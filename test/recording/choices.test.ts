import { expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseVideoEncoder, requireVideoEncoder } from '../../src/recording/choices.js';

const script = (output: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'encodergym-ffmpeg-')), 'ffmpeg');
  writeFileSync(path, `#!/bin/sh\nprintf '${output}'\n`);
  chmodSync(path, 0o755);
  return path;
};

test('the ffmpeg that FFMPEG_BIN names comes first', () => {
  const path = script('ffmpeg version 9.8.7 Copyright\\nconfiguration: --enable-gpl --enable-libx264\\n');
  expect(requireVideoEncoder({ ...process.env, FFMPEG_BIN: path })).toMatchObject({
    name: 'FFMPEG_BIN',
    version: '9.8.7',
    path,
  });
});

test.each([
  ['/nowhere/ffmpeg', /cannot be run: \/nowhere\/ffmpeg/],
  [script('ffmpeg version 9.8.7\\nconfiguration: --enable-gpl\\n'), /9\.8\.7\) was built without libx264/],
  [script('something else\\n'), /is not ffmpeg/],
])('one that cannot be used is told and refused: %s', (path, reason) => {
  const environment = { ...process.env, FFMPEG_BIN: path };
  const { name, others } = chooseVideoEncoder(environment);
  expect(others.FFMPEG_BIN).toMatch(reason);
  expect(name).not.toBe('FFMPEG_BIN');
  expect(() => requireVideoEncoder(environment)).toThrow(/FFMPEG_BIN is no usable ffmpeg .* unset it/);
});

test('the encoder in WebAssembly needs no ffmpeg', () => {
  const { name, others } = chooseVideoEncoder({ FFMPEG_BIN: '', PATH: '' });
  const found = name === 'h264-mp4-encoder' ? 'chosen' : others['h264-mp4-encoder'];
  expect(found).toMatch(/chosen|works/);
  expect(others.FFMPEG_BIN).toBe('not set');
});
