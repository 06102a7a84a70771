/**
 * @file How the ranks of a job find each other: all connect to rank 0, which tells everyone where everyone is, then
 * each to each. A pair has one connection for messages (heartbeats, farewells) and one a channel and direction for data,
 * so that every rank sees the death of every other by itself.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import type { Links } from './algorithms.js';
import { CHANNELS } from './control.js';
import { makeHello, readLines, receiveHello, sendLine, type Hello } from './lines.js';
import { describePeer, identifyHost, parseAddress, reachableAddress, type PeerInfo } from './peers.js';
import { Incoming, Outgoing } from './stream.js';

export interface JoinOptions {
  readonly rank: number;
  readonly worldSize: number;
  /** A secret of the job: who does not know it is not let in. */
  readonly token: string;
  /** Where rank 0 listens: `tcp:HOST:PORT`; without it, on a Unix socket, and all ranks are on one host. */
  readonly rendezvous?: string;
  /** Seconds that the ranks have to come. */
  readonly rendezvousLimit: number;
  readonly mailboxes?: readonly number[];
  /** This machine's name, by default the system's; ranks on machines of different names talk over TCP. */
  readonly host?: string;
}

/** All connections of a rank, by the other rank. */
export interface Mesh {
  readonly peers: readonly PeerInfo[];
  readonly controls: readonly Socket[];
  readonly channels: readonly Links[];
}

const RETRY_MILLISECONDS = 50;
/** How much longer than rank 0 the others wait, to hear from it who is missing. */
const PATIENCE_SECONDS = 2;

/** The Unix socket of a rank; on Linux one without a file, which cannot be left behind. */
function unixAddress(token: string, rank: number): string {
  const name = `encodergym-${createHash('sha256').update(token).digest('hex').slice(0, 16)}-${rank}`;
  return process.platform === 'linux' ? `unix:\0${name}` : `unix:${join(tmpdir(), `${name}.sock`)}`;
}

/** Something that is awaited, and may come before. */
class Expected<T> {
  value: T | undefined;
  resolve!: (value: T) => void;
  readonly promise = new Promise<T>((resolve) => {
    this.resolve = (value) => resolve((this.value ??= value));
  });
}

const expect = <T>(count: number) => Array.from({ length: count }, () => new Expected<T>());

/**
 * Joins the job.
 * @param onMessage is called with what other ranks send on their control connections once all have joined
 * @throws UserError when rank 0's port is taken, ranks do not come in time, or this rank does not belong to the job.
 */
export async function joinMesh(
  options: JoinOptions,
  onMessage: (rank: number, message: object) => void,
): Promise<Mesh> {
  const joining = new Joining(options, onMessage);
  const limit = new AbortController();
  const seconds = options.rendezvousLimit + (options.rank === 0 ? 0 : PATIENCE_SECONDS);
  const late = sleep(seconds * 1000, undefined, limit).then(() => joining.giveUp());
  late.catch(() => undefined); // aborted
  try {
    return await Promise.race([joining.join(), joining.refused.promise.then(refuse), late]);
  } catch (error) {
    joining.abandon();
    throw error;
  } finally {
    limit.abort();
    joining.stopListening();
  }
}

function refuse(message: string): never {
  throw new UserError(message);
}

class Joining {
  /** Why this rank cannot join, if it is told so. */
  readonly refused = new Expected<string>();
  private readonly infos: Expected<PeerInfo>[];
  private readonly controls: Expected<Socket>[];
  private readonly outgoing: Expected<Outgoing>[][];
  private readonly ready: Expected<true>[];
  private readonly table = new Expected<PeerInfo[]>();
  private readonly go = new Expected<true>();
  private readonly servers = [this.createListener(), this.createListener()];
  private readonly incoming: Incoming[] = [];
  private lastError = '';
  private abandoned = false;

  constructor(
    private readonly options: JoinOptions,
    private readonly onMessage: (rank: number, message: object) => void,
  ) {
    const { worldSize } = options;
    [this.infos, this.controls, this.ready] = [expect(worldSize), expect(worldSize), expect(worldSize)];
    this.outgoing = CHANNELS.map(() => expect(worldSize));
  }

  async join(): Promise<Mesh> {
    const { rank, worldSize, mailboxes } = this.options;
    const others = Array.from({ length: worldSize }, (_, i) => i).filter((other) => other !== rank);
    const rendezvous = this.options.rendezvous ?? unixAddress(this.options.token, 0);
    const master = rank === 0 ? undefined : await this.reachMaster(rendezvous);
    const addresses = await this.listen(rendezvous, master?.localAddress);
    const own: PeerInfo = { rank, ...identifyHost(this.options.host), addresses, mailboxes };
    this.infos[rank].resolve(own);
    if (master !== undefined) this.introduce(0, master, own);

    const peers = rank === 0 ? await this.gatherTable() : await this.table.promise;
    for (const other of others.filter((one) => one > 0 && one < rank)) {
      this.introduce(other, connect(parseAddress(reachableAddress(own, peers[other]))), own);
    }
    const incoming = CHANNELS.map((channel) =>
      peers.map((peer) => (peer.rank === rank ? undefined : this.openData(own, peer, channel))),
    );
    const connected = incoming
      .flat()
      .flatMap((one) => (one === undefined ? [] : [once(one.socket, 'connect')]));
    const controls = await this.others(this.controls);
    const outgoing = await Promise.all(this.outgoing.map((slots) => this.others(slots)));
    await Promise.all(connected);

    if (rank === 0) {
      await this.others(this.ready);
      for (const other of others) sendLine(controls[other], { go: true });
    } else {
      sendLine(controls[0], { ready: true });
      await this.go.promise;
    }
    const channels = CHANNELS.map((channel) => ({
      rank,
      worldSize,
      incoming: incoming[channel] as Incoming[],
      outgoing: outgoing[channel],
    }));
    return { peers, controls, channels };
  }

  /** Time is up: tells everyone who is missing. */
  giveUp(): never {
    const { rank, worldSize, rendezvousLimit } = this.options;
    const listed = (slots: { value: unknown }[]) =>
      slots.flatMap(({ value }, other) => (value === undefined && other !== rank ? [other] : [])).join(', ');
    let message = `The ranks did not all connect within ${rendezvousLimit} s`;
    const missing = listed(this.infos);
    if (rank === 0 && missing !== '') {
      message = `Of ${worldSize} ranks, these did not come within ${rendezvousLimit} s: ${missing}`;
    } else if (rank > 0 && this.table.value === undefined) {
      message = `Rank ${rank} was not let in by rank 0 within ${rendezvousLimit} s${this.lastError}`;
    } else if (listed(this.controls) !== '') message += `: no connection to ${listed(this.controls)}`;
    message += '. Check that all were started with the same address, port and number of ranks.';
    for (const { value } of this.controls) if (value !== undefined) sendLine(value, { refused: message });
    throw new UserError(message);
  }

  /** Ends all connections once what was said has been sent. */
  abandon(): void {
    this.abandoned = true;
    for (const { value } of this.controls) value?.end().unref();
    for (const { value } of this.outgoing.flat()) value?.socket.destroy();
    for (const { socket } of this.incoming) socket.destroy();
  }

  stopListening(): void {
    for (const server of this.servers) server.close();
  }

  private others<T>(slots: Expected<T>[]): Promise<T[]> {
    return Promise.all(
      slots.map((slot, other) => (other === this.options.rank ? (undefined as T) : slot.promise)),
    );
  }

  private createListener() {
    return createServer((socket) => {
      receiveHello(socket, this.options.token, (hello) => this.welcome(hello, socket));
    }).unref();
  }

  /** Where this rank can be reached: rank 0 at the rendezvous, others wherever they reach rank 0 from. */
  private async listen(rendezvous: string, localAddress?: string): Promise<string[]> {
    const { rank, token } = this.options;
    const unix = unixAddress(token, rank);
    const addresses = rank === 0 && rendezvous !== unix ? [unix, rendezvous] : [unix];
    if (rank > 0 && localAddress !== undefined) addresses.push(`tcp:${localAddress}:0`);
    for (const [i, address] of addresses.entries()) {
      const { path, port, host } = parseAddress(address);
      // Rank 0's address may be a name that others know it by: it listens on all of its own.
      const at = path !== undefined ? { path } : rank === 0 ? { port } : { port, host };
      const server = this.servers[i].listen({ ...at, exclusive: true });
      await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        throw new UserError(`Port ${port} is in use on this host: choose another --master-port.`);
      });
      if (port === 0) addresses[i] = `tcp:${host}:${(server.address() as AddressInfo).port}`;
    }
    return addresses;
  }

  private async reachMaster(rendezvous: string): Promise<Socket> {
    while (!this.abandoned) {
      const socket = connect(parseAddress(rendezvous));
      try {
        await once(socket, 'connect');
        return socket;
      } catch (error) {
        this.lastError = ` (${(error as Error).message.replace('\0', '@')})`;
        await sleep(RETRY_MILLISECONDS);
      }
    }
    throw new Error('abandoned');
  }

  /** Rank 0: everyone's introduction, sent to everyone. */
  private async gatherTable(): Promise<PeerInfo[]> {
    const table = await Promise.all(this.infos.map(({ promise }) => promise));
    for (const control of await this.others(this.controls))
      if (control as Socket | undefined) sendLine(control, { table });
    return table;
  }

  /** Says hello on a connection made by this rank. */
  private introduce(other: number, socket: Socket, own: PeerInfo): void {
    const { token, rank, worldSize } = this.options;
    socket.setNoDelay(true).on('error', () => undefined);
    sendLine(socket, makeHello(token, { rank, worldSize, purpose: 'control', info: own }));
    readLines(socket, (message) => this.heard(other, message));
    this.admit(other, socket);
  }

  private admit(other: number, socket: Socket): void {
    socket.once('close', () => {
      this.refused.resolve(`Rank ${other} ended before all ranks had connected: its own output says why.`);
    });
    this.controls[other].resolve(socket);
  }

  private openData(own: PeerInfo, peer: PeerInfo, purpose: 0 | 1): Incoming {
    const { token, rank, worldSize } = this.options;
    const incoming = new Incoming(parseAddress(reachableAddress(own, peer)));
    this.incoming.push(incoming);
    sendLine(incoming.socket, makeHello(token, { rank, worldSize, purpose }));
    return incoming;
  }

  /** A rank has connected to this one. */
  private welcome({ rank, worldSize, purpose, info }: Hello, socket: Socket): (message: object) => void {
    const known = rank >= 0 && rank < this.options.worldSize && worldSize === this.options.worldSize;
    const slot = known ? (purpose === 'control' ? this.controls : this.outgoing[purpose])[rank] : undefined;
    if (slot === undefined || slot.value !== undefined) {
      const taken = this.infos[rank]?.value;
      const reason =
        known && taken !== undefined
          ? `rank ${rank} is taken already, by ${describePeer(taken)}`
          : `it has ${this.options.worldSize} ranks, and this is rank ${rank} of ${worldSize}`;
      sendLine(socket, { refused: `This process does not belong to the job: ${reason}.` });
      socket.end();
      return () => undefined;
    }
    if (purpose === 'control') {
      socket.setNoDelay(true);
      this.infos[rank].resolve(info as PeerInfo);
      this.admit(rank, socket);
    } else this.outgoing[purpose][rank].resolve(new Outgoing(socket));
    return (message) => this.heard(rank, message);
  }

  private heard(rank: number, message: object): void {
    if ('table' in message) this.table.resolve(message.table as PeerInfo[]);
    else if ('refused' in message) this.refused.resolve(String(message.refused));
    else if ('ready' in message) this.ready[rank].resolve(true);
    else if ('go' in message) this.go.resolve(true);
    else this.onMessage(rank, message);
  }
}
