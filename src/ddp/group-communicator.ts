/** @file The communicator of many ranks: counts collectives, waits for them, and turns failures into errors. */
import { describeCollective } from './collectives.js';
import { Collectives, type Collective, type Pending } from './collectives.js';
import { Communicator, type Backend } from './communicator.js';
import type { Channel } from './ring/control.js';
import type { Group } from './ring/group.js';

/** What moves the data. */
export interface Transport {
  readonly backend: Backend;
  /** In words. */
  readonly name: string;
  readonly readsNative: boolean;
  /**
   * Begins a collective, the channel's `number`-th from 1.
   * @returns what blocks until it is done or the job has failed
   */
  begin(channel: Channel, collective: Collective, number: number): () => void;
  /** Ends its threads; `inPeace`: the job has not failed, and all ranks do so. */
  close(inPeace: boolean): void;
}

export class GroupCommunicator extends Communicator {
  override readonly backend: Backend;
  override readonly transport: string;
  override readonly readsNative: boolean;
  override readonly background: Collectives<Pending>;

  constructor(
    private readonly group: Group,
    private readonly carrier: Transport,
  ) {
    super(group.rank, group.peers.length);
    ({ backend: this.backend, name: this.transport, readsNative: this.readsNative } = carrier);
    this.background = new Background(this.rank, this.worldSize, (collective) => this.begin(1, collective));
  }

  override allocate(length: number): Float32Array {
    return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
  }

  override async close(error?: Error): Promise<void> {
    this.carrier.close(error === undefined && !this.group.control.failed);
    await this.group.close(error);
  }

  protected override submit(collective: Collective): void {
    this.begin(0, collective).wait();
  }

  private begin(channel: Channel, collective: Collective): Pending {
    const { control } = this.group;
    const number = control.start(channel);
    const words = describeCollective(collective, number);
    this.group.check(words);
    const wait = this.carrier.begin(channel, collective, number);
    return {
      wait: () => {
        control.whileWaiting(channel, number, wait);
        this.group.check(words);
      },
    };
  }
}

class Background extends Collectives<Pending> {
  constructor(
    rank: number,
    worldSize: number,
    protected override readonly submit: (collective: Collective) => Pending,
  ) {
    super(rank, worldSize);
  }
}
