/**
 * @file `npm run bench -- scaling`: how long a step takes on many ranks, by a model whose numbers are measured here, for
 * a network whose latency and bandwidth are given. Checked on this machine's own ranks first.
 */
import { Command } from 'commander';
import { median, vicregWork, type RankSeconds, type StepShape } from '../../pretrain/index.js';
import { onRun } from '../command.js';
import { positive, printLoad, wholeNumber } from './compare.js';
import { runRanks } from './ddp.js';
import { addNetworkOptions, speedOptions, type NetworkFlags } from './network.js';

interface ScalingFlags extends NetworkFlags {
  ranks: number;
  latency: number;
  gigabits: number;
}

/** What connects the ranks. */
interface Network {
  /** Seconds until a message is there. */
  latency: number;
  /** Seconds of work for each message that a rank sends and reads. */
  perMessage: number;
  /** Bytes a second of each rank. */
  bandwidth: number;
}

/** Seconds that the thread which owns the sockets works for a message, sent and read; measured on Unix sockets. */
const PER_MESSAGE = 20e-6;
/** Share of a step's computation in which sums of gradients can hide: backward is two thirds, its first layers are last. */
const HIDDEN = 0.6;

/**
 * Seconds of a step on W ranks. Computation does not depend on W but for the loss. The sums of SyncBatchNorm are waited
 * for: a message to each other rank, all at once, then as many to read. So is what the loss wants of the others: embeddings,
 * gathered and their gradients scattered, or, of many ranks, the sums of covariances and of their gradients. Gradients go
 * round twice while backward goes on, and what does not fit into that is waited for.
 */
export function stepSeconds(
  { compute, rows, columns, lossPerProduct, smallSums, gradientBytes }: StepShape,
  { latency, perMessage, bandwidth }: Network,
  worldSize: number,
) {
  const others = worldSize - 1;
  const work = vicregWork(rows, columns, worldSize);
  const loss = lossPerProduct * (work.products - vicregWork(rows, columns, 1).products);
  const statistics = smallSums * (others === 0 ? 0 : latency + others * perMessage);
  const sumOf = (bytes: number) => 2 * others * (latency + bytes / worldSize / bandwidth);
  const viewBytes = (work.shared ? columns : rows) * columns * Float32Array.BYTES_PER_ELEMENT;
  // Of two views, forward and backward.
  const exchange = work.shared ? 4 * sumOf(viewBytes) : 4 * others * (latency + viewBytes / bandwidth);
  const exposed = Math.max(0, sumOf(gradientBytes) - HIDDEN * compute);
  return { total: compute + loss + statistics + exchange + exposed, loss, statistics, exchange, exposed };
}

export const scalingBench = addNetworkOptions(new Command('scaling'), 4)
  .description('A model of the time of a step on 8 to 1,024 ranks, from what is measured here.')
  .option('--ranks <n>', 'ranks of this machine that the model is checked on', wholeNumber('ranks'), 2)
  .option('--latency <microseconds>', 'of a message of the network to predict for', positive, 20)
  .option('--gigabits <n>', 'a second, of each rank in that network', positive, 10);

onRun(scalingBench, async (flags: ScalingFlags) => {
  const { batch, ranks, latency, gigabits } = flags;
  const loadAverage = printLoad();
  const speed = speedOptions(flags);
  const shape = (await runRanks<StepShape>(1, { measure: 'shape', speed, by: 'host' })).result;
  console.log(
    `${flags.arch}, ${flags.stem} stem, batch ${batch} a rank, one thread a rank: ${milliseconds(shape.compute)} ms a step alone, ` +
      `${(shape.gradientBytes / 1e6).toFixed(0)} MB of gradients, ${shape.smallSums} small sums.`,
  );
  const checks = [];
  for (const by of ['host', 'sockets'] as const) {
    const sizes = [1024, 25 * 1024 ** 2];
    const reduced = await runRanks<number[]>(ranks, { measure: 'allReduce', bytes: sizes, seconds: 1, by });
    const [small, large] = reduced.result.map((value) => value / 1000);
    const own = {
      latency: small / 2,
      perMessage: small / 2 / (ranks - 1),
      bandwidth: (2 * sizes[1] * (ranks - 1)) / ranks / large,
    };
    const rounds = (await runRanks<RankSeconds[]>(ranks, { measure: 'steps', speed, by })).result;
    const [compute, measured] = [median(rounds.map((r) => r.apart)), median(rounds.map((r) => r.together))];
    // Ranks of one machine compete for its memory, those of a network do not.
    const predicted = stepSeconds({ ...shape, compute }, own, ranks).total;
    console.log(
      `${ranks} ranks, ${reduced.transport}: ${milliseconds(measured)} ms measured, ${milliseconds(predicted)} ms by the model ` +
        `(${(1e6 * own.latency).toFixed(0)} us, ${((8 * own.bandwidth) / 1e9).toFixed(1)} Gbit/s).`,
    );
    checks.push({ transport: reduced.transport, apart: compute, measured, predicted });
  }
  console.log(`\nA network of ${latency} us and ${gigabits} Gbit/s a rank, milliseconds a step:`);
  console.log('  ranks     step  images/s  efficiency      loss  statistics  exchange  gradients');
  const network = {
    latency: latency / 1e6,
    perMessage: PER_MESSAGE,
    bandwidth: (gigabits * 1e9) / 8,
  };
  const rows = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map((worldSize) => {
    const { total, loss, statistics, exchange, exposed } = stepSeconds(shape, network, worldSize);
    const cells = [
      String(worldSize).padStart(7),
      milliseconds(total).padStart(9),
      ((worldSize * batch) / total).toFixed(0).padStart(10),
      `${((100 * shape.compute) / total).toFixed(0)} %`.padStart(12),
      milliseconds(loss).padStart(10),
      milliseconds(statistics).padStart(12),
      milliseconds(exchange).padStart(10),
      milliseconds(exposed).padStart(11),
    ];
    console.log(cells.join(''));
    return { worldSize, seconds: total, loss, statistics, exchange, exposed };
  });
  return { shape, checks, network, rows, loadAverage };
});

const milliseconds = (seconds: number) => (1000 * seconds).toFixed(0);
