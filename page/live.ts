/** @file What the server streams, as state of the page. */
import { useEffect, useState } from 'preact/hooks';
import type {
  CurveData,
  NewRecords,
  RunEntry,
  SeriesData,
  StreamEvents,
  SystemLoad,
} from '../src/dashboard/api.js';

/** Loads that are shown: five minutes. */
const LOADS = 150;
/** A curve with more points is asked for again, in buckets. */
const MOST_POINTS = 4096;

export interface Live {
  connected: boolean;
  /** Newest first; undefined before the first list. */
  runs: RunEntry[] | undefined;
  loads: SystemLoad[];
  /** Another number when the gallery changed. */
  recordings: number;
}

/** Opens a stream; its events go to `handlers`. */
function openStream(
  url: string,
  handlers: { [Name in keyof StreamEvents]?: (value: StreamEvents[Name]) => void },
): EventSource {
  const source = new EventSource(url);
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      (handle as (value: unknown) => void)(JSON.parse(data));
    });
  }
  return source;
}

export function useLive(): Live {
  const [live, setLive] = useState<Live>({ connected: true, runs: undefined, loads: [], recordings: 0 });
  useEffect(() => {
    const update = (change: (live: Live) => Partial<Live>) =>
      setLive((before) => ({ ...before, ...change(before) }));
    const source = openStream('/api/stream', {
      runs: ({ changed, removed }) =>
        update(({ runs = [] }) => {
          const gone = new Set([...removed, ...changed.map(({ name }) => name)]);
          const rest = runs.filter(({ name }) => !gone.has(name));
          return { runs: [...changed, ...rest].sort((a, b) => b.changed - a.changed) };
        }),
      system: (loads) => update((before) => ({ loads: [...before.loads, ...loads].slice(-LOADS) })),
      recordings: (version) => update(() => ({ recordings: version })),
    });
    // After a broken connection the server tells everything anew.
    source.onopen = () => update(() => ({ connected: true, loads: [] }));
    source.onerror = () => update(() => ({ connected: false }));
    return () => source.close();
  }, []);
  return live;
}

export type Curves = ReadonlyMap<string, CurveData>;

/** The curves of some runs, growing. */
export function useCurves(runs: readonly string[]): Curves {
  const [curves, setCurves] = useState<Curves>(new Map());
  const [reopened, setReopened] = useState(0);
  const query = new URLSearchParams(runs.map((run) => ['run', run])).toString();
  useEffect(() => {
    setCurves((before) => new Map([...before].filter(([run]) => runs.includes(run))));
    if (query === '') return undefined;
    const source = openStream(`/api/curves?${query}`, {
      curve: (curve) => setCurves((before) => new Map(before).set(curve.run, curve)),
      records: (grown) =>
        setCurves((before) => {
          const curve = before.get(grown.run);
          return curve === undefined ? before : new Map(before).set(grown.run, append(curve, grown));
        }),
    });
    return () => source.close();
  }, [query, reopened]);
  const isLong = [...curves.values()].some(({ series }) =>
    Object.values(series).some(({ step }) => step.length > MOST_POINTS),
  );
  useEffect(() => {
    if (isLong) setReopened((count) => count + 1);
  }, [isLong]);
  return curves;
}

/** The curve with further points of one record each. */
function append(curve: CurveData, { records }: NewRecords): CurveData {
  const series = { ...curve.series };
  for (const { step, epoch, metrics } of records) {
    for (const [name, value] of Object.entries(metrics)) {
      const { recordsPerBucket = 1, ...before } = (series[name] ?? {}) as Partial<SeriesData>;
      const withValue = (values: readonly number[] = []) => [...values, value];
      series[name] = {
        recordsPerBucket,
        step: [...(before.step ?? []), step],
        epoch: [...(before.epoch ?? []), epoch],
        mean: withValue(before.mean),
        ...(before.low !== undefined && { low: withValue(before.low), high: withValue(before.high) }),
        last: value,
      };
    }
  }
  return { ...curve, records: curve.records + records.length, series };
}

/** What a path of the API answers; asked again when `version` changes. Undefined before, and when it is not there. */
export function useJson<T>(path: string, version: unknown = 0): T | undefined {
  const [answer, setAnswer] = useState<T>();
  useEffect(() => {
    const abort = new AbortController();
    fetch(path, { signal: abort.signal })
      .then(async (response) => setAnswer(response.ok ? ((await response.json()) as T) : undefined))
      .catch(() => undefined); // gone meanwhile, or no server: the header says so
    return () => abort.abort();
  }, [path, version]);
  return answer;
}
