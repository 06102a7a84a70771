/** @file A report before it is HTML or Markdown: sections of text, tables, figures, videos and commands. */

export interface Table {
  caption: string;
  header: readonly string[];
  /** Cells that are numbers stand right. */
  rows: readonly (readonly string[])[];
}

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'table'; table: Table }
  /** `svg` is drawn in the report's colours, `image` (a data uri) as it is; `data` are the numbers behind it. */
  | { kind: 'figure'; title: string; svg?: string; image?: string; data?: Table }
  | { kind: 'videos'; title: string; videos: readonly Video[] }
  | { kind: 'command'; text: string };

export interface Video {
  /** A data uri, or a path relative to the report. */
  source: string;
  title: string;
  facts: string;
}

export interface Section {
  title: string;
  blocks: readonly Block[];
}

export interface ReportDocument {
  title: string;
  /** The command that made the comparison. */
  command: string;
  date: string;
  sections: readonly Section[];
}

/** A number of a run, for the CSV. */
export interface Measurement {
  run: string;
  /** The data set, or the environment. */
  task: string;
  /** The encoder or arm. */
  arm: string;
  /** The protocol, or the agent. */
  method: string;
  metric: string;
  value: number;
  low?: number;
  high?: number;
  /** Seeds that it is the mean, or another statistic, of. */
  seeds: number;
}

/** RFC 4180; empty cells where there is no interval. */
export function toCsv(measurements: readonly Measurement[]): string {
  const columns = ['run', 'task', 'arm', 'method', 'metric', 'value', 'low', 'high', 'seeds'] as const;
  const cell = (value: string | number | undefined) => {
    const text = String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = measurements.map((one) => columns.map((column) => cell(one[column])).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
