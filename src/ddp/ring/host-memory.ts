/**
 * @file The addon native/host as TypeScript sees it: collectives between processes of one host, which read each
 * other's memory, and a fast addition. It is optional: without a C++ compiler, or elsewhere than on Linux, data go
 * over sockets and JavaScript adds.
 */
import type { Floats } from '../collectives.js';
import { loadAddon, type NativeSessions } from '../native.js';

/** What build/host.node exports; see the C++ functions of the same names in native/host. */
export interface HostMemory extends NativeSessions {
  create(): number;
  /** The file descriptor of a channel's mailbox. */
  mailbox(session: number, channel: number): number;
  join(
    session: number,
    rank: number,
    processes: Int32Array,
    mailboxes: Int32Array,
    failed: Int32Array,
  ): boolean;
  leave(session: number): void;
  add(to: Floats, from: Floats, isDouble: boolean): void;
}

/** The addon, if it is built and loads. */
export function loadHostMemory(): HostMemory | undefined {
  try {
    return loadAddon('host') as HostMemory;
  } catch {
    return undefined;
  }
}
