/** @file The drawing of Taxi: roads between hedges, four coloured places, a house as the destination. */
import type { Color, Painter } from '../../recording/index.js';
import { IN_TAXI, TAXI_PLACES, TAXI_WALLS, type TaxiState } from './taxi-map.js';

/** Half of the distance between columns; the distance between rows. */
const CELL = 50;
const COLORS: readonly Color[] = [0xd83a3a, 0x2fa84f, 0xe3c229, 0x3a6fd4];
const HEDGE = 0x3f7d43;

const centerX = (column: number): number => (2 * column + 1.5) * CELL;
const centerY = (row: number): number => (row + 1.5) * CELL;

/** Where south, north, east and west look to. */
const LOOKS = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
];

function drawPerson(painter: Painter, x: number, y: number, size: number): void {
  painter.polygon(
    [
      x - 0.26 * size,
      y + 0.42 * size,
      x - 0.16 * size,
      y - 0.06 * size,
      x + 0.16 * size,
      y - 0.06 * size,
      x + 0.26 * size,
      y + 0.42 * size,
    ],
    0x7b2fa0,
  );
  painter.circle(x, y - 0.22 * size, 0.2 * size, 0x1d1d1b);
  painter.circle(x, y - 0.22 * size, 0.16 * size, 0xf1c7a3);
}

/** A house in the colour of its place, above the place so that a taxi there leaves its roof to be seen. */
function drawHouse(painter: Painter, x: number, y: number, color: Color): void {
  painter.polygon([x - 27, y - 2, x, y - 26, x + 27, y - 2], 0x1d1d1b);
  painter.polygon([x - 21, y - 4, x, y - 22, x + 21, y - 4], color);
  painter.rectangle(x - 19, y - 3, 38, 24, 0x1d1d1b);
  painter.rectangle(x - 17, y - 3, 34, 22, 0xf6efe0);
  painter.rectangle(x - 5, y + 5, 10, 14, color);
}

/** The taxi from above; its passenger is seen through the roof. */
function drawCab(painter: Painter, x: number, y: number, heading: number, occupied: boolean): void {
  const [lookX, lookY] = LOOKS[heading];
  const rectangle = (ahead: number, aside: number, length: number, width: number, color: Color) => {
    const corners = [
      [ahead, aside],
      [ahead + length, aside],
      [ahead + length, aside + width],
      [ahead, aside + width],
    ];
    painter.polygon(
      corners.flatMap(([along, across]) => [
        x + along * lookX - across * lookY,
        y + along * lookY + across * lookX,
      ]),
      color,
    );
  };
  for (const aside of [-15, 10]) for (const ahead of [-16, 7]) rectangle(ahead, aside, 9, 5, 0x1d1d1b);
  rectangle(-23, -13, 46, 26, 0x1d1d1b);
  rectangle(-21, -11, 42, 22, 0xf7c81e);
  rectangle(4, -9, 7, 18, 0x8fd0ea);
  rectangle(-15, -9, 5, 18, 0x8fd0ea);
  for (const aside of [-10, 5]) rectangle(18, aside, 3, 5, 0xfff6c8);
  for (const aside of [-10, 5]) rectangle(-21, aside, 3, 5, 0xc62f2f);
  if (occupied) {
    painter.circle(x - 3 * lookX, y - 3 * lookY, 9, 0x7b2fa0);
    painter.circle(x - 3 * lookX, y - 3 * lookY, 6, 0xf1c7a3);
  } else rectangle(-6, -4, 5, 8, 0x1d1d1b);
}

export function drawTaxi(painter: Painter, taxi: TaxiState, heading: number): void {
  painter.clear(HEDGE);
  painter.rectangle(0.8 * CELL, 0.8 * CELL, 9.4 * CELL, 5.4 * CELL, 0x6d6f73);
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 4; column++) {
      const x = (2 * column + 2.5) * CELL;
      if (TAXI_WALLS[row].includes(column)) painter.rectangle(x - 9, (row + 1) * CELL, 18, CELL, HEDGE);
      else painter.rectangle(x - 12, centerY(row) - 1.5, 24, 3, 0xa9abad);
    }
  }
  TAXI_PLACES.forEach(([row, column], place) => {
    painter.rectangle(centerX(column) - 30, centerY(row) - 23, 60, 46, 0xffffff, 0.55);
    painter.rectangle(centerX(column) - 27, centerY(row) - 20, 54, 40, COLORS[place], 0.85);
  });
  const [row, column] = TAXI_PLACES[taxi.destination];
  const atHouse = taxi.row === row && taxi.column === column;
  drawHouse(painter, centerX(column), centerY(row) - (atHouse ? 26 : 0), COLORS[taxi.destination]);
  drawCab(painter, centerX(taxi.column), centerY(taxi.row), heading, taxi.passenger === IN_TAXI);
  if (taxi.passenger !== IN_TAXI) {
    const [waitRow, waitColumn] = TAXI_PLACES[taxi.passenger];
    // Beside the place, where a taxi does not hide them.
    drawPerson(painter, centerX(waitColumn) + (waitColumn === 4 ? -38 : 38), centerY(waitRow), 46);
  }
}
