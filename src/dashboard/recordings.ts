/** @file The gallery: every mp4 below recordings/ that has its JSON beside it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recording } from './api.js';
import { below, type ServedFolder } from './folder.js';

export class RecordingIndex {
  private readonly known = new Map<string, { changed: number; recording: Recording }>();
  private scanning: Promise<boolean> | undefined;

  constructor(private readonly folder: ServedFolder) {}

  /** Newest first. */
  get recordings(): Recording[] {
    return [...this.known.values()]
      .map(({ recording }) => recording)
      .sort((a, b) => b.date.localeCompare(a.date) || a.path.localeCompare(b.path));
  }

  /** Looks at the folder again. @returns whether anything is different */
  refresh(): Promise<boolean> {
    this.scanning ??= this.scan().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  private async scan(): Promise<boolean> {
    let different = false;
    const present = new Set<string>();
    for (const { path, files } of await this.folder.walk()) {
      const names = new Set(files);
      for (const file of files) {
        const facts = file.replace(/\.mp4$/, '.json');
        if (facts === file || !names.has(facts)) continue;
        const video = below(path, file);
        present.add(video);
        const changed = await stat(join(this.folder.root, path, facts)).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        );
        if (this.known.get(video)?.changed === changed) continue;
        const said = (await this.folder.readJson(below(path, facts))) ?? {};
        this.known.set(video, { changed, recording: describe(video, said) });
        different = true;
      }
    }
    for (const video of this.known.keys()) {
      if (!present.has(video)) different = this.known.delete(video);
    }
    return different;
  }
}

function describe(path: string, facts: Record<string, unknown>): Recording {
  const text = (name: string) => (typeof facts[name] === 'string' ? facts[name] : undefined);
  const number = (name: string) => (typeof facts[name] === 'number' ? facts[name] : undefined);
  return {
    path,
    env: text('env') ?? 'no environment',
    arm: text('arm') ?? text('policy') ?? text('agent') ?? 'not named',
    return: number('return'),
    length: number('length'),
    seed: number('seed'),
    seconds: number('seconds') ?? 0,
    fps: number('fps') ?? 30,
    width: number('width') ?? 600,
    height: number('height') ?? 400,
    interrupted: text('ending') === 'interrupted',
    date: text('date') ?? '',
  };
}
