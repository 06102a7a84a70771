import { expect, test } from '@jest/globals';
import { Car } from '../../../../src/envs/box2d/car-racing/car.js';
import { Road } from '../../../../src/envs/box2d/car-racing/road.js';
import { layTiles } from '../../../../src/envs/box2d/car-racing/track.js';

/** A straight road up from the origin; tile 0, from its end back to its beginning, is out of the way. */
const straight = layTiles(Array.from({ length: 40 }, (_, i) => ({ angle: 0, across: 0, x: 0, y: 3.5 * i })));

/** Corners in clockwise order of a square around a point. */
const wheelAt = (x: number, y: number, half = 0.5) => ({
  corners: [x - half, y + half, x + half, y + half, x + half, y - half, x - half, y - half],
  onRoad: false,
});

test('a wheel is on the road as long as it touches it', () => {
  const road = new Road(straight);
  const sideOf = 40 / 6;
  for (const [x, expected] of [
    [0, true],
    [sideOf + 0.49, true],
    // The skin of Box2D's shapes.
    [sideOf + 0.515, true],
    [sideOf + 0.53, false],
    [-sideOf - 1, false],
  ] as const) {
    const wheel = wheelAt(x, 20);
    road.feel(x, 20, [wheel]);
    expect(wheel.onRoad).toBe(expected);
  }
});

test('tiles count once', () => {
  const road = new Road(straight);
  // Tile i reaches from 3.5 (i - 1) to 3.5 i.
  expect(road.feel(0, 12, [wheelAt(0, 12)])).toBe(1);
  expect(road.visited.indexOf(true)).toBe(4);
  expect(road.feel(0, 12, [wheelAt(0, 12)])).toBe(0);
  expect(road.feel(0, 14, [wheelAt(0, 14), wheelAt(0, 17.5)])).toBe(2);
  expect(road.visitedCount).toBe(3);
  expect(road.onFirstTile).toBe(false);
});

test('the car rolls straight ahead, the faster the more gas, and stops when it brakes', () => {
  const drive = (steps: number, gas: number, brake: number, car = new Car(0, 0, 0)) => {
    for (let step = 0; step < steps; step++) {
      car.gas(gas);
      car.brake(brake);
      car.drive();
      for (const wheel of car.wheels) wheel.onRoad = true;
      car.move();
    }
    return car;
  };
  const position = (car: Car) => car.hull.getPosition();
  // 79.778 m on Box2D 2.4.1 in floats, with the same forces.
  const car = drive(100, 0.5, 0);
  expect(position(car).y).toBeCloseTo(79.4, 0);
  expect(position(car).x).toBeCloseTo(0, 6);
  expect(position(drive(100, 0.2, 0)).y).toBeLessThan(position(car).y - 10);
  drive(100, 0, 1, car);
  expect(car.hull.getLinearVelocity().y).toBeCloseTo(0, 1);
  expect(car.wheels.map(({ spin }) => Math.abs(spin) < 1)).toEqual([true, true, true, true]);
});

test('grass holds less than the road: wheels spin', () => {
  const start = (onRoad: boolean) => {
    const car = new Car(0, 0, 0);
    for (let step = 0; step < 50; step++) {
      car.gas(1);
      car.drive();
      for (const wheel of car.wheels) wheel.onRoad = onRoad;
      car.move();
    }
    return car;
  };
  const [road, grass] = [start(true), start(false)];
  expect(road.hull.getPosition().y).toBeGreaterThan(1.3 * grass.hull.getPosition().y);
  expect(grass.wheels[2].skids).toBe(true);
});
