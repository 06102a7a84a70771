/** @file What a user sees of long work: a bar on a terminal, a plain line every ten seconds elsewhere. */
import { SingleBar } from 'cli-progress';
import type { DataProgress } from '../data/index.js';

/** The state of training after a step. */
export interface StepReport {
  step: number;
  epoch: number;
  loss: number;
  parts: Record<string, number>;
  lr: number;
  imagesPerSecond: number;
}

const SECONDS_BETWEEN_LINES = 10;
const MEGABYTE = 2 ** 20;

/** Shows steps and messages; on a terminal the bar is on stderr, so that stdout stays readable by programs. */
export class ProgressReporter {
  private readonly bar: SingleBar | undefined;
  private lastLine = Date.now();

  constructor(
    private readonly total: number,
    private readonly epochs: number,
    private readonly batchSize: number,
  ) {
    if (!process.stderr.isTTY) return;
    const format = '{bar} {percentage}% | epoch {epoch} | {numbers} | {left} left';
    this.bar = new SingleBar({ format, barsize: 20, hideCursor: true, clearOnComplete: true });
  }

  step(report: StepReport): void {
    const { bar, total, epochs } = this;
    const left = duration(((total - report.step) * this.batchSize) / report.imagesPerSecond);
    const epoch = `${report.epoch}/${epochs}`;
    const parts = Object.entries(report.parts).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    const numbers =
      `loss ${report.loss.toFixed(3)} (${parts.join(', ')}) | lr ${report.lr.toPrecision(3)} | ` +
      `${report.imagesPerSecond.toFixed(0)} images/s`;
    if (bar !== undefined) {
      const payload = { epoch, numbers, left };
      if (bar.isActive) bar.update(report.step, payload);
      else bar.start(total, report.step, payload);
      return;
    }
    const now = Date.now();
    if (now - this.lastLine < SECONDS_BETWEEN_LINES * 1000) return;
    this.lastLine = now;
    console.log(`step ${report.step}/${total} | epoch ${epoch} | ${numbers} | ${left} left`);
  }

  /** A line that stays; the bar comes back below it with the next step. */
  message(line: string): void {
    this.stop();
    console.log(line);
  }

  stop(): void {
    if (this.bar?.isActive === true) this.bar.stop();
  }
}

/** Shows downloads and the decoding of images. */
export class LoadingReporter {
  private bar: SingleBar | undefined;
  private task = '';
  private lastLine = 0;

  show({ task, done, total, unit }: DataProgress): void {
    const scale = unit === 'bytes' ? MEGABYTE : 1;
    const amount = (count: number) => Math.round(count / scale);
    const name = unit === 'bytes' ? 'MB' : unit;
    if (task !== this.task) {
      this.stop();
      this.task = task;
      if (process.stderr.isTTY && total !== undefined) {
        this.bar = new SingleBar({
          format: `${task} {bar} {percentage}% | {value}/{total} ${name} | {eta_formatted} left`,
          barsize: 20,
          hideCursor: true,
          clearOnComplete: true,
        });
        this.bar.start(amount(total), amount(done));
      }
    }
    if (this.bar !== undefined) {
      this.bar.update(amount(done));
      return;
    }
    const now = Date.now();
    if (now - this.lastLine < SECONDS_BETWEEN_LINES * 1000) return;
    this.lastLine = now;
    console.log(`${task}: ${amount(done)}${total === undefined ? '' : ` of ${amount(total)}`} ${name}`);
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** Seconds as '1 h 05 min', '3 min 20 s' or '12 s'. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${padded(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${padded(rest)} s` : `${rest} s`;
}
