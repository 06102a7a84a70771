/** @file The dashboard's server: a page, an API of a few reads, and the files of two folders. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { PROJECT_ROOT } from '../files.js';
import { ServedFolder } from './folder.js';
import { Guard } from './guard.js';
import { RecordingIndex } from './recordings.js';
import { RunIndex, runDetails } from './run-index.js';
import { sendFile, typeOf } from './send-file.js';
import { MOST_FOLLOWED, Streams } from './stream.js';

export interface DashboardOptions {
  /** Folders of runs and of recordings. */
  runs: string;
  recordings: string;
  /** 0: any free one. */
  port: number;
  /** The address to listen at; other than loopback needs the token in the url. */
  host: string;
}

export interface Dashboard {
  /** What to open in a browser. */
  url: string;
  port: number;
  /** Undefined on loopback. */
  token: string | undefined;
  close(): Promise<void>;
}

/** Where set-up leaves the page. */
const PAGE_FOLDER = join(PROJECT_ROOT, 'build', 'page');
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Files of runs are shown, and run nothing. */
const FILE_POLICY =
  "sandbox allow-same-origin allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; " +
  "media-src 'self' data:; font-src data:; frame-ancestors 'none'";
const MOST_CONNECTIONS = 256;

/** A request that cannot be answered; the message is for its sender. */
class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const NOT_FOUND = new RequestError(404, 'There is no such thing here.');

/**
 * Starts the server.
 * @throws UserError when the port or the address cannot be had.
 */
export async function startDashboard({ runs, recordings, port, host }: DashboardOptions): Promise<Dashboard> {
  const folders = {
    runs: new ServedFolder(runs),
    recordings: new ServedFolder(recordings),
    page: new ServedFolder(PAGE_FOLDER),
  };
  const guard = new Guard(host);
  const index = new RunIndex(folders.runs);
  const gallery = new RecordingIndex(folders.recordings);
  const streams = new Streams(folders.runs, index, gallery);
  void index.refresh(); // so that the first page finds the list made

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = guard.refuse(request);
    if (refusal !== undefined) {
      return sendText(response, refusal.status, refusal.message, refusal.headers);
    }
    const { path, query } = parseUrl(request.url ?? '');
    const [first, ...rest] = path;
    switch (first) {
      case 'api':
        return answerApi(rest.join('/'), query, request, response);
      case 'runs':
      case 'recordings':
        return answerFile(folders[first], rest, FILE_POLICY, request, response);
      default:
        return answerFile(
          folders.page,
          path[0] === '' ? ['index.html'] : path,
          PAGE_POLICY,
          request,
          response,
        );
    }
  }

  async function answerApi(
    name: string,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (name === 'runs') {
      await index.refresh();
      return sendJson(response, index.entries);
    }
    if (name === 'recordings') {
      await gallery.refresh();
      return sendJson(response, gallery.recordings);
    }
    if (name === 'run') {
      const details = await runDetails(folders.runs, query.get('run') ?? '');
      if (details === undefined) throw NOT_FOUND;
      return sendJson(response, details);
    }
    if (name !== 'stream' && name !== 'curves') throw NOT_FOUND;
    if (request.method === 'HEAD') throw new RequestError(405, 'Only GET.');
    if (streams.full) throw new RequestError(503, 'Too many pages are open: close some.');
    if (name === 'stream') return streams.watch(response);
    const wanted = [...new Set(query.getAll('run'))];
    if (wanted.length > MOST_FOLLOWED)
      throw new RequestError(400, `At most ${MOST_FOLLOWED} runs at a time.`);
    return streams.follow(response, wanted);
  }

  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    answer(request, response).catch((error: Error) => fail(response, error));
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, port, host);
  const { port: taken } = server.address() as AddressInfo;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${taken}/${guard.token === undefined ? '' : `?token=${guard.token}`}`,
    port: taken,
    token: guard.token,
    close: () =>
      new Promise((resolve) => {
        streams.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Decoded names of the path, and the query. @throws RequestError when it cannot be decoded */
function parseUrl(url: string): { path: string[]; query: URLSearchParams } {
  const [path, query = ''] = url.split('?', 2);
  try {
    return { path: path.slice(1).split('/').map(decodeURIComponent), query: new URLSearchParams(query) };
  } catch {
    throw new RequestError(400, 'The address is not well-formed.');
  }
}

async function answerFile(
  folder: ServedFolder,
  names: readonly string[],
  policy: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = names.at(-1) ?? '';
  const type = typeOf(name);
  // A separator within a decoded name would pass for one between names.
  if (type === undefined || names.some((part) => part.includes('/'))) throw NOT_FOUND;
  const file = await folder.open(names.join('/'));
  if (file === undefined) throw NOT_FOUND;
  response.setHeader('content-security-policy', policy);
  await sendFile(request, response, file, type);
}

function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, JSON.stringify(value), { 'content-type': 'application/json' });
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  send(response, status, `${text}\n`, { 'content-type': 'text/plain; charset=utf-8', ...headers });
}

function send(response: ServerResponse, status: number, text: string, headers: Record<string, string>): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, { 'content-length': length, 'cache-control': 'no-store', ...headers });
  response.end(text); // not sent for HEAD
}

function fail(response: ServerResponse, error: Error): void {
  // The sender went away while it was being answered, or the file ended early.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known = error instanceof RequestError;
  if (!known) console.error(error);
  sendText(
    response,
    known ? error.status : 500,
    known ? error.message : 'The dashboard failed; its terminal says why.',
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `port ${port} is taken (by another dashboard?): choose another --port`,
        EACCES: `port ${port} needs more rights: choose one above 1023`,
        EADDRNOTAVAIL: `this machine has no address ${host}: choose another --host`,
        ENOTFOUND: `there is no host ${host}: choose another --host`,
      };
      const reason = reasons[error.code ?? ''] ?? error.message;
      reject(new UserError(`Cannot listen at ${host}: ${reason}.`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
