/** @file Pieces of SVG documents, their colours, and their conversion to PNG. */
import { join } from 'node:path';
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { PROJECT_ROOT, writeFileAtomic } from '../files.js';
import { encodePng, type Frame } from '../recording/index.js';

/** A font that comes with the project, for machines without any. */
const FONT = 'Inter';
const FONT_FILES = ['inter-latin-400-normal.woff2', 'inter-latin-600-normal.woff2'];

export const COLOURS = {
  grid: '#e5e7eb',
  muted: '#6b7280',
  text: '#1f2937',
  good: '#15803d',
  bad: '#dc2626',
};

/** Tableau's ten, in an order that keeps neighbours apart. */
const SERIES = [
  '#4e79a7',
  '#f28e2b',
  '#e15759',
  '#76b7b2',
  '#59a14f',
  '#edc948',
  '#b07aa1',
  '#ff9da7',
  '#9c755f',
  '#3f3f46',
];

/** A colour for each of `count` series: ten that are easily told apart, hues around the circle for more. */
export const seriesColour = (index: number, count: number): string =>
  count <= SERIES.length
    ? SERIES[index]
    : `hsl(${Math.round((360 * index) / count)}, 65%, ${index % 2 === 0 ? 40 : 55}%)`;

export const escapeXml = (value: string): string =>
  value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

export interface TextStyle {
  anchor?: 'start' | 'middle' | 'end';
  colour?: string;
  size?: number;
  bold?: boolean;
  /** Degrees, around the text's own place. */
  rotate?: number;
}

/** A line of text whose baseline begins, has its middle or ends at (x, y). */
export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { anchor = 'start', colour = COLOURS.text, size = 12, bold = false, rotate } = style;
  const turned = rotate === undefined ? '' : ` transform="rotate(${rotate} ${x.toFixed(1)} ${y.toFixed(1)})"`;
  return (
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}" fill="${colour}"` +
    `${bold ? ' font-weight="600"' : ''}${turned}>${escapeXml(content)}</text>`
  );
}

/** An image of pixels, enlarged without smoothing. */
export function picture(frame: Frame, x: number, y: number, width: number, height: number): string {
  const uri = `data:image/png;base64,${Buffer.from(encodePng(frame)).toString('base64')}`;
  return (
    `<image href="${uri}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width}" height="${height}" ` +
    'style="image-rendering:pixelated"/>'
  );
}

/** A whole document on white. */
export const svgDocument = (width: number, height: number, body: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
  `font-family="${FONT}, system-ui, sans-serif">\n` +
  `<rect width="${width}" height="${height}" fill="#fff"/>\n${body.filter(Boolean).join('\n')}\n</svg>\n`;

/** The document as a PNG, `scale` pixels for each of its units. */
export async function svgToPng(svg: string, scale = 2): Promise<Buffer> {
  if (!GlobalFonts.has(FONT)) {
    for (const file of FONT_FILES)
      GlobalFonts.registerFromPath(join(PROJECT_ROOT, 'assets', 'inter', file), FONT);
  }
  const image = await loadImage(Buffer.from(svg));
  const canvas = createCanvas(image.width * scale, image.height * scale);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toBuffer('image/png');
}

/** Writes PATH.svg and PATH.png. @returns both paths */
export async function writePicture(path: string, svg: string): Promise<[string, string]> {
  const files: [string, string] = [`${path}.svg`, `${path}.png`];
  writeFileAtomic(files[0], svg);
  writeFileAtomic(files[1], await svgToPng(svg));
  return files;
}
