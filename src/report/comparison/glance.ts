/** @file The answer as one table: a row an encoder, a column each thing that it was tried at. */
import type { ArmSummary } from '../arms.js';
import type { Table } from './document.js';
import { part, percent, protocolName } from './findings.js';
import type { AgentComparison, Classification } from './load.js';

/** Cells by column, of one encoder. */
type Row = Map<string, string>;

/** Undefined when nothing was tried. */
export function glance(
  classifications: readonly Classification[],
  agents: readonly { comparison: AgentComparison; summaries: readonly ArmSummary[] }[],
): Table | undefined {
  const rows = new Map<string, Row>();
  const columns = new Set<string>();
  const put = (encoder: string, column: string, cell: string) => {
    columns.add(column);
    rows.set(encoder, (rows.get(encoder) ?? new Map<string, string>()).set(column, cell));
  };
  for (const { dataset, rows: results } of classifications) {
    for (const { encoder, protocol, labels, accuracy, interval } of results) {
      const bounds = interval.map((bound) => (100 * bound).toFixed(1)).join(', ');
      const column = `${dataset}, ${protocolName(protocol)}${part(labels)}: accuracy`;
      put(encoder, column, `${percent(accuracy)} [${bounds}]`);
    }
  }
  for (const { comparison, summaries } of agents) {
    const column = `${comparison.env}, ${comparison.agent}: return`;
    for (const { arm, iqm, runs } of summaries) {
      const bounds = runs === 1 ? '' : ` [${iqm.low.toFixed(1)}, ${iqm.high.toFixed(1)}]`;
      put(arm, column, `${iqm.value.toFixed(1)}${bounds}`);
    }
  }
  if (rows.size === 0) return undefined;
  return {
    caption: 'At a glance',
    header: ['encoder', ...columns],
    rows: [...rows].map(([encoder, cells]) => [
      encoder,
      ...[...columns].map((column) => cells.get(column) ?? ''),
    ]),
  };
}
