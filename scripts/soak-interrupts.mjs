/**
 * @file Interrupts the whole comparison with Ctrl-C at random moments, gives the same command again, and at the end
 * compares what came of it with an undisturbed run: networks bit for bit, numbers of the report, videos. Given once more,
 * the command must find everything done.
 *
 *   npm run build && node scripts/soak-interrupts.mjs [--interrupts 10] [--seed 0] [--preset small|quick|...]
 *
 * The small comparison has an encoder, probes of it and others, agents from pixels, their videos, the report; quick is
 * what npm start runs. One that ends before all interruptions are made is compared, removed and begun anew. Prints a line
 * an interruption; exit code 1 when something differs.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadSafetensors } from '../build/src/encoders/index.js';
import { Generator } from '../build/src/random/index.js';

const option = (value) => ({ type: 'string', default: String(value) });
const { values } = parseArgs({
  options: {
    interrupts: option(10),
    seed: option(0),
    dataset: option('fashion-mnist-mini'),
    'data-dir': option('data'),
    preset: option('small'),
    // Of the small one.
    epochs: option(2),
    steps: option(2048),
  },
});
const interrupts = Number(values.interrupts);
const rng = new Generator(Number(values.seed));
const script = fileURLToPath(new URL('../build/src/cli/compare.js', import.meta.url));
const top = mkdtempSync(join(tmpdir(), 'encodergym-soak-'));
const preset = values.preset === 'small' ? smallPreset() : values.preset;

/** Writes the small comparison's plan. */
function smallPreset() {
  const recipe = join(top, 'recipe.json');
  const net = { arch: 'resnet18', width: 4, stem: 'imagenet', mlp: '16-16', 'batch-size': 32 };
  const pace = { epochs: Number(values.epochs), 'warmup-epochs': 0.5, 'checkpoint-minutes': 0.01 };
  writeFileSync(recipe, JSON.stringify({ ...net, ...pace }));
  const { dataset } = values;
  const threads = { threads: 1, 'num-workers': 1 };
  const encoders = {
    ssl: '{ssl}/encoder.safetensors',
    supervised: '{probes}/encoders/supervised-0/encoder.safetensors',
  };
  const stages = {
    ssl: { command: 'pretrain', minutes: 1, options: { config: recipe, dataset, ...threads } },
    probes: {
      command: 'eval:classify',
      minutes: 1,
      options: {
        dataset,
        encoder: `ssl=${encoders.ssl},supervised`,
        protocol: 'knn,linear',
        k: 5,
        'linear-epochs': 2,
        recipe,
        'checkpoint-minutes': 0.01,
        ...threads,
      },
    },
    agents: {
      command: 'eval:rl',
      minutes: 1,
      options: {
        config: fileURLToPath(new URL('../configs/rl/ppo-CartPole-v1-pixels.json', import.meta.url)),
        encoder: `ssl=${encoders.ssl},supervised=${encoders.supervised}`,
        size: 32,
        grid: 2,
        steps: Number(values.steps),
        evaluations: 4,
        'eval-episodes': 2,
        seeds: 1,
      },
    },
  };
  const path = join(top, 'small.json');
  writeFileSync(path, JSON.stringify({ title: 'Interrupted', stages }));
  return path;
}

/** Starts or goes on with the comparison in a folder of its own, which holds runs and recordings. */
function start(folder) {
  mkdirSync(folder, { recursive: true });
  const configs = join(folder, 'configs'); // that presets name
  if (!existsSync(configs)) symlinkSync(fileURLToPath(new URL('../configs', import.meta.url)), configs);
  const flags = ['--preset', preset, '--run-name', 'soak', '--data-dir', resolve(values['data-dir'])];
  const child = spawn(process.execPath, [script, ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const ended = new Promise((done) =>
    child.on('close', (code, signal) => done({ code: code ?? signal, output })),
  );
  return { child, ended };
}

/** What it was doing when it was stopped: the last stage that it named. */
const stageOf = (output) => output.match(/^\[\d\/\d\] \w+/gm)?.at(-1) ?? 'before the first stage';

/** Runs to the end with Ctrl-C at random moments, `left` times at most. @returns how often it was stopped */
async function disturb(folder, left, longestPause) {
  for (let stopped = 0; ;) {
    const { child, ended } = start(folder);
    const pause = rng.uniform(0, longestPause);
    const first = stopped < left ? await Promise.race([ended, sleep(1000 * pause)]) : await ended;
    if (first === undefined) child.kill('SIGINT');
    const { code, output } = await ended;
    if (code === 0) return stopped;
    // It may have been stopped before it listens to signals.
    if (first !== undefined || ![130, 'SIGINT'].includes(code)) {
      throw new Error(`The comparison ended with ${code}:\n${output}`);
    }
    stopped++;
    console.log(
      `interruption ${made + stopped} of ${interrupts}: ${pause.toFixed(2)} s after its start, ${stageOf(output)}`,
    );
  }
}

/** What a finished comparison came to, by name; equal texts and bytes are equal results. */
function resultsOf(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const found = new Map();
  for (const file of files) {
    const path = join(folder, file);
    if (/(encoder|agent)\.safetensors$/.test(file)) {
      for (const [name, { data }] of loadSafetensors(path).tensors) {
        found.set(
          `${file}: ${name}`,
          Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        );
      }
    } else if (file.endsWith('report.csv')) {
      const untimed = (line) => !/,(seconds|seconds_per_run|images_per_second|joules),/.test(line);
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(untimed)
        .forEach((line, i) => found.set(`${file}:${i}`, line));
    } else if (file.endsWith('.mp4')) {
      const { date, ...facts } = JSON.parse(readFileSync(path.replace(/mp4$/, 'json'), 'utf8'));
      found.set(file, JSON.stringify({ ...facts, made: date !== undefined }));
    }
  }
  return found;
}

/** The first thing that is not the same. */
function firstDifference(expected, found) {
  const names = [...new Set([...expected.keys(), ...found.keys()])];
  return names.find((name) => expected.get(name) !== found.get(name));
}

let made = 0;
try {
  const begun = Date.now();
  const undisturbed = await start(join(top, 'undisturbed')).ended;
  if (undisturbed.code !== 0) throw new Error(`The undisturbed run failed:\n${undisturbed.output}`);
  const stages = new Set(undisturbed.output.match(/^\[\d\/\d\] \w+/gm)).size;
  const expected = resultsOf(join(top, 'undisturbed'));
  // Long enough that all stages have their share of the interruptions, although each costs a start.
  const longestPause = (2.5 * (Date.now() - begun)) / 1000 / Math.max(interrupts, 4);
  while (made < interrupts) {
    const folder = join(top, 'disturbed');
    const stopped = await disturb(folder, interrupts - made, longestPause);
    made += stopped;
    const again = await start(folder).ended;
    if (again.code !== 0 || again.output.match(/: there already, /g)?.length !== stages) {
      throw new Error(`The finished comparison did not find everything done:\n${again.output}`);
    }
    const differs = firstDifference(expected, resultsOf(folder));
    if (differs !== undefined) {
      console.log(`${made} interruptions: ${differs} differs from the undisturbed run.`);
      process.exitCode = 1;
      break;
    }
    console.log(`After ${stopped} interruptions: ${expected.size} results, all the same as undisturbed.`);
    rmSync(folder, { recursive: true });
  }
} finally {
  rmSync(top, { recursive: true, force: true });
}
