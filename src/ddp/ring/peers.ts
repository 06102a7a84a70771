/** @file Who the ranks of a job are, and where they are to be found. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { hostname } from 'node:os';
import { UserError } from '../../errors.js';

/** What a rank tells the others about itself. */
export interface PeerInfo {
  readonly rank: number;
  readonly host: string;
  /** Equal for processes that share files, processes ids and the network; they meet on Unix sockets. */
  readonly hostId: string;
  readonly pid: number;
  /** Where it listens: `unix:PATH`, `tcp:HOST:PORT`. */
  readonly addresses: readonly string[];
  /** File descriptors of its mailboxes, one a channel, if its memory can be read; see host-memory.ts. */
  readonly mailboxes?: readonly number[];
}

/** 'rank 2 (host h1, process 4711)' */
export const describePeer = ({ rank, host, pid }: PeerInfo) => `rank ${rank} (host ${host}, process ${pid})`;

/** This process's machine, as its peers must see it. */
export function identifyHost(host = hostname()): Pick<PeerInfo, 'host' | 'hostId' | 'pid'> {
  const parts = [host];
  if (process.platform === 'linux') {
    // Containers and network namespaces on one machine are hosts of their own.
    parts.push(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    for (const namespace of ['net', 'pid', 'mnt']) parts.push(readlinkSync(`/proc/self/ns/${namespace}`));
  }
  return { host, hostId: parts.join(' '), pid: process.pid };
}

/** The address of a peer that this rank can reach. */
export function reachableAddress(own: PeerInfo, other: PeerInfo): string {
  const local = own.hostId === other.hostId ? 'unix:' : 'tcp:';
  return other.addresses.find((address) => address.startsWith(local)) ?? other.addresses[0];
}

/**
 * `unix:PATH` or `tcp:HOST:PORT` as Node wants it, to listen and to connect.
 * @throws UserError when it is neither.
 */
export function parseAddress(
  address: string,
): NetConnectOpts & { path?: string; host?: string; port?: number } {
  if (address.startsWith('unix:')) return { path: address.slice('unix:'.length) };
  const [, host, port] = /^tcp:(.+):(\d+)$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65535) {
    throw new UserError(`Expected an address like unix:PATH or tcp:HOST:PORT, got "${address}".`);
  }
  return { host, port: Number(port) };
}
