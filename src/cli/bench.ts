/**
 * @file `npm run bench`: how fast, and how fast against a peer measured in the same run.
 *
 *   npm run bench -- pretrain --arch resnet50 --stem imagenet --batch 64 --threads 2 --peer "python3 peer.py"
 *   npm run bench -- augment --peer "python3 peer.py"
 *
 * A peer is any command whose last line of JSON has `images_per_second` or `views_per_second`.
 */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { Command, Option } from 'commander';
import { measureAugmentation } from '../data/index.js';
import { UserError } from '../errors.js';
import { headSizes } from '../encoders/index.js';
import { measureSteps, median, OPTIONS } from '../pretrain/index.js';
import { useEngine } from '../tensor/index.js';
import { onRun, runCommand } from './command.js';

/** The peer and we take turns this often, so that a change of the machine's mood hits both. */
const ROUNDS = 2;

interface Comparison {
  rate: number;
  peer?: Record<string, unknown>;
  peerRate?: number;
  ratio?: number;
  loadAverage: number;
}

const wholeNumber = (name: string) => (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UserError(`--${name}: expected a whole number from 1, found "${text}".`);
  }
  return value;
};

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UserError(`--seconds: expected a number above 0, found "${text}".`);
}

/** Measures us, and the peer in turn; prints rates, ratio and how busy the machine was before. */
async function compare(
  unit: string,
  measure: () => number | Promise<number>,
  peer?: string,
): Promise<Comparison> {
  const loadAverage = loadavg()[0];
  console.log(`Load average before: ${loadAverage.toFixed(2)} on ${availableParallelism()} cores.`);
  if (loadAverage > 0.5) console.log('Warning: the machine is busy; rates and ratios will be off.');
  const key = `${unit}_per_second`;
  const ours: number[] = [];
  const theirs: number[] = [];
  let report: Record<string, unknown> | undefined;
  for (let round = 0; round < (peer === undefined ? 1 : ROUNDS); round++) {
    ours.push(await measure());
    console.log(`encodergym: ${ours[round].toFixed(1)} ${unit}/s`);
    if (peer === undefined) continue;
    report = await runPeer(peer, key);
    theirs.push(report[key] as number);
    console.log(`peer:       ${theirs[round].toFixed(1)} ${unit}/s`);
  }
  const rate = median(ours);
  if (report === undefined) return { rate, loadAverage };
  const peerRate = median(theirs);
  console.log(`ratio:      ${(rate / peerRate).toFixed(2)}`);
  return { rate, peer: report, peerRate, ratio: rate / peerRate, loadAverage };
}

/** Runs a command; the last line of its stdout that is a JSON object with a number under `key`. */
async function runPeer(peer: string, key: string): Promise<Record<string, unknown>> {
  const child = spawn(peer, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const lines = output.split('\n').reverse();
  for (const line of lines) {
    if (!line.trimStart().startsWith('{')) continue;
    try {
      const report = JSON.parse(line) as Record<string, unknown>;
      if (typeof report[key] === 'number') return report;
    } catch {
      // Not JSON after all: the line above may be.
    }
  }
  throw new UserError(
    `The peer "${peer}" ended with code ${code ?? 'none'} and printed no JSON line with "${key}". Run it by itself to see why.`,
  );
}

const peerOption = () =>
  new Option('--peer <command>', 'command to measure in turn with us, in the same run');

interface PretrainFlags {
  arch: string;
  stem: string;
  width?: number;
  mlp: string;
  batch: number;
  size: number;
  steps: number;
  warmup: number;
  threads?: number;
  engine?: string;
  peer?: string;
}

const command = new Command('bench').description('Measure speed, alone or against a peer in the same run.');

const pretrainBench = command
  .command('pretrain')
  .description(
    'Whole training steps on random views: forward of both, VICReg, backward, LARS. Counts source images.',
  )
  .addOption(
    new Option('--arch <name>', 'encoder').choices([...(OPTIONS.arch.names ?? [])]).default('resnet50'),
  )
  .addOption(
    new Option('--stem <name>', 'first layers').choices([...(OPTIONS.stem.names ?? [])]).default('imagenet'),
  )
  .option('--width <n>', "channels of the first stage (the architecture's own)", wholeNumber('width'))
  .option('--mlp <sizes>', "sizes of the projector's layers", '2048-2048-2048')
  .option('--batch <n>', 'images a step', wholeNumber('batch'), 64)
  .option('--size <n>', 'side of the images', wholeNumber('size'), 32)
  .option('--steps <n>', 'steps to measure', wholeNumber('steps'), 6)
  .option('--warmup <n>', 'steps before', wholeNumber('warmup'), 2)
  .option('--threads <n>', 'threads of the engine (all cores)', wholeNumber('threads'))
  .option('--engine <name>', 'engine')
  .addOption(peerOption());

const augmentBench = command
  .command('augment')
  .description('Augmented views a second on one core.')
  .option('--seconds <n>', 'how long to measure, after a second of warming up', positive, 5)
  .addOption(peerOption());

command.addHelpText(
  'after',
  `
Examples:
  npm run bench -- pretrain --arch resnet18 --stem cifar --batch 32
  npm run bench -- pretrain --arch resnet50 --batch 64 --threads 2 --peer "python3 peer.py"
  npm run bench -- augment

A peer is a command that prints a line of JSON with images_per_second (pretrain) or views_per_second (augment).`,
);
onRun(pretrainBench, async (flags: PretrainFlags) => {
  headSizes(1, flags.mlp);
  const engine = await useEngine(flags.engine, { threads: flags.threads });
  const { arch, stem, mlp, batch } = flags;
  console.log(
    `${arch}, ${stem} stem, projector ${mlp}, batch ${batch}, ${engine.name}, ${engine.threads} threads`,
  );
  const result = await compare(
    'images',
    () => measureSteps({ ...flags, width: flags.width, batchSize: batch }),
    flags.peer,
  );
  return { ...result, engine: engine.name, threads: engine.threads, arch, stem, mlp, batch };
});
onRun(augmentBench, ({ seconds, peer }: { seconds: number; peer?: string }) =>
  compare('views', () => measureAugmentation({ seconds }), peer),
);
await runCommand(command);
