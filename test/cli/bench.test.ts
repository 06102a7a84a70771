/** @file `npm run bench` in short, with a peer that is a process. */
import { describe, expect, test } from '@jest/globals';
import { runCli } from './run-cli.js';

const NET = '--arch resnet18 --width 4 --mlp 16-16 --batch 4 --steps 1 --warmup 1 --threads 1'.split(' ');
const peer = (line: string) => `node -e 'console.log(${JSON.stringify(line)})'`;

describe('bench pretrain', () => {
  test('measures whole steps against a peer, in turn', async () => {
    const line = '{"images_per_second": 2.5, "torch": "9.9"}';
    const { code, result } = await runCli('bench', 'pretrain', ...NET, '--json', '--peer', peer(line));
    expect(code).toBe(0);
    expect(result).toMatchObject({
      arch: 'resnet18',
      threads: 1,
      batch: 4,
      peerRate: 2.5,
      peer: { torch: '9.9' },
    });
    expect(result.rate).toBeGreaterThan(0);
    expect(result.ratio).toBeCloseTo((result.rate as number) / 2.5, 9);
  });

  test('a peer that prints no rate is an error that names it', async () => {
    const { code, stderr } = await runCli('bench', 'pretrain', ...NET, '--peer', 'echo nothing; exit 3');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/"echo nothing; exit 3" ended with code 3/)]);
  });
});

test('bench augment measures views', async () => {
  const { code, result } = await runCli('bench', 'augment', '--seconds', '0.2', '--json');
  expect(code).toBe(0);
  expect(result.rate).toBeGreaterThan(0);
});

test('bench classify measures embedding against a peer, and the probes', async () => {
  const sizes = '--arch resnet18 --images 8 --bank 40 --queries 10 --dim 4 --threads 1'.split(' ');
  const line = '{"images_per_second": 2.5}';
  const { code, result } = await runCli('bench', 'classify', ...sizes, '--json', '--peer', peer(line));
  expect(code).toBe(0);
  const { rate, ratio } = result.embedding as { rate: number; ratio: number };
  expect(ratio).toBeCloseTo(rate / 2.5, 9);
  const { kNN, linear, linearOne } = result.seconds as Record<string, number>;
  expect(Math.min(rate, kNN, linear, linearOne)).toBeGreaterThan(0);
});

test('bench envs measures all against their targets', async () => {
  const { code, stdout, result } = await runCli('bench', 'envs', '--seconds', '0.03', '--json');
  expect(code).toBe(0);
  const results = result.results as { name: string; rate: number; target: number; reached: boolean }[];
  expect(results.length).toBeGreaterThan(8);
  for (const { name, rate, target, reached } of results) {
    expect(rate).toBeGreaterThan(0);
    expect(reached).toBe(rate >= target);
    expect(stdout).toContain(`\n${name} `);
  }
});

describe('of several ranks', () => {
  const small = '--arch resnet18 --width 4 --mlp 16-16 --batch 4 --steps 1'.split(' ');

  test('bench ddp measures every transport, and steps alone, apart and together', async () => {
    const { code, stdout, result } = await runCli('bench', 'ddp', ...small, '--seconds', '0.05', '--json');
    expect(code).toBe(0);
    const { allReduce, sizes, ...found } = result as Record<string, number> & {
      allReduce: Record<string, number[]>;
      sizes: number[];
    };
    for (const milliseconds of Object.values(allReduce)) {
      expect(milliseconds).toHaveLength(sizes.length);
      expect(Math.min(...milliseconds)).toBeGreaterThan(0);
    }
    expect(Object.keys(allReduce)).toContain('Unix sockets');
    expect(found.scaling).toBeCloseTo((2 * found.alone) / found.together, 9);
    expect(found.limit).toBeCloseTo((2 * found.alone) / found.apart, 9);
    expect(stdout).toMatch(/2 ranks as one +\d+\.\d images\/s: \d\.\d\d times/);
  });

  test('bench scaling checks its model on ranks, and goes on to 1,024', async () => {
    const { code, result } = await runCli('bench', 'scaling', ...small, '--json');
    expect(code).toBe(0);
    const { shape, rows } = result as {
      shape: { compute: number };
      rows: { worldSize: number; seconds: number; loss: number }[];
    };
    expect(rows.map(({ worldSize }) => worldSize)).toEqual(Array.from({ length: 11 }, (_, i) => 2 ** i));
    expect(rows[0]).toMatchObject({ seconds: shape.compute, loss: 0 });
    // Each rank's part of the covariances is as much work however many ranks there are.
    expect(rows[10].loss).toBe(rows[9].loss);
    for (const { seconds } of rows.slice(1)) expect(seconds).toBeGreaterThan(shape.compute);
  });
});
