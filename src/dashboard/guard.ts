/**
 * @file Who may ask. On loopback everybody on this machine, but no page of another site: neither by its own requests
 * (Origin, Sec-Fetch-Site) nor by a name that it lets point here (Host). Elsewhere only who has the token.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const COOKIE = 'encodergym-dashboard';
const LONGEST_URL = 4096;

/** What to answer instead of what was asked for. */
export interface Refusal {
  status: number;
  message: string;
  /** The link with the token was followed: it becomes a cookie. */
  headers?: Record<string, string>;
}

export const isLoopback = (host: string): boolean => LOOPBACK.includes(host);

export class Guard {
  /** Undefined on loopback. */
  readonly token: string | undefined;

  /** @param host the address that the server listens at */
  constructor(host: string) {
    this.token = isLoopback(host) ? undefined : randomBytes(24).toString('base64url');
  }

  /** @returns undefined when the request may pass */
  refuse(request: IncomingMessage): Refusal | undefined {
    const { method = '', url = '', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      return {
        status: 405,
        message: 'Only GET and HEAD.',
        headers: { allow: 'GET, HEAD', connection: 'close' },
      };
    }
    if (url.length > LONGEST_URL) return { status: 414, message: 'The address is too long.' };
    if (!url.startsWith('/')) return { status: 400, message: 'Expected a path.' };
    const host = headers.host ?? '';
    if (this.token === undefined && !LOCAL_NAMES.includes(host.replace(/:\d+$/, '').toLowerCase())) {
      return { status: 403, message: `This server is known as localhost only, not as "${host}".` };
    }
    if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
      return { status: 403, message: 'Pages of other sites may not read this.' };
    }
    // Links from other sites may lead here; their pictures, videos, scripts and frames may not.
    const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
    const from = headers['sec-fetch-site'] ?? 'none';
    if (!isLink && from !== 'none' && from !== 'same-origin') {
      return { status: 403, message: 'Pages of other sites may not use this.' };
    }
    return this.token === undefined ? undefined : this.refuseWithoutToken(url, headers.cookie ?? '');
  }

  private refuseWithoutToken(url: string, cookies: string): Refusal | undefined {
    const cookie = cookies
      .split(/;\s*/)
      .find((one) => one.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1);
    if (this.isToken(cookie)) return undefined;
    const given = /[?&]token=([\w-]+)/.exec(url)?.[1];
    if (!this.isToken(given)) {
      return { status: 401, message: 'Open the address that `npm run dashboard` printed: it has a token.' };
    }
    const cookieText = `${COOKIE}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
    return { status: 303, message: '', headers: { location: '/', 'set-cookie': cookieText } };
  }

  private isToken(given: string | undefined): boolean {
    if (this.token === undefined || given === undefined) return false;
    const hash = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(hash(given), hash(this.token));
  }
}
