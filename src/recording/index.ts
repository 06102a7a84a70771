/** @file Painters, frames and videos. */
export type { Color, Frame, Painter, Screen } from './painter.js';
