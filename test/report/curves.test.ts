/** @file The picture of learning curves. */
import { expect, test } from '@jest/globals';
import { drawCurves } from '../../src/report/index.js';

test('each arm has a line, a band and a label; the axes have round numbers', () => {
  const curve = (name: string, scale: number) => ({
    name,
    points: [0, 5000, 10_000].map((step) => ({
      x: step,
      value: scale * step,
      low: scale * step - 5,
      high: scale * step + 5,
    })),
  });
  const svg = drawCurves({ title: 'CartPole-v1 & ppo', label: 'return', axis: 'environment steps' }, [
    curve('state', 0.045),
    curve('random', 0.001),
  ]);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<polygon/g)).toHaveLength(2);
  for (const part of [
    'CartPole-v1 &amp; ppo',
    '>state<',
    '>random<',
    '>10k<',
    '>500<',
    '>-100<',
    '>environment steps<',
  ]) {
    expect(svg).toContain(part);
  }
  expect(svg).not.toContain('NaN');
});
