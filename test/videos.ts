/** @file Small videos for tests of pages that play them. */
import { createPainter, VideoFile } from '../src/recording/index.js';

export const VIDEO_SIZE = { width: 120, height: 80 };

/** A square that moves to the right, 30 frames a second. */
export async function putVideo(path: string, seconds: number): Promise<void> {
  const painter = createPainter(VIDEO_SIZE);
  const video = await VideoFile.create(path, { ...VIDEO_SIZE, fps: 30, format: painter.format });
  for (let i = 0; i < seconds * 30; i++) {
    painter.clear(0x2040c0);
    painter.rectangle(i, 20, 20, 20, 0xffdd00);
    await video.write(painter.read());
  }
  await video.finish();
}
