/** @file `npm run pretrain -- --nproc-per-node 2` as users run it: equal to one process, killed, restarted, stopped. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSafetensors } from '../../src/encoders/index.js';
import { hasMpi, isAlive, scriptsBelow } from '../ddp/processes.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { startCli } from './run-cli.js';

const NET =
  '--arch resnet18 --width 4 --stem imagenet --mlp 24-24 --batch-size 16 --warmup-epochs 1 --threads 1 --num-workers 1';

let dataDir: string;
let expDir: string;

beforeAll(() => {
  dataDir = tinyCifar();
  expDir = mkdtempSync(join(tmpdir(), 'encodergym-ranks-'));
});

const train = (name: string, epochs: number, ...more: string[]) =>
  startCli(
    'pretrain',
    ...NET.split(' '),
    ...['--dataset', 'cifar10', '--data-dir', dataDir, '--exp-dir', expDir],
    ...['--run-name', name, '--epochs', String(epochs), '--eval-run-at', '100', ...more],
  );

/** Leaves no room on a disk. */
function fillUp(folder: string): void {
  const file = openSync(join(folder, 'filler'), 'w');
  try {
    for (;;) writeSync(file, new Uint8Array(4096));
  } catch {
    // full
  } finally {
    closeSync(file);
  }
}

function checkpoints(name: string, runs = expDir): string[] {
  const folder = join(runs, name, 'checkpoints');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => join(folder, file))
    .sort();
}

const finalState = (name: string) =>
  new Map(
    [...loadSafetensors(checkpoints(name).at(-1)!).tensors].map(([key, { data }]) => [
      key,
      data as Float32Array,
    ]),
  );

const ranksOf = (launcher: ChildProcess) => scriptsBelow(launcher.pid!, 'pretrain.js');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

test('two ranks train as one process does', async () => {
  const [one, two] = [train('one', 2), train('two', 2, '--nproc-per-node', '2')];
  const [{ code }, ended] = await Promise.all([one.ended, two.ended]);
  expect([code, ended.code, ended.stderr]).toEqual([0, 0, '']);
  expect(ended.stdout.match(/kNN of raw pixels/g)).toHaveLength(1); // rank 0 alone prints
  expect(ended.stdout).toMatch(/held-out kNN, trained encoder +\d/);
  for (const rank of [0, 1]) {
    expect(readFileSync(join(expDir, 'two', `rank-${rank}.log`), 'utf8')).toMatch(/Engine: /);
  }
  const [expected, found] = [finalState('one'), finalState('two')];
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) {
    const distance = Math.hypot(...values.map((value, i) => value - found.get(name)![i]));
    expect([name, distance < 1e-3 * Math.max(1, Math.hypot(...values))]).toEqual([name, true]);
  }
});

test('what cannot be is refused', async () => {
  const { code, stderr } = await train('odd', 1, '--nproc-per-node', '3').ended;
  expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be shared evenly by 3 ranks')]);
});

(process.platform === 'linux' ? describe : describe.skip)('with processes that are lost', () => {
  test('killed ranks: all start again from the last checkpoint, and nothing is lost', async () => {
    const flags = ['--nproc-per-node', '2', '--max-restarts', '2'];
    const { child, ended } = train('killed', 6, ...flags);
    const undisturbed = train('undisturbed', 6, '--nproc-per-node', '2');
    // As soon as there is a run to go on with, and once it has a checkpoint.
    await until(() => existsSync(join(expDir, 'killed', 'config.json')));
    process.kill(ranksOf(child)[1], 'SIGKILL');
    await until(() => checkpoints('killed').length > 0 && ranksOf(child).length === 2);
    process.kill(ranksOf(child)[1], 'SIGKILL');
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/rank 1 \(host \S+, process \d+\) died[^]*Rank 1 \(.*\) ended by SIGKILL/);
    expect(stderr).toContain('Starting all 2 ranks again from the last checkpoint (2 of 2).');
    expect(code).toBe(0);
    expect((await undisturbed.ended).code).toBe(0);
    expect(finalState('killed')).toEqual(finalState('undisturbed'));
  });

  (hasMpi() ? test : test.skip)('over MPI: a killed rank, a new start, and SIGTERM', async () => {
    const flags = ['--nproc-per-node', '2', '--backend', 'mpi', '--max-restarts', '1'];
    const { child, ended } = train('mpi', 1000, ...flags);
    await until(() => checkpoints('mpi').length > 0);
    const first = ranksOf(child);
    process.kill(first[1], 'SIGKILL');
    await until(() => ranksOf(child).some((pid) => !first.includes(pid)));
    const [newest] = checkpoints('mpi').slice(-1);
    await until(() => checkpoints('mpi').at(-1)! > newest);
    const second = ranksOf(child);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain('Starting all 2 ranks again from the last checkpoint (1 of 1).');
    expect([code, stdout]).toEqual([143, expect.stringContaining('Go on with:')]);
    expect([...first, ...second].filter(isAlive)).toEqual([]);
  });

  (process.getuid?.() === 0 ? test : test.skip)('a full disk at a checkpoint (root only)', async () => {
    const folder = join(expDir, 'small-disk');
    mkdirSync(folder);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status === 0;
    if (!mounted) return console.log('Not tested, as nothing can be mounted here: a full disk.');
    try {
      const flags = ['--nproc-per-node', '2', '--max-restarts', '3', '--keep', '1', '--exp-dir', folder];
      const { child, ended } = train('full', 1000, ...flags);
      const kept = () => checkpoints('full', folder);
      await until(() => kept().length > 0);
      const ranks = ranksOf(child);
      fillUp(folder);
      const { code, stderr } = await ended;
      // It is not tried again: that would only end in the same way.
      expect([code, stderr]).toEqual([2, expect.stringMatching(/no space left|disk is full/i)]);
      expect(stderr).not.toContain('Starting all');
      expect(ranks.filter(isAlive)).toEqual([]);
      expect(loadSafetensors(kept().at(-1)!).tensors.size).toBeGreaterThan(100); // the last good one
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  test('without restarts the job ends, and no process stays behind', async () => {
    const { child, ended } = train('dead', 1000, '--nproc-per-node', '2');
    await until(() => checkpoints('dead').length > 0);
    const ranks = ranksOf(child);
    process.kill(ranks[0], 'SIGKILL');
    const { code } = await ended;
    expect(code).toBe(1);
    expect(ranks.filter(isAlive)).toEqual([]);
  });

  test('SIGTERM to the launcher leaves a checkpoint and ends every process', async () => {
    const { child, ended } = train('stopped', 1000, '--nproc-per-node', '2');
    await until(() => checkpoints('stopped').length > 0);
    const ranks = ranksOf(child);
    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    expect(code).toBe(143);
    expect(stdout).toContain('Go on with:');
    expect(ranks.filter(isAlive)).toEqual([]);
    // Another number of ranks can go on with it.
    const step = /Stopped after step \d+/.exec(stdout)![0];
    const folders = ['--exp-dir', expDir, '--data-dir', dataDir];
    const again = await startCli(
      'pretrain',
      '--resume',
      '--run-name',
      'stopped',
      ...folders,
      '--time-budget',
      '0',
    ).ended;
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(step)]);
  });

  test('ranks whose launcher is killed end, too', async () => {
    const { child } = train('orphans', 1000, '--nproc-per-node', '2');
    await until(() => checkpoints('orphans').length > 0);
    const ranks = ranksOf(child);
    child.kill('SIGKILL');
    await until(() => !ranks.some(isAlive));
  });
});
