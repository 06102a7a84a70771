#!/usr/bin/env node
/**
 * @file Makes assets/fashion-mnist: a part of Fashion-MNIST small enough to come with the project.
 *
 *   node scripts/make-bundled-data.mjs [folder with the four published .gz files]
 *
 * Needs a build (`npm run build`). Default folder: where Debian's package dataset-fashion-mnist puts them. Of every
 * class, 2,000 training and 200 test images are drawn at random (seed 0) and written class after class in turn, so that
 * any run of images, the held-out end included, has as many of each class. The format stays idx; brotli instead of gzip
 * saves 13 %.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { PROJECT_ROOT, writeFileAtomic } from '../build/src/files.js';
import { Generator } from '../build/src/random/index.js';

const SOURCE = process.argv[2] ?? '/usr/share/datasets/fashion-mnist';
const TARGET = join(PROJECT_ROOT, 'assets', 'fashion-mnist');
const CLASSES = 10;
const PIXELS = 28 * 28;
const IMAGE_HEADER = 16;
const LABEL_HEADER = 8;

for (const [part, perClass] of [
  ['train', 2000],
  ['t10k', 200],
]) {
  const images = gunzipSync(readFileSync(join(SOURCE, `${part}-images-idx3-ubyte.gz`)));
  const labels = gunzipSync(readFileSync(join(SOURCE, `${part}-labels-idx1-ubyte.gz`)));
  const chosen = choose(labels.subarray(LABEL_HEADER), perClass);

  const imageHeader = Buffer.from(images.subarray(0, IMAGE_HEADER));
  imageHeader.writeUInt32BE(chosen.length, 4);
  const labelHeader = Buffer.from(labels.subarray(0, LABEL_HEADER));
  labelHeader.writeUInt32BE(chosen.length, 4);
  const pixels = chosen.map((i) =>
    images.subarray(IMAGE_HEADER + i * PIXELS, IMAGE_HEADER + (i + 1) * PIXELS),
  );
  write(`${part}-images-idx3-ubyte.br`, Buffer.concat([imageHeader, ...pixels]));
  write(
    `${part}-labels-idx1-ubyte.br`,
    Buffer.concat([labelHeader, Buffer.from(chosen.map((i) => labels[LABEL_HEADER + i]))]),
  );
}

/** Indices of `perClass` images of each class: one of class 0, one of class 1, ... */
function choose(labels, perClass) {
  const members = Array.from({ length: CLASSES }, () => []);
  for (const i of new Generator(0).permutation(labels.length)) {
    if (members[labels[i]].length < perClass) members[labels[i]].push(i);
  }
  return Array.from({ length: perClass * CLASSES }, (_, k) => members[k % CLASSES][Math.floor(k / CLASSES)]);
}

function write(name, bytes) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const packed = brotliCompressSync(bytes, {
    params: {
      [BROTLI_PARAM_QUALITY]: 11,
      [BROTLI_PARAM_LGWIN]: 24,
      [BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileAtomic(join(TARGET, name), packed);
  console.log(`${name}  ${packed.length} bytes  sha256 ${createHash('sha256').update(packed).digest('hex')}`);
}
