import { expect, test } from '@jest/globals';
import { DisplayList, replay } from '../../src/recording/display-list.js';
import { Rasterizer, type Painter } from '../../src/recording/index.js';
import { DRAWINGS, SCREEN } from './drawings.js';

test.each(Object.keys(DRAWINGS))('a replayed drawing is the drawing: %s', (name) => {
  const [direct, replayed] = [new Rasterizer(SCREEN), new Rasterizer(SCREEN)];
  DRAWINGS[name](direct);
  const list = new DisplayList();
  list.rectangle(0, 0, 5, 5, 0xff0000);
  DRAWINGS[name](list);
  replay(list.take(), replayed);
  expect(replayed.pixels).toEqual(direct.pixels);
});

test('what is taken is kept by the caller, and gone from the list', () => {
  const list = new DisplayList();
  list.circle(1, 2, 3, 0x123456, 0.5);
  const first = list.take();
  const copy = [...first];
  list.clear(0);
  expect([...first]).toEqual(copy);
  expect(list.take().length).toBe(2);
  expect(list.take().length).toBe(0);
});

test('what clear covers is not kept', () => {
  const list = new DisplayList();
  list.line(0, 0, 9, 9, 1, 0);
  list.clear(0xffffff);
  const calls: string[] = [];
  replay(list.take(), {
    clear: () => calls.push('clear'),
    line: () => calls.push('line'),
  } as unknown as Painter);
  expect(calls).toEqual(['clear']);
});

test('numbers that are no drawing are an error', () => {
  expect(() => replay(Float64Array.of(9, 1), new Rasterizer(SCREEN))).toThrow(/no shape 9 \(at 0 of 2\)/);
});
