/** @file The drawing of both mountain cars. */
import type { Painter, Screen } from '../../recording/index.js';
const { cos, sin } = Math;

export function drawMountain(
  painter: Painter,
  screen: Screen,
  left: number,
  right: number,
  position: number,
  goal: number,
): void {
  void [screen, left, right, position, goal, cos, sin];
  painter.clear(0xffffff);
}
