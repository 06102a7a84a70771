/**
 * @file The memory that a rank's main thread and its mesh thread share: how far each channel is, what the main thread
 * waits for, and whether the job has failed. The main thread may block on it; the mesh thread never does.
 */

/** Blocking collectives, and those in the background. */
export const CHANNELS = [0, 1] as const;
export type Channel = (typeof CHANNELS)[number];

const STARTED = 0;
const DONE = 2;
const FAILED = 4;
const WAITING = 5;
const WAITING_NUMBER = 6;
const WAITING_SINCE = 7;
const WORDS = 8;

/** How long the main thread sleeps at most before it looks again whether its mesh thread lives. */
const GLANCE_MILLISECONDS = 1000;

export class Control {
  private readonly words: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(memory);
  }

  /** One word, not 0 once the job has failed; native code watches it while it waits. */
  get failedWord(): Int32Array {
    return this.words.subarray(FAILED, FAILED + 1);
  }

  /** Main thread: counts a collective that begins on a channel; its number, from 1. */
  start(channel: Channel): number {
    return Atomics.add(this.words, STARTED + channel, 1) + 1;
  }

  started(channel: Channel): number {
    return Atomics.load(this.words, STARTED + channel);
  }

  /** Mesh thread: one more collective of a channel is done. */
  finish(channel: Channel): void {
    Atomics.add(this.words, DONE + channel, 1);
    Atomics.notify(this.words, DONE + channel);
  }

  /** Main thread: blocks until collective `number` is done or the job has failed; whether it is done. */
  waitFor(channel: Channel, number: number): boolean {
    for (;;) {
      const done = Atomics.load(this.words, DONE + channel);
      if (done >= number) return true;
      if (this.failed) return false;
      Atomics.wait(this.words, DONE + channel, done, GLANCE_MILLISECONDS);
    }
  }

  get failed(): boolean {
    return Atomics.load(this.words, FAILED) !== 0;
  }

  /** Wakes whoever waits: nothing will be done any more. */
  fail(): void {
    Atomics.store(this.words, FAILED, 1);
    for (const channel of CHANNELS) Atomics.notify(this.words, DONE + channel);
  }

  /** Main thread: that it waits for collective `number` while `wait` runs, for the mesh thread to see. */
  whileWaiting<T>(channel: Channel, number: number, wait: () => T): T {
    Atomics.store(this.words, WAITING_NUMBER, number);
    Atomics.store(this.words, WAITING_SINCE, seconds());
    Atomics.store(this.words, WAITING, channel + 1);
    try {
      return wait();
    } finally {
      Atomics.store(this.words, WAITING, 0);
    }
  }

  /** Mesh thread: what the main thread waits for, and for how many seconds. */
  get waiting(): { channel: Channel; number: number; seconds: number } | undefined {
    const waiting = Atomics.load(this.words, WAITING);
    if (waiting === 0) return undefined;
    const since = Atomics.load(this.words, WAITING_SINCE);
    const number = Atomics.load(this.words, WAITING_NUMBER);
    return { channel: (waiting - 1) as Channel, number, seconds: seconds() - since };
  }
}

/** The machine's monotonic clock, the same in all threads, in whole seconds. */
const seconds = () => Number(process.hrtime.bigint() / 1_000_000_000n);
