/** @file Sends a file, or the one range of it that was asked for, as RFC 9110 has it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { OpenFile } from './folder.js';

/** What is sent at all; other files stay where they are. */
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.mp4': 'video/mp4',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

export const typeOf = (path: string): string | undefined => TYPES[extname(path).toLowerCase()];

/** First and last byte; undefined: the whole file; 'unsatisfiable': no such bytes, or not in one range. */
export function parseRange(
  header: string | undefined,
  size: number,
): { first: number; last: number } | undefined | 'unsatisfiable' {
  if (header === undefined) return undefined;
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (from === undefined || (from === '' && to === '')) return 'unsatisfiable';
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first <= last && first < size ? { first, last } : 'unsatisfiable';
}

/** Sends `file` and closes it; `type` must be that of its name. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, size, modified, inode }: OpenFile,
  type: string,
): Promise<void> {
  try {
    const etag = `"${inode.toString(36)}-${size.toString(36)}-${Math.round(modified).toString(36)}"`;
    response.setHeader('etag', etag);
    response.setHeader('accept-ranges', 'bytes');
    response.setHeader('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const ifRange = request.headers['if-range'];
    const stale = ifRange !== undefined && ifRange !== etag;
    const range = parseRange(stale ? undefined : request.headers.range, size);
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'content-length': 0, 'content-range': `bytes */${size}` }).end();
      return;
    }
    const { first, last } = range ?? { first: 0, last: size - 1 };
    response.setHeader('content-type', type);
    response.setHeader('content-length', last - first + 1);
    if (range !== undefined) response.setHeader('content-range', `bytes ${first}-${last}/${size}`);
    response.writeHead(range === undefined ? 200 : 206);
    if (request.method === 'HEAD' || size === 0) response.end();
    else await pipeline(handle.createReadStream({ start: first, end: last, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}
