/** @file What a rank prints: to its own file, once there is a folder for it; rank 0 prints on the terminal, too. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Takes over this process's stdout and stderr. */
export class RankLog {
  private early = '';
  private file: string | undefined;

  constructor(private readonly rank: number) {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      const take = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
        // On a terminal, stderr has the progress bar of rank 0.
        if (rank > 0 || stream === process.stdout) this.append(Buffer.from(chunk).toString());
        if (rank === 0) return write(chunk, ...rest);
        const done = rest.find((one): one is never => typeof one === 'function') as (() => void) | undefined;
        if (done !== undefined) setImmediate(done);
        return true;
      };
      stream.write = take;
      // A rank that crashes before it has a file must not be silent; of its errors rank 0 tells.
      process.on('exit', (code) => {
        if (rank > 0 && code > 2 && this.file === undefined && stream === process.stderr) write(this.early);
      });
    }
  }

  /** From now on the output is appended to FOLDER/rank-N.log. */
  openIn(folder: string): void {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, `rank-${this.rank}.log`);
    this.append('');
  }

  private append(text: string): void {
    this.early += text;
    if (this.file === undefined) return;
    try {
      appendFileSync(this.file, this.early);
      this.early = '';
    } catch {
      // A full disk must not end what may yet be saved; what was said is kept for when there is room.
    }
  }
}
