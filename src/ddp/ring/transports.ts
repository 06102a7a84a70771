/** @file How a ring carries data: by reading the memory of processes on the same host, or over sockets. */
import { isDouble, type Collective, type Floats } from '../collectives.js';
import type { Transport } from '../group-communicator.js';
import { CHANNELS } from './control.js';
import type { Group } from './group.js';
import { nativeCall, type HostMemory } from './host-memory.js';

/** The mesh thread sends and receives; the main thread waits on shared words. */
export function socketTransport(group: Group): Transport {
  const local = group.peers.every(({ hostId }) => hostId === group.peers[0].hostId);
  return {
    backend: 'ring',
    name: local ? 'Unix sockets' : 'TCP',
    readsNative: false,
    begin(channel, collective, number) {
      const input = shared(collective.input as Floats);
      const inPlace = collective.input === collective.output;
      const output = inPlace ? input : shared(collective.output as Floats);
      group.send({ run: { ...collective, input, output }, channel, number });
      return () => {
        if (!group.control.waitFor(channel, number)) return;
        if (output !== collective.output) (collective.output as Floats).set(output);
      };
    },
    close: () => undefined,
  };
}

/** The values themselves if threads can share them, else a copy. */
function shared(values: Floats): Floats {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  const copy = isDouble(values) ? new Float64Array(memory) : new Float32Array(memory);
  copy.set(values);
  return copy;
}

/** This rank's part in reading the others' memory: its mailboxes, and a way in once the others' are known. */
export function openHostMemory(addon: HostMemory) {
  const session = addon.create();
  const mailboxes = CHANNELS.map((channel) => addon.mailbox(session, channel));

  /** The transport; undefined when this rank may not read the memory of all others. */
  function join({ rank, peers, control }: Group): Transport | undefined {
    if (peers.some((peer) => peer.hostId !== peers[rank].hostId || peer.mailboxes === undefined))
      return undefined;
    const processes = Int32Array.from(peers, ({ pid }) => pid);
    const addresses = Float64Array.from(peers.flatMap((peer) => peer.mailboxes ?? []));
    if (!addon.join(session, rank, processes, addresses, control.failedWord)) return undefined;
    const running = new Map<number, Collective>(); // native code writes there: not to be collected as garbage
    return {
      backend: 'ring',
      name: 'memory of one host',
      readsNative: true,
      begin(channel, collective, number) {
        if (channel === 0) return () => addon.run(session, ...nativeCall(collective));
        running.set(number, collective);
        addon.start(session, ...nativeCall(collective));
        return () => {
          addon.waitFor(session, number);
          running.delete(number);
        };
      },
      close: () => addon.leave(session),
    };
  }
  return { mailboxes, join };
}
