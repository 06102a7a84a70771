/**
 * @file Server-sent events: what changes in runs and recordings, told to every page that is open. While none is, nothing
 * is looked at.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { StreamEvents } from './api.js';
import { CurveCache, type RunCurves } from './curves.js';
import type { ServedFolder } from './folder.js';
import type { RecordingIndex } from './recordings.js';
import type { RunIndex } from './run-index.js';
import { SystemMonitor } from './system.js';

/** Streams at a time, and runs that one of them may follow. */
const MOST_CLIENTS = 64;
export const MOST_FOLLOWED = 32;
/** A page that takes nothing is let go when so many bytes wait for it. */
const MOST_WAITING = 32 * 2 ** 20;
const CURVES_EVERY = 1000;
const SYSTEM_EVERY = 2000;
const SCAN_EVERY = 1000;
/** Looking at all folders takes at most this share of the time. */
const SHARE_FOR_SCANS = 0.05;

/** Who follows curves, and those that it has been told. */
interface Follower {
  response: ServerResponse;
  told: Set<string>;
}

export class Streams {
  private readonly watchers = new Set<ServerResponse>();
  private readonly followers = new Set<Follower>();
  private readonly curves: CurveCache;
  private readonly system = new SystemMonitor();
  private awake: AbortController | undefined;
  private recordingsVersion = 0;

  constructor(
    runs: ServedFolder,
    private readonly index: RunIndex,
    private readonly recordings: RecordingIndex,
  ) {
    this.curves = new CurveCache(runs);
  }

  /** No further stream is served. */
  get full(): boolean {
    return this.watchers.size + this.followers.size >= MOST_CLIENTS;
  }

  /** Tells the list of runs, the load, and changes of these and of the gallery, until the page goes. */
  watch(response: ServerResponse): void {
    this.begin(response, this.watchers, response);
    send(response, 'system', this.system.history);
    if (this.index.scanned) send(response, 'runs', { changed: this.index.entries, removed: [] });
  }

  /** Tells the curves of some runs and what comes to them, until the page goes. */
  async follow(response: ServerResponse, runs: readonly string[]): Promise<void> {
    const follower: Follower = { response, told: new Set() };
    this.begin(response, this.followers, follower);
    for (const run of runs) {
      const curves = this.curves.get(run);
      await this.tellGrowth(curves);
      send(response, 'curve', curves.data());
      follower.told.add(run);
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const response of [...this.watchers, ...[...this.followers].map((one) => one.response)]) {
      response.end();
    }
    this.awake?.abort();
  }

  private begin<Client>(response: ServerResponse, clients: Set<Client>, client: Client): void {
    clients.add(client);
    response.on('close', () => {
      clients.delete(client);
      if (this.watchers.size + this.followers.size > 0) return;
      this.awake?.abort();
      this.awake = undefined;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    if (this.awake !== undefined) return;
    this.awake = new AbortController();
    const { signal } = this.awake;
    void repeat(() => this.scan(), signal);
    void repeat(() => this.followCurves(), signal);
    void repeat(() => this.tellSystem(), signal);
  }

  /** Reads what is new of a run and tells it to those who know what was before. */
  private async tellGrowth(curves: RunCurves): Promise<void> {
    const growth = await curves.update();
    const followers = [...this.followers].filter(({ told }) => told.has(curves.run));
    if (followers.length === 0 || growth.length === 0) return;
    for (const { response } of followers) {
      if (growth === 'anew') send(response, 'curve', curves.data());
      else send(response, 'records', { run: curves.run, records: growth });
    }
  }

  private async scan(): Promise<number> {
    const start = performance.now();
    const isFirst = !this.index.scanned;
    const changes = await this.index.refresh();
    if (isFirst || changes.changed.length + changes.removed.length > 0) this.tellAll('runs', changes);
    if (await this.recordings.refresh()) this.tellAll('recordings', ++this.recordingsVersion);
    const spent = performance.now() - start;
    return Math.max(SCAN_EVERY, spent / SHARE_FOR_SCANS);
  }

  private async followCurves(): Promise<number> {
    const followed = new Set([...this.followers].flatMap(({ told }) => [...told]));
    for (const run of followed) await this.tellGrowth(this.curves.get(run));
    this.curves.trim((run) => followed.has(run));
    return CURVES_EVERY;
  }

  private tellSystem(): number {
    this.tellAll('system', [this.system.sample()]);
    return SYSTEM_EVERY;
  }

  private tellAll<Name extends keyof StreamEvents>(name: Name, value: StreamEvents[Name]): void {
    for (const response of this.watchers) send(response, name, value);
  }
}

/** Does the work again and again, each time after the pause that it asks for. */
async function repeat(work: () => Promise<number> | number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pause = await work();
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

function send<Name extends keyof StreamEvents>(
  response: ServerResponse,
  name: Name,
  value: StreamEvents[Name],
): void {
  if (response.writableLength > MOST_WAITING) response.destroy();
  else response.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
}
