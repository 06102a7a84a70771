/**
 * @file The thread of a rank that owns its sockets. It never blocks: it moves data, sends heartbeats and sees other
 * ranks die while the main thread computes or waits.
 */
import { workerData, type MessagePort } from 'node:worker_threads';
import { describeCollective, isDouble } from '../collectives.js';
import { MismatchError, runCollective, type Add, type SocketCollective } from './algorithms.js';
import { Control, type Channel } from './control.js';
import { loadHostMemory } from './host-memory.js';
import { joinMesh, type JoinOptions, type Mesh } from './mesh.js';
import { Watch, type Failure, type WatchLimits } from './watch.js';

/** What the thread is started with. */
export interface ThreadSetup {
  readonly join: JoinOptions;
  readonly limits: WatchLimits;
  /** Shared words, see control.ts. */
  readonly control: SharedArrayBuffer;
  /** Orders come and reports go here. */
  readonly port: MessagePort;
}

/** A collective to run, the `number`-th of its channel. */
interface RunOrder {
  readonly run: SocketCollective;
  readonly channel: Channel;
  readonly number: number;
}

/** To this thread. */
export type Order = RunOrder | { readonly fail: Failure } | { readonly close: true };

/** From this thread. */
export type Report =
  { readonly joined: Mesh['peers'] } | { readonly refused: string } | { readonly failure: Failure };

/** How long a broken data connection waits for the heartbeats' verdict, which knows who is to blame. */
const VERDICT_MILLISECONDS = 1000;

const { join, limits, control: memory, port } = workerData as ThreadSetup;
const control = new Control(memory);
const report = (message: Report) => port.postMessage(message);

const addon = loadHostMemory();
const add: Add =
  addon === undefined
    ? (to, from) => {
        for (let i = 0; i < to.length; i++) to[i] += from[i];
      }
    : (to, from) => addon.add(to, from, isDouble(to));

let watch: Watch | undefined;
const early: [number, object][] = [];

try {
  const mesh = await joinMesh(join, (rank, message) => {
    if (watch === undefined) early.push([rank, message]);
    else watch.heard(rank, message);
  });
  watch = new Watch(limits, join.rank, mesh.peers, mesh.controls, control, (failure) => {
    report({ failure });
    control.fail();
  });
  for (const [rank, message] of early) watch.heard(rank, message);
  serve(mesh, watch);
  report({ joined: mesh.peers });
} catch (error) {
  report({ refused: (error as Error).message });
  port.close();
}

function serve(mesh: Mesh, watching: Watch): void {
  process.on('uncaughtException', (error) => {
    watching.fail({ rank: join.rank, message: `its mesh thread failed: ${error.stack}`, restartable: false });
  });
  const queues = mesh.channels.map(() => Promise.resolve());
  const explain = (error: unknown, { run, number }: RunOrder) => {
    if (error instanceof MismatchError) return watching.blame(error.rank, error.message, false);
    setTimeout(() => {
      const message = `a connection broke in ${describeCollective(run, number)}: ${(error as Error).message}`;
      watching.fail({ rank: join.rank, message, restartable: true });
    }, VERDICT_MILLISECONDS);
  };
  port.on('message', (order: Order) => {
    if ('fail' in order) watching.fail(order.fail);
    else if ('close' in order) {
      watching.stop();
      for (const { incoming, outgoing } of mesh.channels) {
        // What is still unsent is for a rank that does not take it.
        for (const stream of [...incoming, ...outgoing])
          (stream as typeof stream | undefined)?.socket.destroy();
      }
      port.close();
    } else {
      const { run, channel, number } = order;
      queues[channel] = queues[channel]
        .then(() => runCollective(mesh.channels[channel], run, number, add))
        .then(() => control.finish(channel))
        .catch((error: unknown) => explain(error, order));
    }
  });
}
