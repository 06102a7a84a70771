/** @file Drawings that the painters' tests share: every shape, inside the frame and over its borders. */
import { drawText, type Painter, type Screen } from '../../src/recording/index.js';

export const SCREEN: Screen = { width: 120, height: 80 };

export const DRAWINGS: Record<string, (painter: Painter) => void> = {
  polygons(painter) {
    painter.clear(0x203040);
    painter.polygon([10, 10, 50.3, 14.7, 30.1, 61.4], 0xff8800);
    painter.polygon([60, 10, 110, 12, 70, 30, 112, 70, 58, 66], 0x22cc88);
    painter.polygon([-30, 50, 20, 40, 15, 130], 0xffffff, 0.5);
    painter.polygon([90, -40, 300, 20, 100, 60], 0x3355ff, 0.25);
  },
  circles(painter) {
    painter.clear(0xffffff);
    painter.circle(40, 40, 25.3, 0xcc2222);
    painter.circle(80.4, 30.7, 3.2, 0x000000);
    painter.circle(118, 78, 30, 0x0000ff, 0.4);
    painter.circle(20, 20, 0.6, 0x000000);
  },
  'rectangles and lines'(painter) {
    painter.clear(0x000000);
    painter.rectangle(5.25, 6.5, 40.5, 20.25, 0xeeeeee);
    painter.rectangle(-10, 60, 500, 10, 0x888800);
    painter.rectangle(60, 20, -8, -6, 0xff00ff);
    painter.line(10, 70, 110, 8, 1, 0xffffff);
    painter.line(70, -10, 70.5, 100, 6, 0x00ff88, 0.7);
    painter.line(0, 40, 120, 40, 0.5, 0xffffff);
  },
  text(painter) {
    painter.clear(0x101010);
    drawText(painter, 'Return -12.5', 4, 4, 10, 0xffffff);
    drawText(painter, '0123456789', 60, 30, 12, 0xffcc00, { align: 0.5 });
  },
};
