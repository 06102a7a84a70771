/**
 * @file The list of runs: small files and the tails of large ones, each read again only when it changed. No metrics.jsonl
 * is read as a whole.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunChanges, RunDetails, RunEntry } from './api.js';
import { parseLine } from './curves.js';
import { below, type Place, type ServedFolder } from './folder.js';

/** A run that wrote something so recently is at work. */
const LIVE_MILLISECONDS = 120_000;
/** The last lines of metrics.jsonl are in so many bytes. */
const TAIL = 8192;
const CONCURRENCY = 8;
/** Folders in a run that are not worth a look. */
const SKIPPED = ['checkpoints'];
/** What tells that a run is at work. */
const SIGNS_OF_LIFE = ['metrics.jsonl', 'log.txt', 'config.json', 'summary.json', 'result.json'];

/** What was read of one folder, and when its files were written. */
interface Known {
  stamp: string;
  entry: RunEntry;
  /** The entry as it was told last. */
  told: string;
}

export class RunIndex {
  private readonly known = new Map<string, Known>();
  private scanning: Promise<RunChanges> | undefined;
  private scans = 0;

  constructor(private readonly runs: ServedFolder) {}

  get scanned(): boolean {
    return this.scans > 0;
  }

  /** All runs, newest first. */
  get entries(): RunEntry[] {
    return [...this.known.values()].map(({ entry }) => entry).sort((a, b) => b.changed - a.changed);
  }

  /** Looks at the folder again. @returns what differs from the last time */
  refresh(): Promise<RunChanges> {
    this.scanning ??= this.scan().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  private async scan(): Promise<RunChanges> {
    const places = (await this.runs.walk(SKIPPED)).filter(isShown);
    const changed: RunEntry[] = [];
    for (let i = 0; i < places.length; i += CONCURRENCY) {
      const batch = await Promise.all(places.slice(i, i + CONCURRENCY).map((place) => this.look(place)));
      changed.push(...batch.filter((entry) => entry !== undefined));
    }
    const present = new Set(places.map(({ path }) => path));
    const removed = [...this.known.keys()].filter((name) => !present.has(name));
    for (const name of removed) this.known.delete(name);
    this.scans++;
    return { changed, removed };
  }

  /** The entry of a folder if it is another than before. */
  private async look(place: Place): Promise<RunEntry | undefined> {
    const before = this.known.get(place.path);
    const signs = place.files.filter((file) => SIGNS_OF_LIFE.includes(file) || file.endsWith('.html'));
    const times = await Promise.all(signs.map((file) => modified(join(this.runs.root, place.path, file))));
    const stamp = `${times.join()} ${place.files.join()}`;
    const entry = before?.stamp === stamp ? before.entry : await this.describe(place, Math.max(0, ...times));
    const current = { ...entry, state: stateOf(place, entry.changed) };
    const told = JSON.stringify(current);
    if (before?.told === told) return undefined;
    this.known.set(place.path, { stamp, entry: current, told });
    return current;
  }

  private async describe({ path, files }: Place, changed: number): Promise<RunEntry> {
    const config = await this.runs.readJson(below(path, 'config.json'));
    const tail = files.includes('metrics.jsonl') ? await this.lastRecord(path) : {};
    return {
      name: path,
      kind: kindOf(config),
      state: 'quiet',
      changed,
      metrics: files.includes('metrics.jsonl'),
      ...(typeof config?.dataset === 'string' && { dataset: config.dataset }),
      ...tail,
      pages: files.filter((file) => file.endsWith('.html')).sort(),
      pictures: files.filter((file) => /\.(svg|png)$/.test(file)).sort(),
    };
  }

  private async lastRecord(path: string): Promise<{ step?: number; epoch?: number }> {
    const file = await this.runs.open(below(path, 'metrics.jsonl'));
    if (file === undefined) return {};
    try {
      const from = Math.max(0, file.size - TAIL);
      const bytes = Buffer.alloc(file.size - from);
      const { bytesRead } = await file.handle.read(bytes, 0, bytes.length, from);
      const lines = bytes.toString('utf8', 0, bytesRead).split('\n');
      for (const line of lines.reverse()) {
        const record = parseLine(line);
        if (record !== undefined) return { step: record.step, epoch: record.epoch };
      }
      return {};
    } finally {
      await file.handle.close();
    }
  }
}

/** What a run's own files say of it; undefined for a folder that is none. */
export async function runDetails(runs: ServedFolder, name: string): Promise<RunDetails | undefined> {
  const description = await runs.readJson(below(name, 'config.json'));
  if (description === undefined) return undefined;
  const { command, started, engine, config, ...rest } = description;
  const { name: engineName, version, threads } = (engine ?? {}) as Record<string, string | number>;
  const summary = (await runs.readJson(below(name, 'summary.json'))) ?? {};
  return {
    name,
    ...(typeof command === 'string' && { command }),
    ...(typeof started === 'string' && { started }),
    ...(engineName !== undefined && {
      engine: `${engineName} ${version}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    }),
    config: flatten(config === undefined ? rest : { ...(config as object), versions: rest.versions ?? {} }),
    summary: flatten(summary),
  };
}

type Scalar = string | number | boolean | null;
const MOST_SETTINGS = 400;

/** Nested objects as one, under dotted names; short lists as text. */
function flatten(value: object, prefix = '', found: Record<string, Scalar> = {}): Record<string, Scalar> {
  for (const [key, entry] of Object.entries(value) as [string, unknown][]) {
    if (Object.keys(found).length >= MOST_SETTINGS) break;
    const name = prefix + key;
    const isList = Array.isArray(entry) && entry.every((item) => typeof item !== 'object' || item === null);
    if (isList) found[name] = entry.join(', ');
    else if (typeof entry === 'object' && entry !== null) flatten(entry, `${name}.`, found);
    else found[name] = entry as Scalar;
  }
  return found;
}

const isShown = ({ files }: Place) =>
  files.includes('config.json') ||
  files.includes('metrics.jsonl') ||
  files.some((file) => file.endsWith('.html'));

function kindOf(config: Record<string, unknown> | undefined): string {
  if (config === undefined) return 'report';
  const [, script] = /^npm run ([\w:-]+)/.exec(String(config.command)) ?? [];
  return script ?? 'part';
}

function stateOf({ files }: Place, changed: number): RunEntry['state'] {
  if (files.includes('summary.json') || files.includes('result.json')) return 'finished';
  if (!files.includes('config.json') && !files.includes('metrics.jsonl')) return 'finished';
  return Date.now() - changed < LIVE_MILLISECONDS ? 'live' : 'quiet';
}

const modified = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
