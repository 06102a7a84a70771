/** @file Checks of what can be seen. */
import { isDeepStrictEqual } from 'node:util';
import { Rasterizer } from '../../../recording/index.js';
import { describeValue } from '../describe.js';
import type { Env } from '../env.js';
import { isRecord, type Report } from './report.js';

/** Enough to see what is drawn; checks are quicker than at full size. */
const WIDTH = 64;
const PNG = [0x89, 0x50, 0x4e, 0x47];

/** `draw` and `render` in the present state, which must have been reset. */
export function checkDrawing(env: Env, report: Report): void {
  if (!(env.fps > 0)) report.error(`fps: expected steps a second above 0, found ${describeValue(env.fps)}.`);
  const { screen } = env;
  if ((screen === undefined) !== (env.draw === undefined)) {
    report.error('`screen` and `draw(painter)` belong together: give the environment both, or none.');
    return;
  }
  report.attempt('render()', () => checkRender(env, report));
  if (screen === undefined) return;
  report.attempt('draw()', () => {
    const height = Math.max(1, Math.round((WIDTH * screen.height) / screen.width));
    const rasterizer = new Rasterizer(screen, { width: WIDTH, height });
    const drawOn = (colour: number) => {
      rasterizer.pixels.fill(colour);
      env.draw?.(rasterizer);
      return rasterizer.pixels.slice();
    };
    const before = env.rng.getState();
    const onBlack = drawOn(0);
    if (!isDeepStrictEqual(onBlack, drawOn(0))) {
      report.error('draw() twice in the same state gives two pictures: it must not change the state.');
    } else if (!isDeepStrictEqual(onBlack, drawOn(255))) {
      report.error('draw() leaves parts of the frame before: begin with `painter.clear(colour)`.');
    }
    if (!isDeepStrictEqual(before, env.rng.getState())) {
      report.error('draw() draws random numbers from `rng`: watching an episode would change it.');
    }
  });
}

function checkRender(env: Env, report: Report): void {
  const rendered: unknown = env.render();
  if (rendered === undefined) return;
  if (ArrayBuffer.isView(rendered)) {
    const bytes = rendered as Uint8Array;
    if (PNG.every((byte, i) => bytes[i] === byte)) return;
  } else if (isRecord(rendered)) {
    const { width, height, data } = rendered;
    const fits = ArrayBuffer.isView(data) && data.byteLength === 3 * Number(width) * Number(height);
    if (fits && width === env.screen?.width && height === env.screen?.height) return;
  }
  report.error(
    `render() returns ${describeValue(rendered).slice(0, 100)}: expected undefined, a frame { width, height, data } ` +
      'of the size of `screen` with 3 bytes a pixel, or the bytes of a PNG file.',
  );
}
