import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodePackets, encodePacket, fromJson, toJson, type Packet } from '../../src/recording/packets.js';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size));
}

const packet = fc.record<Packet>({
  kind: fc.constantFrom('start', 'facts', 'frame', 'finish'),
  bytes: fc.uint8Array({ maxLength: 40 }),
});

test('packets come out of a pipe as they went in, however it cuts them; half a packet is none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(packet), fc.integer({ min: 1, max: 50 }), async (packets, size) => {
      const bytes = Buffer.concat([
        ...packets.map(encodePacket),
        encodePacket({ kind: 'facts', bytes: toJson({}) }),
      ]);
      const found: Packet[] = [];
      for await (const one of decodePackets(inChunks(bytes.subarray(0, -1), size))) found.push(one);
      expect(found.map(({ kind, bytes }) => [kind, [...bytes]])).toEqual(
        packets.map(({ kind, bytes }) => [kind, [...bytes]]),
      );
    }),
    { numRuns: 50, seed: 3 },
  );
});

test('numbers arrive as numbers, JSON as JSON', async () => {
  const numbers = Float64Array.of(1.5, -2, Infinity);
  const frame = encodePacket({ kind: 'frame', bytes: new Uint8Array(numbers.buffer) });
  for await (const { bytes } of decodePackets(inChunks(frame, 7))) {
    expect(new Float64Array(bytes.slice().buffer)).toEqual(numbers);
  }
  expect(fromJson(toJson({ a: ['ü', null] }))).toEqual({ a: ['ü', null] });
});
