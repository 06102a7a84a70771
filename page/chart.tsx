/** @file One metric of the selected runs over steps or epochs. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { SeriesData } from '../src/dashboard/api.js';
import { cssColour } from './colours.js';
import { compact, plural } from './format.js';

export interface ChartSettings {
  x: 'step' | 'epoch';
  /** Weight of what was before, 0 to 0.99. */
  smoothing: number;
  log: boolean;
}

export interface RunSeries {
  run: string;
  colour: number;
  series: SeriesData;
}

interface ChartProps {
  metric: string;
  runs: readonly RunSeries[];
  settings: ChartSettings;
  dark: boolean;
}

const HEIGHT = 220;
/** Columns of a run in the plot's table: lowest, highest, mean, smoothed mean. */
const COLUMNS = 4;

export function Chart({ metric, runs, settings, dark }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const tooltip = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { x, smoothing, log } = settings;
  const shown = useRef(runs);
  shown.current = runs;

  // Another plot when its parts change; otherwise only new data.
  const parts = JSON.stringify([runs.map(({ run, colour }) => [run, colour]), x, log, smoothing > 0, dark]);
  useEffect(() => {
    const own = place.current!;
    const options = plotOptions(shown.current, settings, own.clientWidth, (self) =>
      showTooltip(self, tooltip.current!, shown.current, settings),
    );
    const made = new uPlot(options, plotData(shown.current, settings), own);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: own.clientWidth, height: HEIGHT }));
    observer.observe(own);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [parts]);
  useEffect(() => {
    const made = plot.current;
    if (made === undefined) return;
    const data = plotData(runs, settings);
    const { min, max } = made.scales.x; // null before the first drawing
    const isZoomed = min != null && (min !== made.data[0][0] || max !== made.data[0].at(-1));
    made.setData(data, !isZoomed);
    if (isZoomed) made.redraw();
  }, [runs, smoothing]);

  const perBucket = Math.max(...runs.map(({ series }) => series.recordsPerBucket));
  const latest = runs.map(({ run, series }) => `${run} ${compact(series.last)}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        <h3>{metric}</h3>
        {perBucket > 1 && (
          <span
            class="muted"
            title={`A point is the mean of ${plural(perBucket, 'record')}; the band reaches from their lowest to their highest.`}
          >
            mean and range of {perBucket}
          </span>
        )}
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={`${metric} over ${x}s. Latest: ${latest}.`} />
      <div class="tooltip" ref={tooltip} aria-hidden="true" hidden />
    </figure>
  );
}

function plotOptions(
  runs: readonly RunSeries[],
  { x, smoothing, log }: ChartSettings,
  width: number,
  onCursor: (plot: uPlot) => void,
): uPlot.Options {
  const [ink, grid] = [cssColour('--muted'), cssColour('--line')];
  const axis: uPlot.Axis = {
    stroke: ink,
    font: '12px system-ui, sans-serif',
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 4 },
    values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : compact(tick))),
  };
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const { colour } of runs) {
    const stroke = cssColour(`--series-${colour}`);
    const at = series.length;
    bands.push({ series: [at + 1, at], fill: `${stroke}33` });
    const line = { stroke, points: { show: false }, spanGaps: true };
    series.push(
      { ...line, width: 0 },
      { ...line, width: 0 },
      { ...line, width: 1, alpha: 0.35, show: smoothing > 0 },
      { ...line, width: 2, points: { show: isShort, size: 6, fill: stroke } },
    );
  }
  return {
    width,
    height: HEIGHT,
    series,
    bands,
    legend: { show: false },
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    axes: [
      { ...axis, size: 30, space: 60 },
      { ...axis, size: 58 },
    ],
    cursor: {
      y: false,
      points: { show: false },
      sync: { key: x, setSeries: false },
      drag: { x: true, y: false },
    },
    hooks: { setCursor: [onCursor] },
  };
}

/** A curve of few points shows them: a line alone would hide that there is but one. */
function isShort(plot: uPlot, series: number): boolean {
  let count = 0;
  for (const value of plot.data[series])
    if (value !== null && value !== undefined && ++count > 30) return false;
  return true;
}

function plotData(runs: readonly RunSeries[], { x, smoothing, log }: ChartSettings): uPlot.AlignedData {
  const drawable = (value: number) => (log && value <= 0 ? null : value);
  const tables = runs.map(({ series }): uPlot.AlignedData => {
    const { mean, low = mean, high = mean } = series;
    const smooth = smoothing > 0 ? smoothed(mean, smoothing) : mean;
    return [series[x], low.map(drawable), high.map(drawable), mean.map(drawable), smooth.map(drawable)];
  });
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

/** The exponential mean, corrected at its beginning as in Adam (Kingma and Ba, 2015). */
function smoothed(values: readonly number[], weight: number): number[] {
  let [sum, correction] = [0, 1];
  return values.map((value) => {
    sum = weight * sum + (1 - weight) * value;
    correction *= weight;
    return sum / (1 - correction);
  });
}

/** Values of all runs at the cursor. */
function showTooltip(
  plot: uPlot,
  tooltip: HTMLElement,
  runs: readonly RunSeries[],
  { x }: ChartSettings,
): void {
  const { left = -1, idx } = plot.cursor;
  // Another chart's cursor moves this one's line, not its values.
  const isOwn = plot.root.matches(':hover');
  tooltip.hidden = !isOwn || left < 0 || idx === null || idx === undefined;
  if (tooltip.hidden) return;
  const at = plot.posToVal(left, 'x');
  const rows = runs.flatMap(({ run, colour, series }, i) => {
    const nearest = nearestIndex(series[x], at);
    if (nearest === undefined) return [];
    const value = plot.data[COLUMNS * (i + 1)][plot.data[0].indexOf(series[x][nearest])];
    const { low, high } = series;
    const range = low === undefined ? '' : ` (${compact(low[nearest])} to ${compact(high![nearest])})`;
    const row = document.createElement('div');
    const swatch = document.createElement('span');
    swatch.className = `swatch colour-${colour}`;
    row.append(swatch, ` ${compact(value ?? series.mean[nearest])}${range} `);
    const name = document.createElement('span');
    name.className = 'muted';
    name.textContent = run;
    row.append(name);
    return [row];
  });
  const head = document.createElement('div');
  head.className = 'muted';
  head.textContent = `${x} ${compact(at)}`;
  tooltip.replaceChildren(head, ...rows);
  const offset = plot.over.offsetLeft + left;
  const isRight = left > plot.over.clientWidth / 2;
  tooltip.style.left = isRight ? '' : `${offset + 14}px`;
  tooltip.style.right = isRight ? `${plot.width - offset + 14}px` : '';
}

/** Of ascending values, the one nearest to `at`. */
function nearestIndex(values: readonly number[], at: number): number | undefined {
  let [low, high] = [0, values.length - 1];
  if (high < 0) return undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - values[low - 1] < values[low] - at ? low - 1 : low;
}
