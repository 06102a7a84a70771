/** @file Joins a ring, and chooses what carries its data. */
import { SoloCommunicator, type Communicator } from '../communicator.js';
import { GroupCommunicator } from '../group-communicator.js';
import { Group, type GroupOptions } from './group.js';
import { loadHostMemory } from './host-memory.js';
import { openHostMemory, socketTransport } from './transports.js';

export interface RingOptions extends GroupOptions {
  /** Never read the memory of processes on the same host, which is otherwise done where it can be. */
  readonly socketsOnly?: boolean;
}

/**
 * The communicator of this rank, once all have come.
 * @throws UserError when the ranks do not find each other.
 */
export async function joinRing(options: RingOptions): Promise<Communicator> {
  if (options.worldSize === 1) return new SoloCommunicator();
  const addon = options.socketsOnly === true ? undefined : loadHostMemory();
  const memory = addon === undefined ? undefined : openHostMemory(addon);
  const group = await Group.join({ ...options, mailboxes: memory?.mailboxes });
  const sockets = new GroupCommunicator(group, socketTransport(group));
  const transport = memory?.join(group);
  const votes = Float32Array.of(transport === undefined ? 0 : 1);
  sockets.allReduce(votes);
  return transport !== undefined && votes[0] === options.worldSize
    ? new GroupCommunicator(group, transport)
    : sockets;
}
