/**
 * @file Taxi: fetch a passenger at one of four places and bring them to another (Dietterich 2000), where it may rain
 * and passengers may change their minds.
 */
import type { Painter } from '../../recording/index.js';
import {
  booleanOption,
  Discrete,
  numberOption,
  type EnvOptions,
  type Info,
  type ResetResult,
} from '../core/index.js';
import { drawTaxi } from './taxi-drawing.js';
import { decodeTaxi, drive, encodeTaxi, IN_TAXI, placeOf, type TaxiState } from './taxi-map.js';
import { equalStarts, TableEnv, type Transition, type TransitionTable } from './table-env.js';

const STATES = 500;
const PICKUP = 4;

/** The actions to the left and to the right of south, north, east and west, seen in that direction. */
const SIDES = [
  [2, 3],
  [3, 2],
  [1, 0],
  [0, 1],
];

function certain(state: TaxiState, reward: number, terminated = false): Transition[] {
  return [{ probability: 1, state: encodeTaxi(state), reward, terminated }];
}

function outcomes(state: number, action: number, straight: number): Transition[] {
  const taxi = decodeTaxi(state);
  const place = placeOf(taxi);
  if (action === PICKUP) {
    return place === taxi.passenger ? certain({ ...taxi, passenger: IN_TAXI }, -1) : certain(taxi, -10);
  }
  if (action > PICKUP) {
    if (taxi.passenger !== IN_TAXI || place < 0) return certain(taxi, -10);
    const arrived = place === taxi.destination;
    return certain({ ...taxi, passenger: place }, arrived ? 20 : -1, arrived);
  }
  const ahead = drive(taxi, action);
  if (straight === 1) return certain(ahead, -1);
  // Against a wall the taxi slips to no side.
  const moved = ahead.row !== taxi.row || ahead.column !== taxi.column;
  const aside = SIDES[action].map((side) => (moved ? drive(taxi, side) : taxi));
  return [ahead, ...aside].map((next, i) => ({
    probability: i === 0 ? straight : (1 - straight) / 2,
    state: encodeTaxi(next),
    reward: -1,
    terminated: false,
  }));
}

/** 1 for each action that changes the state. */
function maskOf(state: number): Int8Array {
  const taxi = decodeTaxi(state);
  const place = placeOf(taxi);
  const moves = [0, 1, 2, 3].map((action) => encodeTaxi(drive(taxi, action)) !== state);
  const rest = [place === taxi.passenger, taxi.passenger === IN_TAXI && place >= 0];
  return Int8Array.from([...moves, ...rest], Number);
}

export class Taxi extends TableEnv {
  readonly observationSpace = new Discrete(STATES);
  readonly actionSpace = new Discrete(6);
  override readonly screen = { width: 550, height: 350 };
  readonly transitions: TransitionTable;
  readonly starts = equalStarts(
    Array.from({ length: STATES }, (_, state) => state).filter((state) => {
      const { passenger, destination } = decodeTaxi(state);
      return passenger !== IN_TAXI && passenger !== destination;
    }),
  );
  private readonly masks = Array.from({ length: STATES }, (_, state) => maskOf(state));
  private readonly mayBeFickle: boolean;
  private readonly fickleProbability: number;
  /** Whether this episode's passenger is going to change their mind. */
  private fickle = false;
  private heading = 0;

  constructor(options: EnvOptions) {
    super(options);
    const probability = numberOption(options, 'rainyProbability', { low: 0, high: 1 });
    const straight = booleanOption(options, 'isRainy') ? probability : 1;
    this.transitions = Array.from({ length: STATES }, (_, state) =>
      Array.from({ length: 6 }, (_, action) => outcomes(state, action, straight)),
    );
    this.mayBeFickle = booleanOption(options, 'ficklePassenger');
    this.fickleProbability = numberOption(options, 'fickleProbability', { low: 0, high: 1 });
  }

  protected override start(options: Record<string, unknown>): ResetResult<number> {
    const result = super.start(options);
    this.fickle = this.mayBeFickle && this.rng.random() < this.fickleProbability;
    this.heading = 0;
    return result;
  }

  /** A fickle passenger wants to go elsewhere once the taxi has driven off with them. */
  protected override arrive(next: number): number {
    const before = decodeTaxi(this.state);
    const after = decodeTaxi(next);
    const moved = before.row !== after.row || before.column !== after.column;
    if (!this.fickle || before.passenger !== IN_TAXI || !moved) return next;
    this.fickle = false;
    const others = [0, 1, 2, 3].filter((place) => place !== before.destination);
    return encodeTaxi({ ...after, destination: others[this.rng.integers(0, others.length)] });
  }

  /** `info.actionMask` is 1 for the actions that change the state. */
  protected override describe(probability: number): Info {
    return { prob: probability, actionMask: this.masks[this.state].slice() };
  }

  override draw(painter: Painter): void {
    if (this.lastAction !== undefined && this.lastAction < PICKUP) this.heading = this.lastAction;
    drawTaxi(painter, decodeTaxi(this.state), this.heading);
  }
}
