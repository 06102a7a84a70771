/** @file SVG documents as PNG: with their text, in the font that comes along. */
import { expect, test } from '@jest/globals';
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { svgToPng } from '../../src/report/index.js';
import { svgDocument, text } from '../../src/report/svg.js';

/** How much of a picture of a text is ink, and its size. */
async function draw(content: string, bold: boolean) {
  const image = await loadImage(await svgToPng(svgDocument(120, 30, [text(5, 20, content, { bold })]), 3));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let ink = 0;
  for (let i = 0; i < data.length; i += 4) ink += 1 - data[i] / 255;
  return { ink: ink / (width * height), width, height };
}

test('letters are drawn, heavier where they are bold', async () => {
  const plain = await draw('Interquartile 123', false);
  expect(plain).toMatchObject({ width: 360, height: 90 });
  expect(plain.ink).toBeGreaterThan(0.02);
  expect((await draw('Interquartile 123', true)).ink).toBeGreaterThan(1.1 * plain.ink);
  expect((await draw('', false)).ink).toBe(0);
  expect(GlobalFonts.has('Inter')).toBe(true);
});
