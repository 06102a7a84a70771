/**
 * @file Replay: what was seen and done, to be learnt from many times. Each frame (an embedding, a picture, a state) is
 * stored once; stacks of frames and n-step returns are put together as they are drawn, so that a stack of four pictures
 * takes the memory of one. Each environment fills a ring of its own:
 *
 *   slot     0      1      2      3      4
 *   frame    first  .      final  first  .        a slot's frame is followed by that slot's action and reward;
 *   action   a0     a1     -      a2     ?        an episode's final frame is followed by none
 */
import type { Generator } from '../../random/index.js';
import { SumTree } from './sum-tree.js';

export type Frames = Float32Array | Uint8Array;

export interface ReplayOptions {
  /** Slots over all environments; a final frame takes one, too. */
  capacity: number;
  numEnvs: number;
  /** Numbers of a frame. */
  frameSize: number;
  /** Float32: states and embeddings; Uint8: pictures. */
  dtype: 'float32' | 'uint8';
  /** Frames that make an observation, the last first seen last; before an episode's first frame there are copies of it. */
  stack: number;
  /** Numbers of an action. */
  actionSize: number;
  /** Rewards to add up before the value of what follows. */
  nStep: number;
  gamma: number;
  /** Prioritised replay (Schaul et al. 2016): chances in proportion to |error| ** alpha; 0 draws all alike. */
  alpha: number;
}

/** A batch, [size, ...] each; reused by the next draw. */
export interface ReplayBatch {
  size: number;
  /** [size, stack * frameSize] */
  observations: Frames;
  /** [size, actionSize] */
  actions: Float32Array;
  /** Discounted sums of up to n rewards. */
  rewards: Float32Array;
  /** What follows them, [size, stack * frameSize]; after a truncated episode its final observation. */
  nextObservations: Frames;
  /** Weight of the following value: gamma ** (number of rewards), or 0 where the episode terminated. */
  discounts: Float32Array;
  /** Corrects for unequal chances: (N P) ** -beta over the largest of the batch; all 1 without priorities. */
  weights: Float32Array;
  /** For `setPriorities`. */
  slots: Int32Array;
}

/** An action, what came of it, and the frame that followed (an ended episode's final one). */
export interface Experience {
  action: ArrayLike<number>;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  next: ArrayLike<number>;
}

/** What is known of a slot. */
const FIRST = 1;
const ACTED = 2;
const TERMINATED = 4;
const ENDED = 8;
/** May be drawn: acted, all that its n-step return needs has been seen, and nothing of its stack was overwritten. */
const DRAWABLE = 16;

/** Where an environment's ring stands; survives JSON. */
interface Ring {
  /** The slot of the newest frame, counted within the ring; -1 before the first. */
  head: number;
  /** Slots written, at most all. */
  filled: number;
}

/** All that a replay holds besides its settings. */
export interface ReplayState {
  frames: Frames;
  actions: Float32Array;
  rewards: Float32Array;
  flags: Uint8Array;
  /** Weights of the draw; empty without priorities. */
  priorities: Float64Array;
  rings: Ring[];
  largest: number;
}

export class Replay {
  private readonly slotsPerEnv: number;
  private readonly frames: Frames;
  private readonly actions: Float32Array;
  private readonly rewards: Float32Array;
  private readonly flags: Uint8Array;
  private readonly rings: Ring[];
  private readonly tree: SumTree | undefined;
  /** The largest |error| ** alpha so far: new slots are drawn soon. */
  private largest = 1;
  private drawable = 0;
  private batch: ReplayBatch | undefined;

  constructor(private readonly o: ReplayOptions) {
    this.slotsPerEnv = Math.floor(o.capacity / o.numEnvs);
    if (this.slotsPerEnv < o.nStep + o.stack + 2) {
      throw new RangeError(`A replay of ${o.capacity} slots is too small for ${o.numEnvs} environments.`);
    }
    const slots = this.slotsPerEnv * o.numEnvs;
    this.frames = this.newFrames(slots);
    this.actions = new Float32Array(slots * o.actionSize);
    this.rewards = new Float32Array(slots);
    this.flags = new Uint8Array(slots);
    this.rings = Array.from({ length: o.numEnvs }, () => ({ head: -1, filled: 0 }));
    this.tree = o.alpha > 0 ? new SumTree(slots) : undefined;
  }

  /** Transitions that may be drawn. */
  get size(): number {
    return this.drawable;
  }

  /** The first frame of an environment's next episode. */
  begin(env: number, frame: ArrayLike<number>): void {
    this.push(env, frame, FIRST);
  }

  /** What an environment's newest frame led to. */
  add(env: number, { action, reward, terminated, truncated, next }: Experience): void {
    const slot = this.slotAt(env, this.rings[env].head);
    this.actions.set(action, slot * this.o.actionSize);
    this.rewards[slot] = reward;
    const ended = terminated || truncated;
    this.flags[slot] |= ACTED | (terminated ? TERMINATED : 0) | (ended ? ENDED : 0);
    this.push(env, next, 0);
    this.complete(env, ended);
  }

  /**
   * Draws transitions, with replacement.
   * @param beta how far unequal chances are corrected, 0 to 1
   * @throws RangeError when there is nothing to draw.
   */
  draw(rng: Generator, size: number, beta = 1): ReplayBatch {
    if (this.drawable === 0) throw new RangeError('The replay holds no complete transition yet.');
    const batch = (this.batch?.size === size ? this.batch : undefined) ?? this.newBatch(size);
    this.batch = batch;
    let largestWeight = 0;
    for (let row = 0; row < size; row++) {
      const slot = this.tree === undefined ? this.drawUniform(rng) : this.drawPrioritised(rng, row, size);
      batch.slots[row] = slot;
      const chance = this.tree === undefined ? 1 : this.tree.get(slot) / this.tree.total;
      const weight = this.tree === undefined ? 1 : (this.drawable * chance) ** -beta;
      batch.weights[row] = weight;
      largestWeight = Math.max(largestWeight, weight);
      this.readTransition(slot, row, batch);
    }
    for (let row = 0; row < size; row++) batch.weights[row] /= largestWeight;
    return batch;
  }

  /** After learning: how wrong each drawn transition's value was. */
  setPriorities(slots: Int32Array, errors: ArrayLike<number>): void {
    if (this.tree === undefined) return;
    for (let i = 0; i < slots.length; i++) {
      const priority = (Math.abs(errors[i]) + 1e-6) ** this.o.alpha;
      this.largest = Math.max(this.largest, priority);
      this.tree.set(slots[i], priority);
    }
  }

  /** The arrays themselves, not copies. */
  getState(): ReplayState {
    const { frames, actions, rewards, flags, rings, largest, tree } = this;
    const priorities = Float64Array.from({ length: tree === undefined ? 0 : flags.length }, (_, slot) =>
      tree!.get(slot),
    );
    return { frames, actions, rewards, flags, priorities, rings, largest };
  }

  /** Goes on where `getState` was called, in a replay of the same options. */
  setState(state: ReplayState): void {
    this.frames.set(state.frames);
    this.actions.set(state.actions);
    this.rewards.set(state.rewards);
    this.flags.set(state.flags);
    state.rings.forEach((ring, env) => Object.assign(this.rings[env], ring));
    this.largest = state.largest;
    state.priorities.forEach((priority, slot) => this.tree?.set(slot, priority));
    this.drawable = this.flags.reduce((count, flags) => count + ((flags & DRAWABLE) === 0 ? 0 : 1), 0);
  }

  private push(env: number, frame: ArrayLike<number>, flags: number): void {
    const ring = this.rings[env];
    ring.head = (ring.head + 1) % this.slotsPerEnv;
    ring.filled = Math.min(ring.filled + 1, this.slotsPerEnv);
    const slot = this.slotAt(env, ring.head);
    // The oldest slots that are left lose what comes before them in their stack.
    for (let i = 0; i < this.o.stack; i++) this.retire(this.slotAt(env, ring.head + i));
    this.frames.set(frame, slot * this.o.frameSize);
    this.flags[slot] = flags;
  }

  /** Marks what may be drawn from now on: the action n steps ago, or, at an episode's end, all of the last n. */
  private complete(env: number, ended: boolean): void {
    const { nStep } = this.o;
    const { head } = this.rings[env];
    for (let back = ended ? 1 : nStep; back <= nStep; back++) {
      const slot = this.slotAt(env, head - back);
      if ((this.flags[slot] & ACTED) === 0) return;
      if ((this.flags[slot] & DRAWABLE) === 0) {
        this.flags[slot] |= DRAWABLE;
        this.drawable++;
        this.tree?.set(slot, this.largest);
      }
      if ((this.flags[slot] & FIRST) !== 0) return;
    }
  }

  private retire(slot: number): void {
    if ((this.flags[slot] & DRAWABLE) === 0) return;
    this.flags[slot] &= ~DRAWABLE;
    this.drawable--;
    this.tree?.set(slot, 0);
  }

  private drawUniform(rng: Generator): number {
    for (;;) {
      const env = this.o.numEnvs === 1 ? 0 : rng.integers(0, this.o.numEnvs);
      const slot = env * this.slotsPerEnv + rng.integers(0, Math.max(1, this.rings[env].filled));
      if ((this.flags[slot] & DRAWABLE) !== 0) return slot;
    }
  }

  /** One of each of `size` equal parts of the total, as the paper does. */
  private drawPrioritised(rng: Generator, part: number, size: number): number {
    return this.tree!.find(((part + rng.random()) / size) * this.tree!.total);
  }

  private readTransition(slot: number, row: number, batch: ReplayBatch): void {
    const { actionSize, gamma, nStep } = this.o;
    const env = Math.floor(slot / this.slotsPerEnv);
    this.readStack(env, slot, row, batch.observations);
    for (let i = 0; i < actionSize; i++) {
      batch.actions[row * actionSize + i] = this.actions[slot * actionSize + i];
    }
    let [reward, discount, at] = [0, 1, slot];
    for (let step = 0; step < nStep; step++) {
      reward += discount * this.rewards[at];
      discount *= gamma;
      const flags = this.flags[at];
      at = this.slotAt(env, at + 1);
      if ((flags & TERMINATED) !== 0) discount = 0;
      if ((flags & ENDED) !== 0) break;
    }
    batch.rewards[row] = reward;
    batch.discounts[row] = discount;
    this.readStack(env, at, row, batch.nextObservations);
  }

  private readStack(env: number, slot: number, row: number, out: Frames): void {
    const { stack, frameSize } = this.o;
    for (let place = stack - 1; place >= 0; place--) {
      out.set(
        this.frames.subarray(slot * frameSize, (slot + 1) * frameSize),
        (row * stack + place) * frameSize,
      );
      if ((this.flags[slot] & FIRST) === 0) slot = this.slotAt(env, slot - 1);
    }
  }

  /** A slot of an environment's ring, by its place in the ring or among all slots. */
  private slotAt(env: number, place: number): number {
    const { slotsPerEnv } = this;
    return env * slotsPerEnv + (((place % slotsPerEnv) + slotsPerEnv) % slotsPerEnv);
  }

  private newFrames(count: number): Frames {
    const length = count * this.o.frameSize;
    return this.o.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
  }

  private newBatch(size: number): ReplayBatch {
    const { stack, actionSize } = this.o;
    return {
      size,
      observations: this.newFrames(size * stack),
      actions: new Float32Array(size * actionSize),
      rewards: new Float32Array(size),
      nextObservations: this.newFrames(size * stack),
      discounts: new Float32Array(size),
      weights: new Float32Array(size),
      slots: new Int32Array(size),
    };
  }
}
