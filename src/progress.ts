/** @file What a user sees of long work: a bar on a terminal (on stderr), a plain line every ten seconds elsewhere. */
import { SingleBar } from 'cli-progress';

const SECONDS_BETWEEN_LINES = 10;
const MEGABYTE = 2 ** 20;

/** Work of known length, with numbers beside the bar. */
export class ProgressReporter {
  private readonly bar: SingleBar | undefined;
  private lastLine = Date.now();

  /**
   * @param total units of work: steps, frames, jobs, ...
   * @param unit what `done` counts, for plain lines
   */
  constructor(
    private readonly total: number,
    private readonly unit = 'step',
  ) {
    if (!process.stderr.isTTY) return;
    const format = '{bar} {percentage}% | {numbers} | {left} left';
    this.bar = new SingleBar({ format, barsize: 20, hideCursor: true, clearOnComplete: true });
  }

  /** @param numbers shown beside the bar; @param secondsLeft of the whole work */
  update(done: number, numbers: string, secondsLeft: number): void {
    const { bar, total, unit } = this;
    const left = duration(secondsLeft);
    if (bar !== undefined) {
      if (bar.isActive) bar.update(done, { numbers, left });
      else bar.start(total, done, { numbers, left });
      return;
    }
    const now = Date.now();
    if (now - this.lastLine < SECONDS_BETWEEN_LINES * 1000) return;
    this.lastLine = now;
    console.log(`${unit} ${done}/${total} | ${numbers} | ${left} left`);
  }

  /** A line that stays; the bar comes back below it with the next update. */
  message(line: string): void {
    this.stop();
    console.log(line);
  }

  stop(): void {
    if (this.bar?.isActive === true) this.bar.stop();
  }
}

/** How far a task, such as a download or the decoding of images, has come. */
export interface TaskProgress {
  /** What is under way, as `Downloading cifar-10-binary.tar.gz`. */
  readonly task: string;
  readonly done: number;
  /** Not known for some downloads. */
  readonly total?: number;
  readonly unit: 'bytes' | 'images' | 'frames';
}

/** Shows tasks one after the other. */
export class TaskReporter {
  private bar: SingleBar | undefined;
  private task = '';
  private lastLine = 0;

  show({ task, done, total, unit }: TaskProgress): void {
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
