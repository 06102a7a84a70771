import { expect, test } from '@jest/globals';
import { World } from 'planck';
import { boxCorners, massOf, Polygon } from '../../../src/envs/box2d/physics.js';

/** A box of 2 x 1 with its middle at (3, 5): its area is 2, its inertia about the middle (2^2 + 1^2) / 12 a mass. */
const box = boxCorners(1, 0.5).map((value, i) => value + (i % 2 === 0 ? 3 : 5));

test('mass, centre and inertia of a box far from the origin', () => {
  const { mass, center, I } = massOf([box], 4);
  expect(mass).toBeCloseTo(8, 12);
  expect(center.x).toBeCloseTo(3, 12);
  expect(center.y).toBeCloseTo(5, 12);
  expect(I).toBeCloseTo(8 * (5 / 12 + 9 + 25), 9);
});

test('corners may go either way round, and shapes add up', () => {
  const backwards = [6, 4, 2, 0].flatMap((i) => [box[i], box[i + 1]]);
  const { mass, center, I } = massOf([backwards], 4);
  expect([mass, center.x, center.y]).toEqual([8, 3, 5].map((value) => expect.closeTo(value, 9)));
  expect(I).toBeCloseTo(massOf([box], 4).I, 9);
  const both = massOf([box, boxCorners(1, 0.5)], 1);
  expect(both.mass).toBeCloseTo(4, 12);
  expect(both.center.x).toBeCloseTo(1.5, 12);
});

test('a body has its centre of mass where its polygon has it', () => {
  const body = new World().createBody({ type: 'dynamic' });
  body.createFixture(new Polygon([0, 0, 3, 0, 0, 6]), { density: 2 });
  expect(body.getMass()).toBeCloseTo(18, 12);
  expect(body.getLocalCenter().x).toBeCloseTo(1, 12);
  expect(body.getLocalCenter().y).toBeCloseTo(2, 12);
});
