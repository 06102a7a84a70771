/**
 * @file JPEG and PNG files to pixels of one size. The decoder forgives a lot (a cut file comes out grey at the bottom),
 * so files are checked to be whole before.
 */
import { readFile } from 'node:fs/promises';
import { createCanvas, loadImage, type Image, type SKRSContext2D } from '@napi-rs/canvas';
import { CorruptFileError } from '../errors.js';
import { fileError } from '../files.js';
import { crc32 } from '../crc32.js';

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const JPEG_SCAN = Buffer.from([0xff, 0xda]);
const JPEG_END = Buffer.from([0xff, 0xd9]);
/** Files that are read and decoded at the same time. */
const IN_FLIGHT = 8;

/**
 * Decodes `paths` into `out` [paths.length, size, size, 3]: the shorter side is scaled to `size`, the middle is cut out,
 * transparent parts become white.
 * @throws CorruptFileError that names the file; UserError when it cannot be read.
 */
export async function decodeImages(
  paths: readonly string[],
  size: number,
  out: Uint8Array,
  onImage?: (done: number) => void,
): Promise<void> {
  const context = createCanvas(size, size).getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  for (let start = 0; start < paths.length; start += IN_FLIGHT) {
    const group = paths.slice(start, start + IN_FLIGHT);
    const images = await Promise.all(group.map(decode));
    images.forEach((image, i) => {
      const pixels = out.subarray((start + i) * size * size * 3, (start + i + 1) * size * size * 3);
      drawCentre(context, image, size, pixels, group[i]);
      onImage?.(start + i + 1);
    });
  }
}

interface DecodedImage {
  image: Image;
  opaque: boolean;
}

async function decode(path: string): Promise<DecodedImage> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw fileError(error, 'read', path);
  }
  const isPng = bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE);
  const isJpeg = bytes.subarray(0, JPEG_START.length).equals(JPEG_START);
  if (!isPng && !isJpeg) throw corrupt(path, 'it is neither a JPEG nor a PNG file');
  if (isPng ? !isWholePng(bytes) : !isWholeJpeg(bytes)) throw corrupt(path, 'it is truncated or damaged');
  try {
    return { image: await loadImage(bytes), opaque: isJpeg };
  } catch (error) {
    throw corrupt(path, (error as Error).message);
  }
}

function drawCentre(
  context: SKRSContext2D,
  { image, opaque }: DecodedImage,
  size: number,
  out: Uint8Array,
  path: string,
): void {
  const side = Math.min(image.width, image.height);
  const [left, top] = [Math.floor((image.width - side) / 2), Math.floor((image.height - side) / 2)];
  context.clearRect(0, 0, size, size);
  context.drawImage(image, left, top, side, side, 0, 0, size, size);
  const { data } = context.getImageData(0, 0, size, size);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const alpha = data[from + 3];
    // Where a JPEG leaves the canvas clear, its decoder gave up.
    if (opaque && alpha === 0) throw corrupt(path, 'its pixels do not decode');
    for (let c = 0; c < 3; c++) out[to++] = Math.round((data[from + c] * alpha) / 255 + 255 - alpha);
  }
}

/** All chunks up to the last have their checksums. */
function isWholePng(bytes: Buffer): boolean {
  for (let at = PNG_SIGNATURE.length; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return false;
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return true;
    at = end + 4;
  }
  return false;
}

/** The end marker comes after the last scan; a preview's own end comes before. */
const isWholeJpeg = (bytes: Buffer): boolean => bytes.lastIndexOf(JPEG_END) > bytes.lastIndexOf(JPEG_SCAN);

function corrupt(path: string, reason: string): CorruptFileError {
  return new CorruptFileError(
    `The image ${path} cannot be decoded: ${reason}. Replace the file or remove it, then run the same command again.`,
  );
}
