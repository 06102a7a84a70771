/**
 * @file numpy's `default_rng`, bit for bit: the same seed draws the same numbers, in the same order, as numpy does.
 * Every random choice of the project comes from here, so a seed determines a run.
 */
import { decimalToLimbs, limbsToDecimal, Pcg64, seedState, type Entropy } from './pcg64.js';
import { STRIP_HEIGHT, STRIP_INSIDE, STRIP_SCALE, TAIL_START } from './ziggurat.js';

// Looked up once, as in pcg64.ts.
const { exp, floor, imul } = Math;

const WORD = 2 ** 32;

/** Everything that determines what a generator draws next; survives JSON. */
export interface GeneratorState {
  /** 128-bit numbers in decimal, as in numpy's `bit_generator.state`. */
  state: string;
  increment: string;
  /** The half of a 64-bit draw that the next 32-bit draw will use. */
  spareWord: number | null;
  /** How `spawn` continues: the seed's decimal words, the path from the root, children so far. */
  entropy: string[];
  spawnKey: number[];
  spawned: number;
}

/**
 * A stream of random numbers.
 *
 * @example const rng = new Generator(0); rng.random(); // 0.6369616873214543, as np.random.default_rng(0).random()
 */
export class Generator {
  private readonly bits: Pcg64;
  private spareWord: number | null = null;
  private entropy: Entropy;
  private spawned = 0;

  /**
   * @param seed a whole number from 0, or several (`[seed, epoch, image]` gives each image its own stream)
   * @param spawnKey path of indices from the root; `spawn` fills it in
   */
  constructor(
    seed: Entropy,
    private spawnKey: readonly number[] = [],
  ) {
    this.entropy = seed;
    this.bits = new Pcg64(seedState(seed, spawnKey));
  }

  /** A number in [0, 1) with 53 random bits. */
  random(): number {
    this.bits.next();
    return (this.bits.high * 2097152 + (this.bits.low >>> 11)) * 2 ** -53;
  }

  /** A number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.random();
  }

  /** A whole number in [low, high), by Lemire's unbiased multiplication (2019). */
  integers(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high <= low) {
      throw new RangeError(
        `integers(low, high) needs whole numbers with low < high, got ${low} and ${high}.`,
      );
    }
    return low + this.below(high - low);
  }

  /** A draw from the normal distribution, by the ziggurat. */
  normal(mean = 0, standardDeviation = 1): number {
    return mean + standardDeviation * this.standardNormal();
  }

  /** 0 .. count-1 in random order. */
  permutation(count: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: count }, (_, i) => i));
  }

  /** Shuffles in place (Fisher and Yates) and returns its argument. */
  shuffle<T extends Int32Array | Uint32Array | Float32Array | Float64Array | unknown[]>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.upTo(i);
      [values[i], values[j]] = [values[j], values[i]];
    }
    return values;
  }

  /** An index below `count`, with probabilities `p` if given (they must sum to 1). */
  choice(count: number, p?: ArrayLike<number>): number {
    if (p === undefined) return this.integers(0, count);
    if (p.length !== count) throw new RangeError(`choice expects ${count} probabilities, got ${p.length}.`);
    const cumulative = new Float64Array(count);
    let total = 0;
    for (let i = 0; i < count; i++) {
      if (!(p[i] >= 0)) throw new RangeError(`Probabilities must not be negative, got ${p[i]} at ${i}.`);
      cumulative[i] = total += p[i];
    }
    if (!(Math.abs(total - 1) < 1e-6)) throw new RangeError(`Probabilities must sum to 1, got ${total}.`);
    const draw = this.random();
    return cumulative.findIndex((value) => draw < value / total);
  }

  /** Fills with numbers in [low, high), in order. */
  fillUniform<T extends Float32Array | Float64Array>(out: T, low = 0, high = 1): T {
    for (let i = 0; i < out.length; i++) out[i] = this.uniform(low, high);
    return out;
  }

  /** Fills with normal numbers, in order. */
  fillNormal<T extends Float32Array | Float64Array>(out: T, mean = 0, standardDeviation = 1): T {
    for (let i = 0; i < out.length; i++) out[i] = mean + standardDeviation * this.standardNormal();
    return out;
  }

  /** `count` new generators, independent of this one and of all others spawned; draws nothing from this one. */
  spawn(count: number): Generator[] {
    return Array.from(
      { length: count },
      () => new Generator(this.entropy, [...this.spawnKey, this.spawned++]),
    );
  }

  /** What `setState` needs to draw on from here. */
  getState(): GeneratorState {
    const entropy = typeof this.entropy === 'object' ? this.entropy : [this.entropy];
    return {
      state: limbsToDecimal(this.bits.state),
      increment: limbsToDecimal(this.bits.increment),
      spareWord: this.spareWord,
      entropy: entropy.map(String),
      spawnKey: [...this.spawnKey],
      spawned: this.spawned,
    };
  }

  setState(saved: GeneratorState): void {
    decimalToLimbs(saved.state, this.bits.state);
    decimalToLimbs(saved.increment, this.bits.increment);
    this.spareWord = saved.spareWord;
    this.entropy = saved.entropy.map(BigInt);
    this.spawnKey = [...saved.spawnKey];
    this.spawned = saved.spawned;
  }

  /** A generator that goes on where `getState` was called. */
  static fromState(saved: GeneratorState): Generator {
    const generator = new Generator(0);
    generator.setState(saved);
    return generator;
  }

  /** Half of a 64-bit draw: the low word, and the high word the next time. */
  private word(): number {
    if (this.spareWord !== null) {
      const word = this.spareWord;
      this.spareWord = null;
      return word;
    }
    this.bits.next();
    this.spareWord = this.bits.high;
    return this.bits.low;
  }

  /** A whole number in [0, span); spans up to 2^32 take 32-bit draws, as numpy's. */
  private below(span: number): number {
    if (span === 1) return 0;
    if (span === WORD) return this.word();
    if (span > WORD) return this.belowWide(BigInt(span));
    // word * span has up to 64 bits: its two words are computed apart.
    let word = this.word();
    let fraction = imul(word, span) >>> 0;
    if (fraction < span) {
      const threshold = (WORD - span) % span;
      while (fraction < threshold) {
        word = this.word();
        fraction = imul(word, span) >>> 0;
      }
    }
    return floor((word * (span >>> 16) + floor((word * (span & 0xffff)) / 65536)) / 65536);
  }

  /** A whole number in [0, most], by masked rejection: numpy shuffles with these, not with Lemire's. */
  private upTo(most: number): number {
    const mask = 0xffffffff >>> Math.clz32(most);
    for (;;) {
      const value = (this.word() & mask) >>> 0;
      if (value <= most) return value;
    }
  }

  private belowWide(span: bigint): number {
    const threshold = ((1n << 64n) - span) % span;
    for (;;) {
      this.bits.next();
      const product = ((BigInt(this.bits.high) << 32n) | BigInt(this.bits.low)) * span;
      if ((product & 0xffffffffffffffffn) >= threshold) return Number(product >> 64n);
    }
  }

  private standardNormal(): number {
    for (;;) {
      this.bits.next();
      const { high, low } = this.bits;
      // 64 bits from the lowest: 8 choose the strip, 1 the sign, 52 the place; 3 are not used.
      const strip = low & 0xff;
      const place = (high & 0x1fffffff) * 8388608 + (low >>> 9);
      const x = (low & 0x100) !== 0 ? -place * STRIP_SCALE[strip] : place * STRIP_SCALE[strip];
      if (place < STRIP_INSIDE[strip]) return x;
      if (strip === 0) {
        const tail = this.normalTail();
        return (low & 0x20000) !== 0 ? -tail : tail;
      }
      const height = STRIP_HEIGHT[strip];
      if ((STRIP_HEIGHT[strip - 1] - height) * this.random() + height < exp(-0.5 * x * x)) return x;
    }
  }

  /** |x| beyond the last strip (Marsaglia 1964). */
  private normalTail(): number {
    for (;;) {
      const x = -(1 / TAIL_START) * Math.log1p(-this.random());
      const y = -Math.log1p(-this.random());
      if (y + y > x * x) return TAIL_START + x;
    }
  }
}
