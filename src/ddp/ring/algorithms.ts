/**
 * @file The collectives over sockets. Small ones go straight from each rank to each other and are summed in the order
 * of the ranks; large ones go round the ring in chunks (Patarasu & Yuan, 2009), so that each rank sends and receives
 * 2 (W - 1) / W of the bytes however many ranks there are, and a chunk is passed on while the next arrives.
 */
import { COLLECTIVES, isDouble, type Collective, type Floats } from '../collectives.js';
import type { Incoming, Outgoing } from './stream.js';

/** A rank's connections on one channel, by the other rank. */
export interface Links {
  readonly rank: number;
  readonly worldSize: number;
  readonly incoming: readonly Incoming[];
  readonly outgoing: readonly Outgoing[];
}

/** Adds the second to the first, number by number. */
export type Add = (to: Floats, from: Floats) => void;

export interface SocketCollective extends Collective {
  readonly input: Floats;
  readonly output: Floats;
}

const DIRECT_BYTES = 1 << 16;
const CHUNK_BYTES = 1 << 18;
const HEADER_BYTES = 16;

/** Another rank is at another collective: a mistake in the program, not of the network. */
export class MismatchError extends Error {
  constructor(
    readonly rank: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Runs collective `number` of a channel on this rank.
 * @throws MismatchError when a neighbour's is another one; the sockets' errors.
 */
export async function runCollective(
  links: Links,
  collective: SocketCollective,
  number: number,
  add: Add,
): Promise<void> {
  const { kind, input, output } = collective;
  const others = ranksAfter(links);
  const small = input.byteLength <= DIRECT_BYTES && kind !== 'broadcast';
  const [next, previous] = [others[0], others[others.length - 1]];
  const header = encodeHeader(collective, number);
  for (const rank of small ? others : [next]) links.outgoing[rank].write(header);
  await Promise.all((small ? others : [previous]).map((rank) => checkHeader(links, rank, header)));

  if (kind === 'broadcast') await passAlong(links, collective);
  else if (small) await exchange(links, collective, add);
  else if (kind === 'allReduce') await travel(links, input, 0, 2 * (links.worldSize - 1), add);
  else if (kind === 'allGather') {
    segment(output, links.rank, links.worldSize).set(input);
    await travel(links, output, links.worldSize - 1, 2 * (links.worldSize - 1), add, links.rank);
  } else {
    const sums = input.slice();
    await travel(links, sums, 0, links.worldSize - 1, add, links.rank - 1);
    output.set(segment(sums, links.rank, links.worldSize));
  }
  await flush(links);
}

const flush = (links: Links) => Promise.all(ranksAfter(links).map((rank) => links.outgoing[rank].flushed()));

/** The other ranks, the next one round the ring first. */
const ranksAfter = ({ rank, worldSize }: Links) =>
  Array.from({ length: worldSize - 1 }, (_, i) => (rank + 1 + i) % worldSize);

/** Everybody's input to everybody; the sums in the order of the ranks are the same everywhere. */
async function exchange(links: Links, { kind, input, output }: SocketCollective, add: Add): Promise<void> {
  const { rank, worldSize } = links;
  const scatters = kind === 'reduceScatter';
  const inputs = Array.from({ length: worldSize }, (_, source) =>
    source === rank
      ? (scatters ? segment(input, rank, worldSize) : input).slice()
      : input.slice(0, scatters ? output.length : input.length),
  );
  await Promise.all(
    ranksAfter(links).map((other) => {
      links.outgoing[other].write(bytesOf(scatters ? segment(input, other, worldSize) : input));
      return links.incoming[other].read(bytesOf(inputs[other]));
    }),
  );
  await flush(links); // the output may be the input
  if (kind === 'allGather') inputs.forEach((part, source) => output.set(part, source * part.length));
  else {
    for (const other of inputs.slice(1)) add(inputs[0], other);
    output.set(inputs[0]);
  }
}

/**
 * Passes the segments of `values` round the ring, from step `first` to before step `end`. In the first W - 1 steps
 * a segment gathers the sum on its way; in the next W - 1 the finished ones go to everybody.
 * @param start the segment that this rank sends at first
 */
async function travel(
  { rank, worldSize, incoming, outgoing }: Links,
  values: Floats,
  first: number,
  end: number,
  add: Add,
  start = rank,
): Promise<void> {
  const [next, previous] = [outgoing[(rank + 1) % worldSize], incoming[(rank + worldSize - 1) % worldSize]];
  const segmentAt = (step: number) => segment(values, mod(start - (step - first), worldSize), worldSize);
  next.write(bytesOf(segmentAt(first)));
  const arrivals = Array.from({ length: end - first }, (_, i) => first + i).flatMap((step) =>
    chunksOf(segmentAt(step + 1)).map((chunk) => ({ chunk, step })),
  );
  const scratch = [0, 1].map(() => values.slice(0, CHUNK_BYTES / values.BYTES_PER_ELEMENT));
  const landing = (i: number) => {
    const { chunk, step } = arrivals[i];
    return step < worldSize - 1 ? scratch[i % 2].subarray(0, chunk.length) : chunk;
  };
  const read = (i: number) => previous.read(bytesOf(landing(i)));
  let reading = arrivals.length > 0 ? read(0) : undefined;
  for (let i = 0; i < arrivals.length; i++) {
    await reading;
    if (i + 1 < arrivals.length) reading = read(i + 1);
    const { chunk, step } = arrivals[i];
    if (step < worldSize - 1) add(chunk, landing(i));
    if (step + 1 < end) next.write(bytesOf(chunk));
  }
}

/** A broadcast goes from rank to rank, chunk by chunk, until it is back before its root. */
async function passAlong(links: Links, { input, root }: SocketCollective): Promise<void> {
  const { rank, worldSize, incoming, outgoing } = links;
  const next = (rank + 1) % worldSize;
  const previous = incoming[(rank + worldSize - 1) % worldSize];
  for (const chunk of chunksOf(input)) {
    if (rank !== root) await previous.read(bytesOf(chunk));
    if (next !== root) outgoing[next].write(bytesOf(chunk));
  }
}

/** Rank `index`'s share of the values: equal parts, or as nearly equal as they can be. */
function segment<T extends Floats>(values: T, index: number, worldSize: number): T {
  const border = (i: number) => Math.floor((values.length * i) / worldSize);
  return values.subarray(border(index), border(index + 1)) as T;
}

function chunksOf(values: Floats): Floats[] {
  const size = CHUNK_BYTES / values.BYTES_PER_ELEMENT;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    values.subarray(i * size, (i + 1) * size),
  );
}

const bytesOf = (values: Floats) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

const mod = (value: number, modulus: number) => ((value % modulus) + modulus) % modulus;

/** What tells one collective from another: kind, type, root, number and length. */
function encodeHeader({ kind, input, root }: Collective, number: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint8(0, COLLECTIVES.indexOf(kind));
  header.setUint8(1, isDouble(input) ? 1 : 0);
  header.setUint16(2, root);
  header.setUint32(4, number);
  header.setFloat64(8, input.length);
  return new Uint8Array(header.buffer);
}

function describeHeader(bytes: Uint8Array): string {
  const header = new DataView(bytes.buffer);
  const type = header.getUint8(1) === 1 ? 'float64' : 'float32';
  const root = header.getUint16(2) === 0 ? '' : ` from rank ${header.getUint16(2)}`;
  return `${COLLECTIVES[header.getUint8(0)]} ${header.getUint32(4)} of ${header.getFloat64(8)} ${type}${root}`;
}

async function checkHeader({ incoming, rank }: Links, other: number, own: Uint8Array): Promise<void> {
  const found = new Uint8Array(HEADER_BYTES);
  await incoming[other].read(found);
  if (Buffer.compare(found, own) === 0) return;
  throw new MismatchError(
    other,
    `is at ${describeHeader(found)} while rank ${rank} is at ${describeHeader(own)}`,
  );
}
