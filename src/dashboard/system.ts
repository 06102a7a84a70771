/** @file How busy the machine is. */
import { cpus, freemem, totalmem } from 'node:os';
import type { SystemLoad } from './api.js';

/** Samples that are kept: five minutes at one every two seconds. */
const KEPT = 150;

/** Processor time of all cores since the start, in milliseconds. */
function processorTime(): { busy: number; total: number } {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

export class SystemMonitor {
  readonly history: SystemLoad[] = [];
  private before = processorTime();

  /** The load since the last sample. */
  sample(): SystemLoad {
    const now = processorTime();
    const passed = now.total - this.before.total;
    const load: SystemLoad = {
      time: Date.now(),
      cpu: passed > 0 ? (now.busy - this.before.busy) / passed : 0,
      cores: cpus().length,
      memoryUsed: totalmem() - freemem(),
      memoryTotal: totalmem(),
    };
    this.before = now;
    this.history.push(load);
    if (this.history.length > KEPT) this.history.shift();
    return load;
  }
}
