/** @file The sum tree against a plain list. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SumTree } from '../../../src/agents/replay/index.js';

test('finds what a walk along the list finds', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (list, share) => {
      const tree = new SumTree(list.length);
      list.forEach((weight, i) => tree.set(i, weight));
      const total = list.reduce((sum, weight) => sum + weight, 0);
      expect(tree.total).toBe(total);
      if (total === 0) return;
      let rest = share * total;
      const expected = list.findIndex((weight) => (rest -= weight) < 0);
      expect(tree.find(share * total)).toBe(expected);
    }),
  );
});

test('never finds an index of weight 0, even at the very end', () => {
  const tree = new SumTree(6);
  tree.set(1, 0.1);
  tree.set(3, 0.2);
  expect(tree.find(tree.total)).toBe(3);
  expect(tree.find(0)).toBe(1);
});
