/** @file What the dashboard's server tells its page; types only, shared by both. */

/** `live`: written to within two minutes; `quiet`: not, and not finished either. */
export type RunState = 'live' | 'quiet' | 'finished';

/** One folder below runs/ that is a run, a part of one, or holds a report. */
export interface RunEntry {
  /** Its path below the folder of runs, with slashes: 'CartPole-v1-ppo/state/seed-0'. */
  name: string;
  /** The command that made it, such as 'pretrain'; 'part' of the run above it; 'report' when there is only a page. */
  kind: string;
  state: RunState;
  /** When it was last written to, in milliseconds since 1970. */
  changed: number;
  /** Does it have metrics.jsonl? */
  metrics: boolean;
  dataset?: string;
  /** Of the last line of its metrics. */
  step?: number;
  epoch?: number;
  /** File names in the folder: html, and svg or png. */
  pages: string[];
  pictures: string[];
}

/** The run list at first, later what differs from what was told before. */
export interface RunChanges {
  changed: RunEntry[];
  removed: string[];
}

/**
 * One metric over time in at most 1,024 buckets of neighbouring records; all arrays have one value a bucket.
 * `low` and `high` are the extremes of a bucket's records, and left out while every bucket holds one record.
 */
export interface SeriesData {
  /** Records in a bucket (the last one may hold fewer). */
  recordsPerBucket: number;
  /** Of a bucket's last record. */
  step: number[];
  epoch: number[];
  mean: number[];
  low?: number[];
  high?: number[];
  /** The newest value, as it is in the file. */
  last: number;
}

/** All of a run's metrics. */
export interface CurveData {
  run: string;
  /** Lines that were read. */
  records: number;
  series: Record<string, SeriesData>;
}

/** Lines that were appended to a run's metrics.jsonl. */
export interface NewRecords {
  run: string;
  records: { step: number; epoch: number; metrics: Record<string, number> }[];
}

/** How busy the machine is. */
export interface SystemLoad {
  /** Milliseconds since 1970. */
  time: number;
  /** Share of all cores, 0 to 1. */
  cpu: number;
  cores: number;
  /** In bytes. */
  memoryUsed: number;
  memoryTotal: number;
}

/** Events of /api/stream (runs, system, recordings) and /api/curves (curve, records), and what they carry. */
export interface StreamEvents {
  runs: RunChanges;
  curve: CurveData;
  records: NewRecords;
  /** The last minutes at first, later one at a time. */
  system: SystemLoad[];
  /** The gallery changed: ask for it again. */
  recordings: number;
}

/** What a run's config.json and summary.json say. */
export interface RunDetails {
  name: string;
  command?: string;
  started?: string;
  engine?: string;
  /** Settings under their dotted names, such as 'arms.0.name'. */
  config: Record<string, string | number | boolean | null>;
  summary: Record<string, string | number | boolean | null>;
}

/** A video and what the JSON beside it says. */
export interface Recording {
  /** Its path below the folder of recordings, with slashes. */
  path: string;
  env: string;
  /** Who played: the arm, the policy or the agent. */
  arm: string;
  return?: number;
  length?: number;
  seed?: number;
  seconds: number;
  fps: number;
  width: number;
  height: number;
  interrupted: boolean;
  date: string;
}
