/** @file How a ring carries data: by reading the memory of processes on the same host, or over sockets. */
import { isDouble, type Floats } from '../collectives.js';
import type { Transport } from '../group-communicator.js';
import { nativeTransport } from '../native.js';
import { CHANNELS } from './control.js';
import type { Group } from './group.js';
import type { HostMemory } from './host-memory.js';

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
    const files = Int32Array.from(peers.flatMap((peer) => peer.mailboxes ?? []));
    if (!addon.join(session, rank, processes, files, control.failedWord)) return undefined;
    const close = () => addon.leave(session);
    return nativeTransport(addon, session, { backend: 'ring', name: 'memory of one host', close });
  }
  return { mailboxes, join };
}
