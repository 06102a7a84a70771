/** @file The selected runs as a table: their newest values, and the settings in which they differ. */
import { useEffect, useState } from 'preact/hooks';
import type { RunDetails } from '../src/dashboard/api.js';
import { compact } from './format.js';
import type { Curves } from './live.js';

interface ComparisonProps {
  runs: readonly string[];
  curves: Curves;
  colours: ReadonlyMap<string, number>;
}

type Cell = string | number | boolean | null | undefined;

export function Comparison({ runs, curves, colours }: ComparisonProps) {
  const details = useDetails(runs);
  const [all, setAll] = useState(false);
  const settings = rows(runs, (run) => ({ engine: details.get(run)?.engine, ...details.get(run)?.config }));
  const summary = rows(runs, (run) => details.get(run)?.summary ?? {});
  const latest = rows(runs, (run) =>
    Object.fromEntries(Object.entries(curves.get(run)?.series ?? {}).map(([name, { last }]) => [name, last])),
  );
  const differing = settings.filter(({ cells }) => new Set(cells.map(String)).size > 1);
  const isOne = runs.length === 1;
  return (
    <section aria-label="Values and settings">
      <h2>{isOne ? 'Values and settings' : 'Comparison'}</h2>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of values and settings">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">What</span>
              </th>
              {runs.map((run) => (
                <th scope="col" key={run}>
                  <span class={`swatch colour-${colours.get(run) ?? 0}`} /> {run || 'this folder'}
                </th>
              ))}
            </tr>
          </thead>
          <Rows title="Newest values" rows={latest} columns={runs.length} />
          <Rows title="Summary" rows={summary} columns={runs.length} />
          <Rows
            title={isOne || all ? 'Settings' : 'Settings that differ'}
            rows={isOne || all ? settings : differing}
            columns={runs.length}
          />
        </table>
      </div>
      {!isOne && (
        <label class="below">
          <input
            type="checkbox"
            checked={all}
            onChange={({ currentTarget }) => setAll(currentTarget.checked)}
          />{' '}
          All settings
        </label>
      )}
      {runs.map((run) => {
        const command = details.get(run)?.command;
        return command === undefined ? null : (
          <p class="command" key={run}>
            <span class={`swatch colour-${colours.get(run) ?? 0}`} /> <code>{command}</code>
          </p>
        );
      })}
    </section>
  );
}

interface TableRow {
  name: string;
  cells: Cell[];
}

function Rows({ title, rows: all, columns }: { title: string; rows: readonly TableRow[]; columns: number }) {
  if (all.length === 0) return null;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={columns + 1} class="title">
          {title}
        </th>
      </tr>
      {all.map(({ name, cells }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          {cells.map((cell, i) => (
            <td key={i} class={typeof cell === 'number' ? 'number' : ''}>
              {cell === undefined ? '–' : typeof cell === 'number' ? compact(cell) : String(cell)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

/** A row for each name that any run has. */
function rows(runs: readonly string[], valuesOf: (run: string) => Record<string, Cell>): TableRow[] {
  const values = runs.map(valuesOf);
  const names = [...new Set(values.flatMap((one) => Object.keys(one)))];
  return names
    .map((name) => ({ name, cells: values.map((one) => one[name]) }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined));
}

/** What the runs' files say; asked once for each run that is selected. */
function useDetails(runs: readonly string[]): ReadonlyMap<string, RunDetails> {
  const [details, setDetails] = useState<ReadonlyMap<string, RunDetails>>(new Map());
  const wanted = runs.join('\n');
  useEffect(() => {
    const abort = new AbortController();
    for (const run of runs) {
      if (details.has(run)) continue;
      fetch(`/api/run?${new URLSearchParams({ run }).toString()}`, { signal: abort.signal })
        .then(async (response) => {
          const found = (
            response.ok ? await response.json() : { name: run, config: {}, summary: {} }
          ) as RunDetails;
          setDetails((before) => new Map(before).set(run, found));
        })
        .catch(() => undefined); // deselected meanwhile
    }
    return () => abort.abort();
  }, [wanted]);
  return details;
}
