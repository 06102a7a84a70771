/**
 * @file Kills random ranks of a training at random moments, again and again, and compares what comes of it with an
 * undisturbed run: nothing may be lost, bit for bit.
 *
 *   npm run build && node scripts/soak-kills.mjs [--kills 50] [--ranks 2] [--backend ring|mpi] [--seed 0] [--pause 4]
 *
 * Prints a line a kill, and at the end how the two runs compare; exit code 1 when they differ. Linux only.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Generator } from '../build/src/random/index.js';

const option = (value) => ({ type: 'string', default: String(value) });
const { values } = parseArgs({
  options: {
    kills: option(50),
    ranks: option(2),
    backend: option('ring'),
    seed: option(0),
    // Seconds between a start and a kill, at most.
    pause: option(4),
    epochs: option(3),
    'data-dir': option('data'),
  },
});
const kills = Number(values.kills);
const rng = new Generator(Number(values.seed));
const script = fileURLToPath(new URL('../build/src/cli/pretrain.js', import.meta.url));
const expDir = mkdtempSync(join(tmpdir(), 'encodergym-soak-'));

/** Starts a small training with a checkpoint every half second. */
function start(name) {
  const net = '--arch resnet18 --width 4 --stem imagenet --mlp 24-24 --batch-size 48 --warmup-epochs 1';
  const pace = `--epochs ${values.epochs} --eval-run-at 100 --checkpoint-minutes 0.008 --threads 1 --num-workers 1`;
  const job = `--nproc-per-node ${values.ranks} --backend ${values.backend} --max-restarts ${kills}`;
  const place = ['--data-dir', values['data-dir'], '--exp-dir', expDir, '--run-name', name];
  const child = spawn(process.execPath, [script, ...`${net} ${pace} ${job}`.split(' '), ...place], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const ended = new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
  return { child, ended };
}

/** The ranks that a launcher has started, below mpirun where that is between. */
function ranksBelow(pid) {
  const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => {
    const [program = '', file] = read(`/proc/${child}/cmdline`).split('\0');
    return program.endsWith('node') && file === script ? [child] : ranksBelow(child);
  });
}

/** Kills one rank after the other, each from another set of ranks; how often, until the run ended. */
async function disturb({ child, ended }) {
  let over = false;
  void ended.then(() => (over = true));
  let victims = [];
  let count = 0;
  while (count < kills && !over) {
    const ranks = ranksBelow(child.pid).filter((pid) => !victims.includes(pid));
    if (ranks.length < Number(values.ranks)) {
      await sleep(10);
      continue;
    }
    const pause = rng.uniform(0, Number(values.pause));
    const victim = ranks[rng.integers(0, ranks.length)];
    await sleep(1000 * pause);
    if (over) break;
    victims = ranks;
    if (!existsSync(`/proc/${victim}`)) continue;
    process.kill(victim, 'SIGKILL');
    count++;
    console.log(`kill ${count} of ${kills}: process ${victim}, ${pause.toFixed(2)} s after its start`);
  }
  return count;
}

/** A run's files that must be the same: the newest checkpoint and the encoder. */
function results(name) {
  const folder = join(expDir, name);
  const newest = readdirSync(join(folder, 'checkpoints'))
    .filter((file) => file.endsWith('.safetensors'))
    .sort()
    .at(-1);
  return {
    newest,
    files: [join('checkpoints', newest), 'encoder.safetensors'].map((file) => join(folder, file)),
  };
}

try {
  const undisturbed = await start('undisturbed').ended;
  if (undisturbed.code !== 0) throw new Error(`The undisturbed run failed:\n${undisturbed.output}`);
  const job = start('disturbed');
  const done = await disturb(job);
  const { code, output } = await job.ended;
  if (code !== 0) throw new Error(`The disturbed run failed with code ${code}:\n${output}`);
  if (done < kills) throw new Error(`The run ended after ${done} kills: give it more --epochs.`);
  const [expected, found] = [results('undisturbed'), results('disturbed')];
  const differs = await firstDifference(expected, found);
  console.log(
    differs === undefined
      ? `${done} kills: the run ended at ${found.newest}, bit for bit as undisturbed.`
      : `${done} kills: ${differs} differs from the undisturbed run.`,
  );
  process.exitCode = differs === undefined ? 0 : 1;
} finally {
  rmSync(expDir, { recursive: true, force: true });
}

/** The first tensor that is not the same; of checkpoints, whose headers have the time, too. */
async function firstDifference(expected, found) {
  const { loadSafetensors } = await import('../build/src/encoders/index.js');
  if (expected.newest !== found.newest) return found.newest;
  for (const [i, file] of expected.files.entries()) {
    const [a, b] = [file, found.files[i]].map((path) => loadSafetensors(path).tensors);
    if ([...a.keys()].join() !== [...b.keys()].join()) return file;
    for (const [name, { data }] of a) {
      const bytes = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      if (!bytes(data).equals(bytes(b.get(name).data))) return `${file}: ${name}`;
    }
  }
  return undefined;
}
