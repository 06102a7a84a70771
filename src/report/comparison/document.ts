/** @file A report before it is HTML or Markdown: sections of text, tables, figures, videos and commands. */

export interface Table {
  caption: string;
  header: readonly string[];
  /** Cells that are numbers stand right. */
  rows: readonly (readonly string[])[];
}

export type Block =
  | { kind: 'text'; text: string }
  /** Below the section's title; figures before and after it do not stand side by side. */
  | { kind: 'heading'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'table'; table: Table }
  /** An SVG document, which takes the report's colours, or the data uri of a photograph; `data` are the numbers behind it. */
  | { kind: 'figure'; title: string; svg: string; data?: Table }
  | { kind: 'photograph'; title: string; image: string }
  | { kind: 'videos'; title: string; videos: readonly Video[] }
  /** What made what is above, and on what. */
  | { kind: 'command'; about: string; text: string };

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
