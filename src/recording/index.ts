/** @file Painters, frames and videos. */
export { CanvasPainter, createPainter } from './canvas.js';
export { chooseCanvas, chooseVideoEncoder, type Choice } from './choices.js';
export { writeGallery } from './gallery.js';
export { luma, resolveSize } from './painter.js';
export type { Color, Frame, FramePainter, FrameSize, Painter, PixelFormat, Screen } from './painter.js';
export type { Facts, VideoReport } from './packets.js';
export { Recorder, type RecordingOptions } from './recorder.js';
export { drawText, textWidth, type TextOptions } from './text.js';
export { encodePng } from './png.js';
export { Rasterizer, type RasterizerOptions } from './rasterizer.js';
export { VideoFile } from './video.js';
export { Viewport, type Place } from './viewport.js';
