/** @file Lines of JSON on a socket, and the first line that a connection must bring to be let in. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

/** A table of a thousand ranks fits; garbage that never ends does not. */
const LONGEST_LINE = 1 << 20;
const HELLO_LIMIT_MILLISECONDS = 5000;
const VERSION = 'encodergym-1';

export function sendLine(socket: Socket, message: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `onMessage` for each line. A line that is too long, no JSON or no object ends the connection. */
export function readLines(socket: Socket, onMessage: (message: object) => void): void {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0 && !socket.destroyed; end = text.indexOf('\n')) {
      const message = parseObject(text.slice(0, end));
      text = text.slice(end + 1);
      if (message === undefined) socket.destroy();
      else onMessage(message);
    }
    if (text.length > LONGEST_LINE) socket.destroy();
  });
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a connection says first. */
export interface Hello {
  version: string;
  /** Digest of the job's token. */
  proof: string;
  rank: number;
  worldSize: number;
  /** `control`: lines both ways. 0 and 1: the data of a channel, towards the one who says this. */
  purpose: 'control' | 0 | 1;
  /** Of the rank that says it; on control connections. */
  info?: unknown;
}

export const makeHello = (token: string, hello: Pick<Hello, 'rank' | 'worldSize' | 'purpose' | 'info'>) => ({
  version: VERSION,
  proof: proofOf(token),
  ...hello,
});

const proofOf = (token: string) => createHash('sha256').update(`${VERSION} ${token}`).digest('hex');

/**
 * Waits for a stranger's first line. If it belongs to the job, `onHello` says what is to be done with the lines that
 * follow; otherwise the connection ends, without a word.
 */
export function receiveHello(
  socket: Socket,
  token: string,
  onHello: (hello: Hello) => (message: object) => void,
): void {
  let onMessage: ((message: object) => void) | undefined;
  const timer = setTimeout(() => socket.destroy(), HELLO_LIMIT_MILLISECONDS);
  socket.on('error', () => socket.destroy()).once('close', () => clearTimeout(timer));
  readLines(socket, (message) => {
    if (onMessage !== undefined) return onMessage(message);
    clearTimeout(timer);
    const hello = message as Partial<Hello>;
    const [given, expected] = [Buffer.from(String(hello.proof)), Buffer.from(proofOf(token))];
    const proven = given.length === expected.length && timingSafeEqual(given, expected);
    if (!proven || hello.version !== VERSION || !Number.isInteger(hello.rank)) socket.destroy();
    else onMessage = onHello(hello as Hello);
    return undefined;
  });
}
