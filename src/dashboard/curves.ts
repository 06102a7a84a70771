/** @file Curves of runs, read from metrics.jsonl as it grows: what was read is not read again. */
import type { CurveData, NewRecords } from './api.js';
import { below, type OpenFile, type ServedFolder } from './folder.js';
import { Series } from './series.js';

type MetricsLine = NewRecords['records'][number];

const CHUNK = 2 ** 18;
/** A line longer than this is passed over. */
const LONGEST_LINE = 2 ** 20;
/** Metrics of a run; further ones are left out. */
const MOST_METRICS = 200;
/** More new records than this are told as a whole curve. */
const MOST_NEW_RECORDS = 500;
/** Bytes of curves that are kept for when they are asked for again. */
const MOST_BYTES = 48 * 2 ** 20;
const NEWLINE = 10;

/** What came since the last reading: appended lines, or `'anew'` when the page must have the whole curve. */
export type Growth = MetricsLine[] | 'anew';

/** The curves of one run. */
export class RunCurves {
  private series = new Map<string, Series>();
  private records = 0;
  private offset = 0;
  private inode = 0;
  /** A line whose end has not been read. */
  private rest = Buffer.alloc(0);
  /** In a line that is too long. */
  private skipping = false;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runs: ServedFolder,
    readonly run: string,
  ) {}

  get bytes(): number {
    return this.series.size * Series.BYTES;
  }

  /** Reads what is new; one reading at a time. */
  update(): Promise<Growth> {
    const result = this.reading.then(() => this.readNew());
    this.reading = result.catch(() => undefined);
    return result;
  }

  data(): CurveData {
    const series = Object.fromEntries([...this.series].map(([name, one]) => [name, one.data()]));
    return { run: this.run, records: this.records, series };
  }

  private async readNew(): Promise<Growth> {
    const file = await this.runs.open(below(this.run, 'metrics.jsonl'));
    if (file === undefined) return this.offset === 0 ? [] : this.forget();
    try {
      // A resumed run writes a new file, without what came after its checkpoint.
      const replaced = this.offset > 0 && (file.inode !== this.inode || file.size < this.offset);
      if (replaced) this.forget();
      this.inode = file.inode;
      const isFirst = this.offset === 0;
      const fresh: MetricsLine[] = [];
      let total = 0;
      await this.readLines(file, (line) => {
        if (++total <= MOST_NEW_RECORDS && !isFirst) fresh.push(line);
      });
      return replaced || total > MOST_NEW_RECORDS || (isFirst && total > 0) ? 'anew' : fresh;
    } finally {
      await file.handle.close();
    }
  }

  private async readLines({ handle, size }: OpenFile, tell: (line: MetricsLine) => void): Promise<void> {
    const chunk = Buffer.alloc(CHUNK);
    while (this.offset < size) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(CHUNK, size - this.offset), this.offset);
      if (bytesRead === 0) return;
      this.offset += bytesRead;
      this.takeLines(chunk.subarray(0, bytesRead), tell);
    }
  }

  private takeLines(bytes: Buffer, tell: (line: MetricsLine) => void): void {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const whole = Buffer.concat([this.rest, bytes.subarray(0, end)]).toString('utf8');
      const lines = whole.split('\n');
      if (this.skipping) lines.shift();
      this.skipping = false;
      for (const line of lines) {
        const parsed = parseLine(line);
        if (parsed === undefined) continue;
        this.add(parsed);
        tell(parsed);
      }
      this.rest = Buffer.alloc(0);
    }
    this.rest = Buffer.concat([this.rest, bytes.subarray(end)]);
    if (this.rest.length <= LONGEST_LINE) return;
    this.rest = Buffer.alloc(0);
    this.skipping = true;
  }

  private add({ step, epoch, metrics }: MetricsLine): void {
    this.records++;
    for (const [name, value] of Object.entries(metrics)) {
      let series = this.series.get(name);
      if (series === undefined) {
        if (this.series.size >= MOST_METRICS) continue;
        this.series.set(name, (series = new Series()));
      }
      series.add(step, epoch, value);
    }
  }

  private forget(): 'anew' {
    this.series = new Map();
    [this.records, this.offset, this.rest, this.skipping] = [0, 0, Buffer.alloc(0), false];
    return 'anew';
  }
}

/** The numbers of a line; undefined for what is no record. Values that are no finite numbers are left out. */
export function parseLine(line: string): MetricsLine | undefined {
  if (line === '') return undefined;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { step, epoch, ...rest } = value ?? {};
  if (typeof step !== 'number') return undefined;
  const metrics: Record<string, number> = {};
  for (const name in rest) if (typeof rest[name] === 'number') metrics[name] = rest[name];
  return { step, epoch: typeof epoch === 'number' ? epoch : step, metrics };
}

/** The curves that were asked for last. */
export class CurveCache {
  private readonly curves = new Map<string, RunCurves>();

  constructor(private readonly runs: ServedFolder) {}

  get(run: string): RunCurves {
    const curves = this.curves.get(run) ?? new RunCurves(this.runs, run);
    this.curves.delete(run);
    this.curves.set(run, curves); // the newest is the last
    return curves;
  }

  /** Lets the oldest go until the rest is small enough, without those that are `watched`. */
  trim(watched: (run: string) => boolean): void {
    let bytes = [...this.curves.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [run, one] of this.curves) {
      if (bytes <= MOST_BYTES) return;
      if (watched(run)) continue;
      this.curves.delete(run);
      bytes -= one.bytes;
    }
  }
}
