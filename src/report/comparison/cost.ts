/** @file The report's section on speed and cost: time, energy, images a second, and how they grow with processes. */
import { duration } from '../../progress.js';
import type { Block, Section, Table } from './document.js';
import type { LoadedRun, Pretraining } from './load.js';
import { medianSpeed } from './pretraining.js';

const JOULES_A_WATT_HOUR = 3600;

export function costSection(runs: readonly LoadedRun[]): Section {
  const rows = runs.map((run) => {
    const { engine, dataset, ranks } = run.description;
    const [seconds, speed] = [secondsOf(run), speedOf(run)];
    return [
      run.name,
      dataset,
      seconds === undefined ? '' : duration(seconds),
      run.cost?.joules === undefined ? '' : wattHours(run.cost.joules),
      speed?.toFixed(1) ?? '',
      ranks === undefined ? '' : String(ranks),
      `${engine.name}, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`,
    ];
  });
  const table: Table = {
    caption:
      'Time of each command, of all its parts if it was interrupted; images a second: median of training steps',
    header: ['run', 'data', 'time', 'energy', 'images/s', 'processes', 'engine'],
    rows,
  };
  const scaling = scalingTable(runs.filter((run) => run.kind === 'pretraining'));
  const blocks: Block[] = [
    { kind: 'text', text: totals(runs) },
    { kind: 'table', table },
    ...(scaling === undefined ? [] : [{ kind: 'table' as const, table: scaling }]),
  ];
  return { title: 'Speed and cost', blocks };
}

function totals(runs: readonly LoadedRun[]): string {
  const seconds = runs.map(secondsOf);
  const joules = runs.map(({ cost }) => cost?.joules);
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const time = seconds.includes(undefined)
    ? 'The time of some commands is not known.'
    : `All commands together took ${duration(sum(seconds))}.`;
  const energy = joules.includes(undefined)
    ? 'Energy is not known: the machine has no counters of it, or this user may not read them (/sys/class/powercap).'
    : `The processors took ${wattHours(sum(joules))} meanwhile, with all else that the machine did.`;
  return `${time} ${energy}`;
}

const wattHours = (joules: number) => `${(joules / JOULES_A_WATT_HOUR).toPrecision(3)} Wh`;

/** Of the whole command if it was measured; else of training, of all its agents together for a comparison of agents. */
function secondsOf(run: LoadedRun): number | undefined {
  if (run.cost !== undefined) return run.cost.seconds;
  if (run.kind === 'pretraining') return run.summary.seconds;
  if (run.kind === 'agents') return run.runs.reduce((sum, { seconds }) => sum + seconds, 0);
  return undefined;
}

const speedOf = (run: LoadedRun) => (run.kind === 'pretraining' ? medianSpeed(run) : undefined);

const NETWORK = ['method', 'arch', 'stem', 'width', 'mlp', 'batchSize'];

/** Runs of the same network and batch on several numbers of processes, if there are such. */
function scalingTable(runs: readonly Pretraining[]): Table | undefined {
  const groups = new Map<string, { run: Pretraining; ranks: number; speed: number }[]>();
  for (const run of runs) {
    const { config, dataset, ranks } = run.description;
    const speed = medianSpeed(run);
    if (ranks === undefined || speed === undefined) continue;
    const key = JSON.stringify([dataset, ...NETWORK.map((name) => config[name])]);
    groups.set(key, [...(groups.get(key) ?? []), { run, ranks, speed }]);
  }
  const rows = [...groups.values()].flatMap((group) => {
    const sorted = group.sort((a, b) => a.ranks - b.ranks);
    const [{ ranks: fewest, speed: base }] = sorted;
    if (sorted[sorted.length - 1].ranks === fewest) return [];
    return sorted.map(({ run: { name, description }, ranks, speed }) => [
      name,
      String(ranks),
      String(description.engine.threads),
      speed.toFixed(1),
      (speed / base).toFixed(2),
    ]);
  });
  if (rows.length === 0) return undefined;
  return {
    caption: 'The same network and batch on several processes',
    header: ['run', 'processes', 'threads of each', 'images/s', 'times the fewest'],
    rows,
  };
}
