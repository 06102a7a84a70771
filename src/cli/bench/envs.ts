/**
 * @file `npm run bench -- envs`: steps and frames a second of environments, on one thread.
 *
 *   npm run bench -- envs --seconds 2
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { AddRenderObservation, listEnvs, make, makeVec, type Env } from '../../envs/index.js';
import { median } from '../../pretrain/index.js';
import { createPainter, VideoFile } from '../../recording/index.js';
import { onRun } from '../command.js';
import { formatTable } from '../../report/index.js';
import { positive, printLoad } from './compare.js';

/** Does some of the work that is measured; how much, in the measure's unit. */
type Work = () => number | Promise<number>;

interface Measure {
  name: string;
  unit: 'steps' | 'frames';
  /** A second, at least. */
  target: number;
  /** Environments that it needs. */
  id: string;
  prepare: () => Work;
}

/** The median of so many. */
const ROUNDS = 3;
const VECTOR = 1024;
/** Actions sampled before, where sampling shall not count. */
const ACTIONS = 1024;
const VIDEO_FRAMES = 300;

/** Plays episodes one after the other. */
function play(env: Env, steps: number, nextAction: () => unknown): Work {
  env.actionSpace.seed(0);
  env.reset({ seed: 0 });
  return () => {
    for (let i = 0; i < steps; i++) {
      const { terminated, truncated } = env.step(nextAction());
      if (terminated || truncated) env.reset();
    }
    return steps;
  };
}

const sampled = (env: Env, steps = 1000) => play(env, steps, () => env.actionSpace.sample());

function bare(id: string): Work {
  const { unwrapped: env } = make(id);
  env.actionSpace.seed(0);
  const actions = Array.from({ length: ACTIONS }, () => env.actionSpace.sample());
  let next = 0;
  return play(env, 1000, () => actions[next++ % ACTIONS]);
}

function vector(id: string): Work {
  const envs = makeVec(id, VECTOR);
  envs.actionSpace.seed(0);
  const actions = Array.from({ length: 16 }, () => envs.actionSpace.sample());
  let next = 0;
  envs.reset({ seed: 0 });
  return () => {
    for (let i = 0; i < 16; i++) envs.step(actions[next++ % 16]);
    return 16 * VECTOR;
  };
}

/** Steps and draws on the painter of videos; what is done with the frame. */
function canvasFrames(id: string, use: (frame: Uint8Array) => unknown): () => unknown {
  const env = make(id);
  const painter = createPainter(env.screen ?? { width: 2, height: 2 });
  const step = sampled(env, 1);
  return () => {
    void step();
    env.draw?.(painter);
    return use(painter.read());
  };
}

function canvas(id: string): Work {
  const draw = canvasFrames(id, (frame) => frame.length);
  return async () => {
    for (let i = 0; i < 20; i++) draw();
    // The canvas frees its frames when the event loop turns.
    await new Promise(setImmediate);
    return 20;
  };
}

function video(id: string): Work {
  return async () => {
    const { screen = { width: 2, height: 2 }, fps } = make(id);
    const { format } = createPainter(screen);
    const folder = mkdtempSync(join(tmpdir(), 'encodergym-bench-'));
    try {
      const file = await VideoFile.create(join(folder, 'video.mp4'), { ...screen, fps, format });
      const write = canvasFrames(id, (frame) => file.write(frame));
      for (let i = 0; i < VIDEO_FRAMES; i++) await write();
      await file.finish();
      return VIDEO_FRAMES;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const pixels = (id: string, channels: 1 | 3) => () =>
  sampled(new AddRenderObservation(make(id), { width: 84, height: 84, channels }), 100);

const [cartPole, lander] = ['CartPole-v1', 'LunarLander-v3'];
const whole = (id: string, target: number): Measure => ({
  name: `${id}, make() and sampled actions`,
  unit: 'steps',
  target,
  id,
  prepare: () => sampled(make(id)),
});

const MEASURES: readonly Measure[] = [
  whole(cartPole, 1e6),
  { name: `${cartPole}, bare`, unit: 'steps', target: 3e6, id: cartPole, prepare: () => bare(cartPole) },
  {
    name: `${cartPole}, vector of ${VECTOR}`,
    unit: 'steps',
    target: 10e6,
    id: cartPole,
    prepare: () => vector(cartPole),
  },
  whole('Acrobot-v1', 1e6),
  whole('Pendulum-v1', 1e6),
  whole(lander, 10e3),
  {
    name: `${cartPole}, 84x84 grey`,
    unit: 'frames',
    target: 20e3,
    id: cartPole,
    prepare: pixels(cartPole, 1),
  },
  {
    name: `${cartPole}, 84x84 RGB`,
    unit: 'frames',
    target: 20e3,
    id: cartPole,
    prepare: pixels(cartPole, 3),
  },
  {
    name: `${cartPole}, 600x400 canvas`,
    unit: 'frames',
    target: 1000,
    id: cartPole,
    prepare: () => canvas(cartPole),
  },
  {
    name: `${cartPole}, 600x400 mp4`,
    unit: 'frames',
    target: 250,
    id: cartPole,
    prepare: () => video(cartPole),
  },
];

/** How much a second, after a fifth of the time to warm up. */
async function rate(work: Work, seconds: number): Promise<number> {
  const run = async (duration: number): Promise<number> => {
    const begun = performance.now();
    let done = 0;
    for (;;) {
      done += await work();
      const elapsed = (performance.now() - begun) / 1000;
      if (elapsed >= duration) return done / elapsed;
    }
  };
  await run(seconds / 5);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rates.push(await run(seconds / ROUNDS));
  return median(rates);
}

const format = (value: number) => Math.round(value).toLocaleString('en-US');

export const envsBench = new Command('envs')
  .description('Steps and frames a second of environments, on one thread, against their targets.')
  .option('--seconds <n>', 'how long to measure each', positive, 2)
  .addHelpText('after', '\nExample:\n  npm run bench -- envs --seconds 2 --json');

onRun(envsBench, async ({ seconds }: { seconds: number }) => {
  const loadAverage = printLoad();
  const known = new Set(listEnvs().map(({ id }) => id));
  const results = [];
  for (const { name, unit, target, id, prepare } of MEASURES) {
    if (!known.has(id)) continue;
    const measured = await rate(prepare(), seconds);
    results.push({ name, unit, target, rate: measured, reached: measured >= target });
  }
  const rows = results.map(({ name, unit, target, rate, reached }) => [
    name,
    `${unit}/s`,
    format(rate),
    format(target),
    reached ? 'reached' : 'missed',
  ]);
  console.log(formatTable([['', '', 'measured', 'target', ''], ...rows], [2, 3]));
  return { loadAverage, results };
});
