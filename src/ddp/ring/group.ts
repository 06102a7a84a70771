/** @file The main thread's side of the mesh: starts the thread, learns who the others are, and hears of failures. */
import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { PeerFailedError, UserError } from '../../errors.js';
import { Control } from './control.js';
import type { JoinOptions } from './mesh.js';
import type { Order, Report, ThreadSetup } from './mesh-thread.js';
import { describePeer, type PeerInfo } from './peers.js';
import type { Failure, WatchLimits } from './watch.js';

export interface GroupOptions extends JoinOptions, WatchLimits {}

/** The ranks of a job, connected and watched over. */
export class Group {
  private failure: Failure | undefined;

  private constructor(
    readonly rank: number,
    readonly peers: readonly PeerInfo[],
    readonly control: Control,
    private readonly worker: Worker,
    private readonly port: MessagePort,
  ) {
    port.on('message', (report: Report) => {
      if ('failure' in report) this.failure = report.failure;
    });
    // Neither keeps a process alive that has nothing else to do.
    port.unref();
    worker.unref();
  }

  /** @throws UserError when the ranks do not find each other. */
  static async join(options: GroupOptions): Promise<Group> {
    const control = new Control();
    const { port1, port2 } = new MessageChannel();
    const setup: ThreadSetup = { join: options, limits: options, control: control.memory, port: port2 };
    const worker = new Worker(new URL('./mesh-thread.js', import.meta.url), {
      workerData: setup,
      transferList: [port2],
    });
    const report = await new Promise<Report>((resolve, reject) => {
      worker.once('error', reject);
      port1.once('message', resolve);
    });
    if ('refused' in report) throw new UserError(report.refused);
    if ('failure' in report) throw new PeerFailedError(`${report.failure.message}.`, report.failure);
    return new Group(options.rank, report.joined, control, worker, port1);
  }

  send(order: Order): void {
    this.port.postMessage(order);
  }

  /** @throws PeerFailedError, saying who failed, when the job has failed; `doing` is what this rank was about. */
  check(doing: string): void {
    if (!this.control.failed) return;
    // The main thread may not have seen its event loop since: the message is fetched, not awaited.
    const report = this.failure ?? (receiveMessageOnPort(this.port)?.message as { failure: Failure }).failure;
    this.failure = report;
    throw new PeerFailedError(
      `In ${doing}, rank ${this.rank} of ${this.peers.length}: ${report.message}.`,
      report,
    );
  }

  /** Takes leave of the other ranks; with the error that ended this one, if one did, so that they end, too. */
  async close(error?: Error): Promise<void> {
    if (error !== undefined && !(error instanceof PeerFailedError)) {
      const message = `${describePeer(this.peers[this.rank])} ended with an error: ${error.message}`;
      this.send({ fail: { rank: this.rank, message, restartable: false } });
    }
    this.worker.ref();
    const ended = once(this.worker, 'exit');
    this.send({ close: true });
    await ended;
  }
}
