/** @file The drawing of Blackjack: the dealer's cards above, the player's below, with what they sum to. */
import { drawText, type Color, type Painter } from '../../recording/index.js';

export const SUITS = ['club', 'diamond', 'heart', 'spade'] as const;
export type Suit = (typeof SUITS)[number];

export interface Card {
  readonly suit: Suit;
  /** 2 to 10, A, J, Q, K. */
  readonly rank: string;
}

/** What there is to see. */
export interface BlackjackTable {
  readonly dealer: readonly number[];
  readonly player: readonly number[];
  /** The face of the dealer's open card. */
  readonly topCard: Card;
  /** Whether the dealer has played. */
  readonly revealed: boolean;
  readonly dealerSum: number;
  readonly playerSum: number;
}

const WIDTH = 100;
const HEIGHT = 140;
const RED = 0xc8323c;
const BLACK = 0x1d1d1b;

function drawSuit(painter: Painter, suit: Suit, x: number, y: number, size: number, color: Color): void {
  const polygon = (points: readonly number[]) => {
    painter.polygon(
      points.map((at, i) => (i % 2 === 0 ? x : y) + at * size),
      color,
    );
  };
  const circle = (dx: number, dy: number, radius: number) => {
    painter.circle(x + dx * size, y + dy * size, radius * size, color);
  };
  if (suit === 'diamond') polygon([0, -0.6, 0.42, 0, 0, 0.6, -0.42, 0]);
  if (suit === 'heart') {
    for (const side of [-1, 1]) circle(0.23 * side, -0.2, 0.27);
    polygon([-0.47, -0.09, 0, -0.15, 0.47, -0.09, 0, 0.55]);
  }
  if (suit === 'spade') {
    for (const side of [-1, 1]) circle(0.23 * side, 0.12, 0.27);
    polygon([-0.47, 0.01, 0, -0.6, 0.47, 0.01, 0, 0.2]);
  }
  if (suit === 'club') {
    for (const side of [-1, 1]) circle(0.26 * side, 0.1, 0.24);
    circle(0, -0.28, 0.24);
    circle(0, 0, 0.15);
  }
  if (suit === 'spade' || suit === 'club') polygon([-0.04, 0.05, 0.04, 0.05, 0.18, 0.58, -0.18, 0.58]);
}

function drawBlank(painter: Painter, left: number, top: number): void {
  painter.rectangle(left - 2, top - 2, WIDTH + 4, HEIGHT + 4, 0x0b3d1e);
  painter.rectangle(left, top, WIDTH, HEIGHT, 0xfdfdf8);
}

function drawFace(painter: Painter, { suit, rank }: Card, left: number, top: number): void {
  const color = suit === 'heart' || suit === 'diamond' ? RED : BLACK;
  drawBlank(painter, left, top);
  drawText(painter, rank, left + 12, top + 14, 32, color, { weight: 6 });
  drawSuit(painter, suit, left + 62, top + 98, 56, color);
}

function drawBack(painter: Painter, left: number, top: number): void {
  drawBlank(painter, left, top);
  painter.rectangle(left + 8, top + 8, WIDTH - 16, HEIGHT - 16, 0x2f55a4);
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 3; column++) {
      drawSuit(painter, 'diamond', left + 25 + 25 * column, top + 26 + 22 * row, 16, 0x9db7ea);
    }
  }
}

const rankOf = (value: number): string => (value === 1 ? 'A' : String(value));

/** The left edges of cards beside each other, closer if there are many. */
function placeCards(count: number): number[] {
  const distance = Math.min(WIDTH + 14, (420 - WIDTH) / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, i) => 150 + i * distance);
}

function drawSum(painter: Painter, sum: number, top: number, color: Color): void {
  drawText(painter, String(sum), 72, top + 37, 66, color, { align: 0.5 });
}

export function drawBlackjack(painter: Painter, table: BlackjackTable): void {
  const { dealer, player, topCard, revealed, dealerSum, playerSum } = table;
  painter.clear(0x07632e);
  painter.rectangle(0, 247, 600, 6, 0x0b4a25);

  placeCards(dealer.length).forEach((left, i) => {
    if (i === 0) drawFace(painter, topCard, left, 55);
    else if (revealed) drawFace(painter, { suit: SUITS[i % 4], rank: rankOf(dealer[i]) }, left, 55);
    else drawBack(painter, left, 55);
  });
  placeCards(player.length).forEach((left, i) => {
    drawFace(painter, { suit: SUITS[(i + 2) % 4], rank: rankOf(player[i]) }, left, 305);
  });
  drawSum(painter, revealed ? dealerSum : dealer[0], 55, 0xcfe8d6);
  drawSum(painter, playerSum, 305, playerSum > 21 ? 0xff8a80 : 0xffffff);
}
