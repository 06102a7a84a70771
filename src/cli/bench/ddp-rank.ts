/** @file One rank of `npm run bench -- ddp`: measures what it is told and, on rank 0, prints it as JSON. */
import { joinMpi, joinRing, SoloCommunicator } from '../../ddp/index.js';
import { measureRanks, measureShape, median, type SpeedOptions } from '../../pretrain/index.js';
import { useEngine } from '../../tensor/index.js';

/** What a rank is told. */
export type RankTask = {
  readonly rank: number;
  readonly worldSize: number;
  readonly token: string;
  /** What carries the data: 'host' where memory can be read, else sockets. */
  readonly by: 'host' | 'sockets' | 'mpi';
} & (
  | { readonly measure: 'allReduce'; readonly bytes: readonly number[]; readonly seconds: number }
  | { readonly measure: 'steps' | 'shape'; readonly engine?: string; readonly speed: SpeedOptions }
);

const task = JSON.parse(process.argv[2]) as RankTask;
const limits = { rendezvousLimit: 60, heartbeatLimit: 60, collectiveLimit: 600 };
if (task.measure !== 'allReduce') await useEngine(task.engine, { threads: 1 });
const communicator = await join();
const result = await measure();
await communicator.close();
if (task.rank === 0) console.log(JSON.stringify({ transport: communicator.transport, result }));

function join() {
  const options = { ...limits, ...task, socketsOnly: task.by === 'sockets' };
  if (task.worldSize === 1) return new SoloCommunicator();
  return task.by === 'mpi' ? joinMpi(options) : joinRing(options);
}

function measure() {
  switch (task.measure) {
    case 'steps':
      return measureRanks(task.speed, communicator);
    case 'shape':
      return measureShape(task.speed);
    case 'allReduce':
      return task.bytes.map((bytes) => allReduceMilliseconds(bytes, task.seconds));
  }
}

/** The median time of an all-reduce; rank 0 decides how often. */
function allReduceMilliseconds(bytes: number, seconds: number): number {
  const values = communicator.allocate(bytes / Float32Array.BYTES_PER_ELEMENT);
  const times: number[] = [];
  const goOn = new Float64Array(1);
  const begun = performance.now();
  do {
    communicator.barrier();
    const start = performance.now();
    communicator.allReduce(values);
    times.push(performance.now() - start);
    goOn[0] = performance.now() - begun < seconds * 1000 || times.length < 5 ? 1 : 0;
    communicator.broadcast(goOn);
  } while (goOn[0] === 1);
  return median(times.slice(Math.floor(times.length / 5))); // the first ones warm up
}
