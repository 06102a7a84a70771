/**
 * @file Who is still there: heartbeats on the control connections, and the verdict when a rank is dead (its connection
 * ends), stopped or cut off (no heartbeat), hung (it does not come to a collective), or ends with an error (it says so).
 */
import type { Socket } from 'node:net';
import { CHANNELS, type Control } from './control.js';
import { sendLine } from './lines.js';
import { describePeer, type PeerInfo } from './peers.js';

/** What ends a job. */
export interface Failure {
  /** Who is to blame. */
  readonly rank: number;
  /** 'rank 1 (host h1, process 4711) died: its connection ended' */
  readonly message: string;
  /** False when starting again would only end in the same way. */
  readonly restartable: boolean;
}

export interface WatchLimits {
  /** Seconds without a heartbeat before a rank counts as lost. */
  readonly heartbeatLimit: number;
  /** Seconds that a rank may keep others waiting in a collective. */
  readonly collectiveLimit: number;
}

interface PeerState {
  readonly info: PeerInfo;
  readonly control: Socket;
  lastHeard: number;
  /** Collectives it has come to, a channel. */
  started: number[];
  left: boolean;
}

/** Keeps watch until `stop`; calls `onFailure` once at most. */
export class Watch {
  private readonly peers: PeerState[];
  private readonly period: number;
  private readonly timer: NodeJS.Timeout;
  private lastLook = performance.now();
  private failure: Failure | undefined;

  constructor(
    private readonly limits: WatchLimits,
    private readonly rank: number,
    peers: readonly PeerInfo[],
    controls: readonly Socket[],
    private readonly control: Control,
    private readonly onFailure: (failure: Failure) => void,
  ) {
    const lastHeard = performance.now();
    this.peers = peers
      .filter((info) => info.rank !== rank)
      .map((info) => ({ info, control: controls[info.rank], lastHeard, started: [0, 0], left: false }));
    for (const peer of this.peers) {
      if (peer.control.destroyed) this.lost(peer);
      peer.control.once('close', () => this.lost(peer));
    }
    this.period = Math.min(1000, (limits.heartbeatLimit * 1000) / 4, (limits.collectiveLimit * 1000) / 4);
    this.timer = setInterval(() => this.look(), this.period);
  }

  /** A message from a rank. */
  heard(rank: number, message: object): void {
    const peer = this.peers.find(({ info }) => info.rank === rank);
    if (peer === undefined) return;
    peer.lastHeard = performance.now();
    if ('beat' in message) peer.started = message.beat as number[];
    else if ('failed' in message) this.fail(message.failed as Failure);
    else if ('bye' in message) peer.left = true;
  }

  /** Ends the job, here and, by telling them, at the others. */
  fail(failure: Failure): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    for (const { control } of this.peers) sendLine(control, { failed: failure });
    this.onFailure(failure);
  }

  /** `fail` in the name of a peer that did this or that. */
  blame(rank: number, deed: string, restartable = true): void {
    const peer = this.peers.find(({ info }) => info.rank === rank);
    if (peer !== undefined) this.fail({ rank, message: `${describePeer(peer.info)} ${deed}`, restartable });
  }

  /** Takes leave. */
  stop(): void {
    clearInterval(this.timer);
    for (const { control } of this.peers) {
      sendLine(control, { bye: true });
      control.end().unref(); // the thread ends when all has been sent
    }
  }

  private lost({ info, left }: PeerState): void {
    if (!left) this.blame(info.rank, 'died: its connection ended');
  }

  private look(): void {
    const now = performance.now();
    const asleep = now - this.lastLook > 3 * this.period;
    this.lastLook = now;
    const started = CHANNELS.map((channel) => this.control.started(channel));
    for (const { control } of this.peers) sendLine(control, { beat: started });
    if (asleep) {
      // This process was stopped itself: what the others have sent meanwhile is still to be read.
      for (const peer of this.peers) peer.lastHeard = now;
      return;
    }
    const { heartbeatLimit, collectiveLimit } = this.limits;
    for (const { info, lastHeard, left } of this.peers) {
      if (left || now - lastHeard < heartbeatLimit * 1000) continue;
      this.blame(info.rank, `is stopped or cut off: no heartbeat for ${heartbeatLimit} s`);
    }
    this.lookAtCollective(collectiveLimit);
  }

  /** Is this rank kept waiting? Then those are to blame who have not come to the collective it waits in. */
  private lookAtCollective(limit: number): void {
    const { waiting } = this.control;
    if (waiting === undefined) return;
    const absent = this.peers.filter(({ started }) => started[waiting.channel] < waiting.number);
    const gone = absent.find(({ left }) => left);
    if (gone !== undefined) {
      this.blame(gone.info.rank, 'left the job, and others wait for it in a collective', false);
    } else if (waiting.seconds >= limit) {
      const [last] = absent.sort((a, b) => a.started[waiting.channel] - b.started[waiting.channel]);
      if ((last as PeerState | undefined) === undefined) {
        const message = `a collective did not end within ${limit} s, though all ranks came to it: the network is stuck`;
        this.fail({ rank: this.rank, message, restartable: true });
      } else this.blame(last.info.rank, `hangs: it did not come to a collective for ${limit} s`);
    }
  }
}
