/** @file The town of Taxi: places, walls, and states as numbers. */

const SIZE = 5;
/** Where the passenger is, when not at one of the places. */
export const IN_TAXI = 4;

/** [row, column] of the places red, green, yellow and blue. */
export const TAXI_PLACES: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
];

/** Columns with a wall on their right, by row. */
export const TAXI_WALLS: readonly (readonly number[])[] = [[1], [1], [], [0, 2], [0, 2]];

export interface TaxiState {
  readonly row: number;
  readonly column: number;
  /** Which place the passenger waits at; 4 is in the taxi. */
  readonly passenger: number;
  /** Which place the passenger wants to go to. */
  readonly destination: number;
}

/** ((row * 5 + column) * 5 + passenger) * 4 + destination. */
export const encodeTaxi = ({ row, column, passenger, destination }: TaxiState): number =>
  ((row * SIZE + column) * 5 + passenger) * 4 + destination;

export const decodeTaxi = (state: number): TaxiState => ({
  row: Math.floor(state / 100),
  column: Math.floor(state / 20) % SIZE,
  passenger: Math.floor(state / 4) % 5,
  destination: state % 4,
});

/** Where the taxi comes to by south, north, east or west; where it is, if a wall is in the way. */
export function drive(taxi: TaxiState, action: number): TaxiState {
  const { row, column } = taxi;
  if (action === 0) return { ...taxi, row: Math.min(row + 1, SIZE - 1) };
  if (action === 1) return { ...taxi, row: Math.max(row - 1, 0) };
  const right = action === 2 ? 1 : -1;
  const blocked = TAXI_WALLS[row].includes(action === 2 ? column : column - 1);
  return blocked ? taxi : { ...taxi, column: Math.max(0, Math.min(column + right, SIZE - 1)) };
}

/** Which place the taxi is at, -1 for none. */
export const placeOf = ({ row, column }: TaxiState): number =>
  TAXI_PLACES.findIndex((place) => place[0] === row && place[1] === column);
