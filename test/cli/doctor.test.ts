/** @file `npm run doctor` as users run it: whole processes. */
import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeCpu } from '../../src/cli/environment.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { ENGINE_NAMES } from '../../src/tensor/index.js';

interface Report {
  engine: { name: string; threads: number } | null;
  problem?: string;
  engines: { name: string; chosen: boolean; works: boolean; reason?: string }[];
  cpu: { model: string; cores: number; features: string[] };
  versions: Record<string, string>;
  canvas: { name: string; version: string };
  video: { name?: string; version?: string; path?: string; others: Record<string, string> };
}

/** Rejects unless the exit code is 0. */
async function doctor(environment: Record<string, string> = {}, ...flags: string[]): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  if (!('ENCODERGYM_ENGINE' in environment)) delete env.ENCODERGYM_ENGINE;
  const args = [join(PROJECT_ROOT, 'build/src/cli/doctor.js'), ...flags];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

const report = async (environment?: Record<string, string>) =>
  JSON.parse((await doctor(environment, '--json')).trim().split('\n').at(-1)!) as Report;

test('says which engine was chosen, and of each other why not', async () => {
  const { engine, engines, cpu, versions, canvas } = await report();
  expect(engines.map(({ name }) => name)).toEqual(ENGINE_NAMES);
  expect(engines.filter(({ chosen }) => chosen).map(({ name }) => name)).toEqual([engine?.name]);
  const chosenAt = ENGINE_NAMES.indexOf(engine!.name);
  engines.forEach(({ chosen, works, reason }, i) => {
    if (chosen) expect([works, reason]).toEqual([true, undefined]);
    else if (i < chosenAt) expect([works, reason]).toEqual([false, expect.stringMatching(/\w/)]);
    else expect(reason).toMatch(works ? /works, but is slower/ : /\w/);
  });
  expect(engines.find(({ name }) => name === 'wasm')?.works).toBe(true);
  expect(cpu.cores).toBeGreaterThan(0);
  expect(versions).toMatchObject({ node: process.versions.node, tfjs: '4.22.0' });
  expect(canvas).toMatchObject({
    name: expect.stringMatching(/canvas$/),
    version: expect.stringMatching(/^\d/),
  });
});

test('is readable: sections, aligned columns, no line too long for a terminal', async () => {
  const lines = (await doctor()).trimEnd().split('\n');
  for (const title of ['CPU', 'Engine', 'Canvas', 'Video']) {
    expect(lines.filter((line) => line.startsWith(title.padEnd(10)))).toHaveLength(1);
  }
  const reasons = lines.filter((line) => /^ {10}(wasm|cpu) /.test(line));
  expect(new Set(reasons.map((line) => line.indexOf('works'))).size).toBe(1);
  for (const line of lines) expect(line.length).toBeLessThan(140);
});

describe('ENCODERGYM_ENGINE', () => {
  test('is followed', async () => {
    const { engine, engines } = await report({ ENCODERGYM_ENGINE: 'cpu' });
    expect(engine).toMatchObject({ name: 'cpu', threads: 1 });
    expect(engines.find(({ name }) => name === 'wasm')?.reason).toBe('works');
  });

  test('that names no engine is told, and ends with code 0 all the same', async () => {
    const { engine, problem } = await report({ ENCODERGYM_ENGINE: 'wsm' });
    expect(engine).toBeNull();
    expect(problem).toMatch(/Did you mean "wasm"/);
  });
});

describe('the video encoder', () => {
  const fake = () => {
    const path = join(mkdtempSync(join(tmpdir(), 'encodergym-ffmpeg-')), 'ffmpeg');
    writeFileSync(path, '#!/bin/sh\necho "ffmpeg version 9.8.7 Copyright"\n');
    chmodSync(path, 0o755);
    return path;
  };

  test('of FFMPEG_BIN comes first', async () => {
    const path = fake();
    const { video } = await report({ FFMPEG_BIN: path });
    expect(video).toMatchObject({ name: 'FFMPEG_BIN', version: '9.8.7', path });
  });

  test('of FFMPEG_BIN that is not there is told', async () => {
    const { video } = await report({ FFMPEG_BIN: '/nowhere/ffmpeg' });
    expect(video.others.FFMPEG_BIN).toBe('cannot be run: /nowhere/ffmpeg');
    expect(video.name).toMatch(/ffmpeg|h264-mp4-encoder/);
  });
});

test('the features of a processor are read where Linux lists them', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'encodergym-cpu-')), 'cpuinfo');
  writeFileSync(path, 'model name\t: X\nflags\t\t: fpu avx2 avx512f avx512_vnni\n\nflags\t\t: fpu\n');
  expect(describeCpu(path).features).toEqual(['AVX2', 'AVX-512', 'VNNI']);
  expect(describeCpu('/nowhere').features).toEqual([]);
});

test('--help shows an example', async () => {
  expect(await doctor({}, '--help')).toMatch(/Example:\n {2}npm run doctor/);
});
