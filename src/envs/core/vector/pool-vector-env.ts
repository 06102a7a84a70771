/**
 * @file A vector of environments in the threads of a Piscina pool, for those whose steps take long. Observations,
 * actions, rewards and ends are shared memory; a step wakes the threads and waits for them, so it is as synchronous as
 * that of any other vector.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { EncodergymError, UserError } from '../../../errors.js';
import type { Env, Info } from '../env.js';
import { make, type MakeOptions } from '../make.js';
import type { Space } from '../spaces/index.js';
import { BaseVectorEnv, expectCount, type Seeds, type VectorOptions } from './base-vector-env.js';
import { ANSWERS, COMMANDS, type Answer, type Command, type Part, type PoolTask } from './pool-protocol.js';
import type { VectorResetResult, VectorStepResult } from './vector-env.js';

export interface PoolVectorOptions extends MakeOptions, VectorOptions {
  /** Default: as many as there are cores, at most one an environment. */
  threads?: number;
}

/** A thread's environments, from `first` on, and the way to it. */
interface Member {
  first: number;
  part: Part;
  port: MessagePort;
}

/** A thread that takes longer has died: there is no other way to learn of it while waiting. */
const PATIENCE_MS = 120_000;

export class PoolVectorEnv<Observations, Actions> extends BaseVectorEnv<Observations, Actions> {
  private closing?: Promise<void>;

  private constructor(
    numEnvs: number,
    spaces: Pick<Env, 'observationSpace' | 'actionSpace'>,
    options: VectorOptions,
    private readonly pool: Piscina<PoolTask, void>,
    private readonly members: readonly Member[],
  ) {
    super(
      numEnvs,
      spaces.observationSpace as Space<unknown, Observations>,
      spaces.actionSpace as Space<unknown, Actions>,
      options,
    );
  }

  /**
   * `numEnvs` environments in threads, equal to `makeVec`'s bit for bit. Close it.
   *
   * @param source an id; or the address of a module whose default export is `(options) => Env`, for environments with
   *   wrappers and for your own
   * @example const envs = await PoolVectorEnv.create<Float32Array, Int32Array>('LunarLander-v3', 16);
   * @throws UserError for an unknown id or option, and what the making of an environment throws
   */
  static async create<Observations = unknown, Actions = unknown>(
    source: string | URL,
    numEnvs: number,
    { threads = availableParallelism(), autoresetMode = 'next-step', ...options }: PoolVectorOptions = {},
  ): Promise<PoolVectorEnv<Observations, Actions>> {
    expectCount(numEnvs);
    if (!Number.isInteger(threads) || threads < 1) {
      throw new UserError(`threads: expected a whole number from 1, found ${threads}.`);
    }
    const isModule = source instanceof URL;
    const example = await exampleOf(source, options);
    const workers = Math.min(threads, numEnvs);
    const pool = new Piscina<PoolTask, void>({
      filename: new URL('pool-worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
    });
    const bounds = Array.from({ length: workers + 1 }, (_, i) => Math.round((i * numEnvs) / workers));
    try {
      const members = await Promise.all(
        bounds.slice(1).map(async (end, i): Promise<Member> => {
          const part = sharedPart(end - bounds[i], example);
          const { port1: port, port2 } = new MessageChannel();
          const task = { source: String(source), isModule, options, autoresetMode, part, port: port2 };
          const playing = pool.run(task, { transferList: [port2] });
          await Promise.race([once(port, 'message'), playing]);
          playing.catch(() => undefined);
          port.unref();
          return { first: bounds[i], part, port };
        }),
      );
      // Forgotten, it shall not keep the program alive.
      for (const thread of pool.threads) thread.unref();
      return new PoolVectorEnv<Observations, Actions>(numEnvs, example, { autoresetMode }, pool, members);
    } catch (error) {
      await pool.destroy();
      throw error;
    }
  }

  /** Tells the threads to end. */
  close(): void {
    if (this.closing !== undefined) return;
    for (const member of this.members) command(member, { kind: 'close' });
    this.closing = this.pool.close();
  }

  /** Closes and waits until the threads have ended. */
  async closeAndWait(): Promise<void> {
    this.close();
    await this.closing;
  }

  protected resetMasked(
    seeds: Seeds,
    options: Record<string, unknown>,
    mask: Uint8Array | undefined,
  ): VectorResetResult<Observations> {
    for (const member of this.members) {
      const [from, to] = [member.first, member.first + member.part.count];
      const seed = seeds?.slice(from, to);
      command(member, { kind: 'reset', options: { seed, options, mask: mask?.slice(from, to) } });
    }
    const infos = this.collect();
    const observations = this.singleObservationSpace.batch(this.numEnvs);
    for (const { first, part } of this.members) {
      this.singleObservationSpace.paste(observations, first, part.observations as Observations);
    }
    return { observations, infos };
  }

  protected stepAndReset(actions: Actions): VectorStepResult<Observations> {
    const { numEnvs, singleObservationSpace, singleActionSpace, members } = this;
    for (const member of members) {
      const { first, part } = member;
      for (let i = 0; i < part.count; i++) {
        singleActionSpace.put(part.actions as Actions, i, singleActionSpace.take(actions, first + i));
      }
      command(member, { kind: 'step' });
    }
    const infos = this.collect();
    const observations = singleObservationSpace.batch(numEnvs);
    const rewards = new Float64Array(numEnvs);
    const terminated = new Uint8Array(numEnvs);
    const truncated = new Uint8Array(numEnvs);
    for (const { first, part } of members) {
      singleObservationSpace.paste(observations, first, part.observations as Observations);
      rewards.set(part.rewards, first);
      terminated.set(part.terminated, first);
      truncated.set(part.truncated, first);
    }
    return { observations, rewards, terminated, truncated, infos };
  }

  /** Waits for the answers of all. @throws what went wrong in a thread, once all have answered */
  private collect(): readonly Info[] {
    const answers = this.members.map(awaitAnswer);
    const failed = answers.find(({ error }) => error !== undefined)?.error;
    if (failed !== undefined) throw new (failed.byUser ? UserError : EncodergymError)(failed.message);
    if (answers.every(({ infos }) => infos === undefined)) return this.noInfos;
    return this.members.flatMap(({ first, part }, i) => {
      return answers[i].infos ?? this.noInfos.slice(first, first + part.count);
    });
  }
}

function command({ part, port }: Member, message: Command): void {
  port.postMessage(message);
  Atomics.add(part.control, COMMANDS, 1);
  Atomics.notify(part.control, COMMANDS);
}

function awaitAnswer({ part: { control }, port }: Member): Answer {
  for (;;) {
    const answered = Atomics.load(control, ANSWERS);
    const received = receiveMessageOnPort(port);
    if (received !== undefined) return received.message as Answer;
    if (Atomics.wait(control, ANSWERS, answered, PATIENCE_MS) === 'timed-out') {
      throw new EncodergymError(
        `A thread of environments did not answer for ${PATIENCE_MS / 1000} s: it has died, or a step takes that long.`,
      );
    }
  }
}

/** An environment made here, for its spaces. */
async function exampleOf(source: string | URL, options: MakeOptions): Promise<Env> {
  if (typeof source === 'string') return make(source, options);
  const module = (await import(source.href)) as { default?: (options: MakeOptions) => Env };
  if (module.default === undefined) {
    throw new UserError(`${source.href}: expected a default export (options) => Env.`);
  }
  return module.default(options);
}

function sharedPart(count: number, { observationSpace, actionSpace }: Env): Part {
  return {
    count,
    control: new Int32Array(new SharedArrayBuffer(8)),
    actions: actionSpace.batch(count, true),
    observations: observationSpace.batch(count, true),
    rewards: new Float64Array(new SharedArrayBuffer(8 * count)),
    terminated: new Uint8Array(new SharedArrayBuffer(count)),
    truncated: new Uint8Array(new SharedArrayBuffer(count)),
  };
}
