/** @file Blackjack against a dealer who draws to 17, from an endless deck (Sutton and Barto, example 5.1). */
import type { Generator } from '../../random/index.js';
import type { Painter } from '../../recording/index.js';
import {
  BaseEnv,
  booleanOption,
  Discrete,
  NO_INFO,
  Tuple,
  type EnvOptions,
  type ResetResult,
  type StepResult,
} from '../core/index.js';
import { drawBlackjack, SUITS, type Card } from './blackjack-drawing.js';

/** Aces are 1, jack, queen and king 10. */
const DECK = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];

const drawCard = (rng: Generator): number => DECK[rng.integers(0, DECK.length)];
const sum = (hand: readonly number[]): number => hand.reduce((total, card) => total + card, 0);
/** An ace that counts 11 without going over 21. */
const hasUsableAce = (hand: readonly number[]): boolean => hand.includes(1) && sum(hand) + 10 <= 21;
const sumHand = (hand: readonly number[]): number => sum(hand) + (hasUsableAce(hand) ? 10 : 0);
const isBust = (hand: readonly number[]): boolean => sumHand(hand) > 21;
const score = (hand: readonly number[]): number => (isBust(hand) ? 0 : sumHand(hand));
/** An ace and a ten as the first two cards. */
const isNatural = (hand: readonly number[]): boolean =>
  hand.length === 2 && hand.includes(1) && hand.includes(10);

/** [the player's sum, the dealer's card, a usable ace: 0 or 1]. */
export type BlackjackObservation = readonly [number, number, number];

export class Blackjack extends BaseEnv<BlackjackObservation, number> {
  readonly observationSpace = new Tuple([new Discrete(32), new Discrete(11), new Discrete(2)]);
  readonly actionSpace = new Discrete(2);
  readonly fps = 4;
  override readonly screen = { width: 600, height: 500 };
  private readonly natural: boolean;
  private readonly suttonAndBarto: boolean;
  private dealer: number[] = [];
  private player: number[] = [];
  private topCard: Card = { suit: 'spade', rank: 'A' };
  private revealed = false;

  constructor(options: EnvOptions) {
    super(options);
    this.natural = booleanOption(options, 'natural');
    this.suttonAndBarto = booleanOption(options, 'sab');
  }

  protected start(): ResetResult<BlackjackObservation> {
    const { rng } = this;
    this.dealer = [drawCard(rng), drawCard(rng)];
    this.player = [drawCard(rng), drawCard(rng)];
    this.revealed = false;
    // Drawn to be seen only; Gymnasium draws them too.
    const suit = SUITS[rng.integers(0, SUITS.length)];
    const [card] = this.dealer;
    const rank = card === 10 ? ['J', 'Q', 'K'][rng.integers(0, 3)] : card === 1 ? 'A' : String(card);
    this.topCard = { suit, rank };
    return { observation: this.observe(), info: NO_INFO };
  }

  step(action: number): StepResult<BlackjackObservation> {
    const hit = action === 1;
    if (hit) this.player.push(drawCard(this.rng));
    const reward = hit ? (isBust(this.player) ? -1 : 0) : this.stick();
    return {
      observation: this.observe(),
      reward,
      terminated: !hit || isBust(this.player),
      truncated: false,
      info: NO_INFO,
    };
  }

  /** The dealer plays; returns the reward. */
  private stick(): number {
    const { dealer, player } = this;
    this.revealed = true;
    while (sumHand(dealer) < 17) dealer.push(drawCard(this.rng));
    const reward = Math.sign(score(player) - score(dealer));
    if (this.suttonAndBarto) return isNatural(player) && !isNatural(dealer) ? 1 : reward;
    return this.natural && isNatural(player) && reward === 1 ? 1.5 : reward;
  }

  private observe(): BlackjackObservation {
    return [sumHand(this.player), this.dealer[0], hasUsableAce(this.player) ? 1 : 0];
  }

  override draw(painter: Painter): void {
    const { dealer, player, topCard, revealed } = this;
    drawBlackjack(painter, {
      dealer,
      player,
      topCard,
      revealed,
      playerSum: sumHand(player),
      dealerSum: sumHand(dealer),
    });
  }
}
