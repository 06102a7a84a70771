/** @file Runs: the list to select from, and all that is known of those that are selected. */
import { useMemo, useState } from 'preact/hooks';
import type { RunEntry } from '../src/dashboard/api.js';
import { Chart, type ChartSettings, type RunSeries } from './chart.js';
import { useColourSlots, useDarkMode } from './colours.js';
import { Comparison } from './comparison.js';
import { useCurves, type Curves } from './live.js';
import { Pictures } from './pictures.js';
import { RunList } from './run-list.js';
import { Toolbar } from './toolbar.js';

interface RunsProps {
  entries: readonly RunEntry[] | undefined;
  selected: readonly string[] | undefined;
  select: (runs: readonly string[]) => void;
}

/** Live runs that are selected while nobody has chosen. */
const SELECTED_AT_FIRST = 4;

export function Runs({ entries: all, selected: chosen, select }: RunsProps) {
  const [settings, setSettings] = useState<ChartSettings>({ x: 'step', smoothing: 0, log: false });
  const entries = useMemo(() => all?.filter(({ kind }) => kind !== 'report'), [all]);
  const known = useMemo(() => new Set(entries?.map(({ name }) => name)), [entries]);
  const selected = chosen?.filter((name) => known.has(name)) ?? selectAtFirst(entries ?? []);
  const colours = useColourSlots(selected);
  const curves = useCurves(selected);
  const dark = useDarkMode();
  if (entries === undefined) return <p class="empty">Looking at the runs …</p>;
  if (entries.length === 0) {
    return (
      <p class="empty">
        There is no run yet. <code>npm run pretrain</code> makes one; it appears here while it trains.
      </p>
    );
  }
  const shown = entries.filter(({ name }) => selected.includes(name));
  return (
    <div class="columns">
      <RunList entries={entries} selected={selected} colours={colours} select={select} />
      <div class="content">
        {selected.length === 0 && <p class="empty">Select runs to see and compare them.</p>}
        {selected.length > 0 && (
          <>
            <Toolbar
              runs={selected}
              colours={colours}
              settings={settings}
              onSettings={setSettings}
              onRemove={(run) => select(selected.filter((name) => name !== run))}
            />
            <Charts curves={curves} runs={selected} colours={colours} settings={settings} dark={dark} />
            <Comparison runs={selected} curves={curves} colours={colours} />
            <Pictures entries={shown} />
          </>
        )}
      </div>
    </div>
  );
}

/** Those at work, or else the newest that has curves. */
function selectAtFirst(entries: readonly RunEntry[]): string[] {
  const withCurves = entries.filter(({ metrics }) => metrics);
  const live = withCurves.filter(({ state }) => state === 'live').slice(0, SELECTED_AT_FIRST);
  return (live.length > 0 ? live : withCurves.slice(0, 1)).map(({ name }) => name);
}

interface ChartsProps {
  curves: Curves;
  runs: readonly string[];
  colours: ReadonlyMap<string, number>;
  settings: ChartSettings;
  dark: boolean;
}

/** A chart for each metric, in sections of what is before the slash: train/loss, eval/knn. */
function Charts({ curves, runs, colours, settings, dark }: ChartsProps) {
  const metrics = useMemo(() => {
    const byName = new Map<string, RunSeries[]>();
    for (const run of runs) {
      for (const [name, series] of Object.entries(curves.get(run)?.series ?? {})) {
        byName.set(name, [...(byName.get(name) ?? []), { run, colour: colours.get(run) ?? 0, series }]);
      }
    }
    return byName;
  }, [curves, runs.join('\n')]);
  const sections = groupBy([...metrics.keys()], sectionOf);
  if (runs.some((run) => !curves.has(run)) && metrics.size === 0) {
    return <p class="empty">Reading the curves …</p>;
  }
  if (metrics.size === 0) return <p class="empty">No metrics have been written by what is selected.</p>;
  return (
    <>
      {[...sections].map(([section, names]) => (
        <section key={section} aria-label={`Curves: ${section}`}>
          <h2>{section}</h2>
          <div class="charts">
            {names.map((name) => (
              <Chart key={name} metric={name} runs={metrics.get(name)!} settings={settings} dark={dark} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

const sectionOf = (metric: string) =>
  metric.includes('/') ? metric.slice(0, metric.indexOf('/')) : 'metrics';

function groupBy(names: readonly string[], keyOf: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(keyOf(name), [...(groups.get(keyOf(name)) ?? []), name]);
  return groups;
}
