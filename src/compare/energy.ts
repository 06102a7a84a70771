/**
 * @file The energy that the processors take, by the counters of Linux's powercap (Intel's RAPL, which AMD has too). Only
 * root may read them as a rule, and virtual machines have none.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const POWERCAP = '/sys/class/powercap';
/** The counters begin anew after some minutes at the soonest: they are read more often. */
const MILLISECONDS_BETWEEN_READINGS = 20_000;

interface Counter {
  path: string;
  /** Microjoules at which it begins anew. */
  range: number;
  last: number;
}

/** Measures from its making on. */
export class EnergyMeter {
  private readonly counters: Counter[] | undefined;
  private readonly timer: NodeJS.Timeout | undefined;
  private microjoules = 0;

  constructor(folder = POWERCAP) {
    this.counters = findCounters(folder);
    if (this.counters === undefined) return;
    this.timer = setInterval(() => this.read(), MILLISECONDS_BETWEEN_READINGS).unref();
  }

  /** Ends the measurement. @returns joules; undefined where the machine does not tell */
  stop(): number | undefined {
    clearInterval(this.timer);
    if (this.counters === undefined) return undefined;
    this.read();
    return this.microjoules / 1e6;
  }

  private read(): void {
    for (const counter of this.counters ?? []) {
      const now = readNumber(counter.path);
      this.microjoules += now - counter.last + (now < counter.last ? counter.range : 0);
      counter.last = now;
    }
  }
}

/** The processors' packages: what is within them (cores, memory) is counted with them. */
function findCounters(folder: string): Counter[] | undefined {
  try {
    const packages = readdirSync(folder)
      .map((zone) => join(folder, zone))
      .filter((zone) => /intel-rapl:\d+$/.test(zone))
      .filter((zone) => readFileSync(join(zone, 'name'), 'utf8').startsWith('package'));
    const counters = packages.map((zone) => {
      const path = join(zone, 'energy_uj');
      return { path, range: readNumber(join(zone, 'max_energy_range_uj')), last: readNumber(path) };
    });
    return counters.length > 0 ? counters : undefined;
  } catch {
    return undefined; // not there, or not for this user
  }
}

const readNumber = (path: string) => Number(readFileSync(path, 'utf8'));
