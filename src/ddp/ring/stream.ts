/**
 * @file One direction of data between two ranks on one channel: a plain stream of bytes. Both ends know from the order
 * of the collectives what comes next, so nothing is framed. The receiver connects, because Node lets the side that
 * connects say where the bytes are to land.
 */
import { connect, type NetConnectOpts, type Socket } from 'node:net';

/** What arrives while nobody reads lands here first; then the connection pauses. */
const STASH_BYTES = 1 << 16;

interface Read {
  /** What is still to be filled. */
  target: Uint8Array;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Bytes from a peer, read into memory that the reader gives. */
export class Incoming {
  readonly socket: Socket;
  private readonly stash = new Uint8Array(STASH_BYTES);
  private stashed = new Uint8Array(0);
  private readonly reads: Read[] = [];
  private ended: Error | undefined;

  constructor(address: NetConnectOpts) {
    const onread = {
      // While something is being read, bytes go where they belong without a copy.
      buffer: () => this.reads[0]?.target ?? this.stash,
      callback: (count: number, buffer: Uint8Array) => this.arrived(count, buffer),
    };
    this.socket = connect({ ...address, onread });
    this.socket.on('error', () => undefined).on('close', () => this.end());
    this.socket.setNoDelay(true);
  }

  /** Fills `target`, after the targets of earlier calls. A call ahead keeps the bytes flowing. */
  read(target: Uint8Array): Promise<void> {
    if (target.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.reads.push({ target, resolve, reject });
      if (this.stashed.length > 0) this.stashed = this.fill(this.stashed);
      if (this.ended !== undefined) this.end();
      else if (this.reads.length > 0) this.socket.resume();
    });
  }

  /** Takes what has arrived; whether to go on. */
  private arrived(count: number, buffer: Uint8Array): boolean {
    if (buffer.buffer === this.stash.buffer) this.stashed = this.fill(buffer.subarray(0, count));
    else this.advance(count);
    return this.reads.length > 0;
  }

  /** Copies bytes to the targets; what is left over. */
  private fill(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    let left = bytes as Uint8Array<ArrayBuffer>;
    while (left.length > 0 && this.reads.length > 0) {
      const { target } = this.reads[0];
      const count = Math.min(target.length, left.length);
      target.set(left.subarray(0, count));
      left = left.subarray(count);
      this.advance(count);
    }
    return left;
  }

  private advance(count: number): void {
    const read = this.reads[0];
    read.target = read.target.subarray(count);
    if (read.target.length > 0) return;
    this.reads.shift();
    read.resolve();
  }

  private end(): void {
    this.ended ??= new Error('the connection closed');
    for (const { reject } of this.reads.splice(0)) reject(this.ended);
  }
}

/** Bytes to a peer. */
export class Outgoing {
  private last: Promise<void> = Promise.resolve();

  constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
  }

  /** Queues bytes, which must not change before `flushed`. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.last = new Promise((resolve, reject) =>
      this.socket.write(bytes, (error) => (error == null ? resolve() : reject(error))),
    );
    this.last.catch(() => undefined); // told by `flushed`
  }

  /** Done when the system has taken all that was written. */
  flushed(): Promise<void> {
    return this.last;
  }
}
