/** @file A CIFAR-10 of 110 images: stripes whose direction and colour tell the class, in the published layout. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Generator } from '../../src/random/index.js';

function record(label: number, rng: Generator): Uint8Array {
  const bytes = new Uint8Array(1 + 3 * 1024);
  bytes[0] = label;
  const angle = (Math.PI * label) / 10;
  const phase = rng.uniform(0, 6);
  for (let i = 0; i < 3 * 1024; i++) {
    const [plane, y, x] = [i >> 10, (i >> 5) & 31, i & 31];
    const wave = Math.sin((x * Math.cos(angle) + y * Math.sin(angle)) / 2 + phase);
    const colour = 0.5 + 0.5 * Math.cos(label + 2 * plane);
    bytes[1 + i] = Math.round(255 * (0.5 + 0.4 * wave * colour + 0.1 * rng.uniform(-1, 1)));
  }
  return bytes;
}

/** Writes the set below a new temporary folder; returns that folder, a `--data-dir`. */
export function tinyCifar(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'encodergym-data-'));
  const folder = join(dataDir, 'cifar-10-batches-bin');
  mkdirSync(folder);
  const rng = new Generator(0);
  const file = (count: number) => Buffer.concat(Array.from({ length: count }, (_, i) => record(i % 10, rng)));
  for (let i = 1; i <= 5; i++) writeFileSync(join(folder, `data_batch_${i}.bin`), file(20));
  writeFileSync(join(folder, 'test_batch.bin'), file(10));
  return dataDir;
}
