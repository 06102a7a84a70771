/**
 * @file The bits: numpy's SeedSequence (entropy of any length -> well mixed state) and PCG64 XSL-RR 128/64
 * (O'Neill 2014). 128-bit numbers are four 32-bit limbs, lowest first: an order of magnitude faster than BigInt.
 */

/** Whole numbers that seed a generator: each is taken apart into 32-bit words. */
export type Entropy = number | bigint | readonly (number | bigint)[];

// Looked up once: a global costs a hundred times more where code runs in a vm context, as under jest.
const { floor, imul } = Math;

const WORD = 2 ** 32;
const POOL_SIZE = 4;

/** The little-endian 32-bit words of a non-negative integer, or of several in a row. */
function words(entropy: Entropy): number[] {
  if (typeof entropy === 'object') return entropy.flatMap((value) => words(value));
  if (typeof entropy === 'number' && !Number.isSafeInteger(entropy)) {
    throw new RangeError(`A seed must be a whole number below 2^53 (or a bigint), got ${entropy}.`);
  }
  if (entropy < 0) throw new RangeError(`A seed must not be negative, got ${entropy}.`);
  const digits: number[] = [];
  let rest = BigInt(entropy);
  do {
    digits.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return digits;
}

/** A hash of one word whose constant moves on with every call. */
function makeHash(initial: number, multiplier: number): (value: number) => number {
  let constant = initial;
  return (value) => {
    const mixed = value ^ constant;
    constant = imul(constant, multiplier);
    const product = imul(mixed, constant);
    return product ^ (product >>> 16);
  };
}

/** Eight words of generator state from a seed and a path of spawn indices, as `SeedSequence.generate_state(4, uint64)`. */
export function seedState(entropy: Entropy, spawnKey: readonly number[]): Uint32Array {
  const assembled = words(entropy);
  if (spawnKey.length > 0) {
    while (assembled.length < POOL_SIZE) assembled.push(0);
    assembled.push(...words(spawnKey));
  }
  const hash = makeHash(0x43b0d7e5, 0x931e8875);
  const mix = (x: number, y: number) => {
    const result = imul(0xca01f9dd, x) - imul(0x4973f715, y);
    return result ^ (result >>> 16);
  };
  const pool = Array.from({ length: POOL_SIZE }, (_, i) => hash(assembled[i] ?? 0));
  for (let source = 0; source < POOL_SIZE; source++) {
    for (let i = 0; i < POOL_SIZE; i++) if (i !== source) pool[i] = mix(pool[i], hash(pool[source]));
  }
  for (const word of assembled.slice(POOL_SIZE)) {
    for (let i = 0; i < POOL_SIZE; i++) pool[i] = mix(pool[i], hash(word));
  }
  const finish = makeHash(0x8b51f9dd, 0x58f38ded);
  return Uint32Array.from({ length: 8 }, (_, i) => finish(pool[i % POOL_SIZE]));
}

/** The high word of the 64-bit product of two words; every intermediate value fits a double's 53 bits. */
function highProduct(a: number, b: number): number {
  return floor((a * (b >>> 16) + floor((a * (b & 0xffff)) / 65536)) / 65536);
}

// The multiplier 0x2360ed051fc65da44385df649fccf645.
const M0 = 0x9fccf645;
const M1 = 0x4385df64;
const M2 = 0x1fc65da4;
const M3 = 0x2360ed05;

/** The linear congruential generator modulo 2^128 with its output permutation. */
export class Pcg64 {
  /** State and increment, four limbs each. */
  readonly state = new Uint32Array(4);
  readonly increment = new Uint32Array(4);
  /** The two words of the last output. */
  high = 0;
  low = 0;

  /** @param seed eight words: 128 bits of state, 128 of stream, each as (high, low) 64-bit halves. */
  constructor(seed: Uint32Array) {
    const { state, increment } = this;
    const stream = [seed[6], seed[7], seed[4], seed[5]];
    for (let i = 0; i < 4; i++) increment[i] = (stream[i] << 1) | (i === 0 ? 1 : stream[i - 1] >>> 31);
    const start = [seed[2], seed[3], seed[0], seed[1]];
    let carry = 0;
    for (let i = 0; i < 4; i++) {
      const sum = increment[i] + start[i] + carry;
      state[i] = sum;
      carry = sum >= WORD ? 1 : 0;
    }
    this.step();
  }

  private step(): void {
    const { state, increment } = this;
    const [a, b, c, d] = [state[0], state[1], state[2], state[3]];
    let sum = increment[0] + (imul(a, M0) >>> 0);
    state[0] = sum;
    sum = floor(sum / WORD) + increment[1] + highProduct(a, M0) + (imul(a, M1) >>> 0) + (imul(b, M0) >>> 0);
    state[1] = sum;
    sum =
      floor(sum / WORD) +
      increment[2] +
      highProduct(a, M1) +
      highProduct(b, M0) +
      (imul(a, M2) >>> 0) +
      (imul(b, M1) >>> 0) +
      (imul(c, M0) >>> 0);
    state[2] = sum;
    state[3] =
      floor(sum / WORD) +
      increment[3] +
      highProduct(a, M2) +
      highProduct(b, M1) +
      highProduct(c, M0) +
      (imul(a, M3) >>> 0) +
      (imul(b, M2) >>> 0) +
      (imul(c, M1) >>> 0) +
      (imul(d, M0) >>> 0);
  }

  /** Draws 64 bits into `high` and `low`. */
  next(): void {
    this.step();
    const { state } = this;
    let high = state[3] ^ state[1];
    let low = state[2] ^ state[0];
    const rotation = state[3] >>> 26;
    if (rotation >= 32) [high, low] = [low, high];
    const r = rotation & 31;
    if (r === 0) {
      this.high = high >>> 0;
      this.low = low >>> 0;
    } else {
      this.high = ((high >>> r) | (low << (32 - r))) >>> 0;
      this.low = ((low >>> r) | (high << (32 - r))) >>> 0;
    }
  }
}

/** A 128-bit number in decimal, as numpy prints a state. */
export function limbsToDecimal(limbs: Uint32Array): string {
  return limbs.reduceRight((value, limb) => (value << 32n) | BigInt(limb), 0n).toString();
}

/** Reads what `limbsToDecimal` wrote. */
export function decimalToLimbs(decimal: string, limbs: Uint32Array): void {
  let value = BigInt(decimal);
  for (let i = 0; i < 4; i++, value >>= 32n) limbs[i] = Number(value & 0xffffffffn);
}
