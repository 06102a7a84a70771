/** @file The server over real sockets: what it answers, and what it refuses to whom. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDashboard, type Dashboard } from '../../src/dashboard/index.js';

const top = mkdtempSync(join(tmpdir(), 'encodergym-server-'));
const [runs, recordings] = [join(top, 'runs'), join(top, 'recordings')];
let dashboard: Dashboard;

beforeAll(async () => {
  mkdirSync(join(runs, 'a b'), { recursive: true });
  mkdirSync(recordings);
  writeFileSync(join(top, 'secret.txt'), 'SECRET');
  writeFileSync(join(top, 'secret.html'), 'SECRET');
  writeFileSync(join(runs, 'a b', 'config.json'), '{"command":"npm run pretrain"}');
  writeFileSync(join(runs, 'a b', 'metrics.jsonl'), '{"step":1,"epoch":1,"x":2}\n');
  writeFileSync(join(runs, 'a b', 'report.html'), '<script>document.title = "ran"</script>');
  writeFileSync(join(runs, 'a b', 'encoder.safetensors'), 'tensors');
  writeFileSync(join(runs, 'empty.txt'), '');
  symlinkSync(top, join(runs, 'up'));
  symlinkSync(join(top, 'secret.txt'), join(runs, 'link.txt'));
  writeFileSync(join(recordings, 'v.mp4'), Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251)));
  dashboard = await startDashboard({ runs, recordings, port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await dashboard.close();
  rmSync(top, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes as they are, and reads until the server closes. @param isAll nothing more will come */
function raw(request: string, port = dashboard.port, isAll = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => (isAll ? socket.end(request) : socket.write(request)));
    let text = '';
    socket.setEncoding('latin1').on('data', (data: string) => (text += data));
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

/** One request; the path goes out as it is, without what URL would tidy up. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET', port?: number) {
  const all = { host: `127.0.0.1:${port ?? dashboard.port}`, connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = await raw(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, port);
  const end = text.indexOf('\r\n\r\n');
  const [status, ...rest] = text.slice(0, end).split('\r\n');
  const entries = rest.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
  });
  const answer: Answer = {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(entries) as Record<string, string>,
    body: text.slice(end + 4),
  };
  return answer;
}

test('the page, under a policy that lets nothing in from elsewhere', async () => {
  const { status, headers, body } = await ask('/');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toMatch(/^default-src 'self'/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
  const script = /src="([^"]+\.js)"/.exec(body)?.[1] ?? '';
  expect((await ask(script)).headers['content-type']).toMatch(/^text\/javascript/);
});

test('runs, details and recordings as JSON', async () => {
  expect(JSON.parse((await ask('/api/runs')).body)).toEqual([
    expect.objectContaining({ name: 'a b', kind: 'pretrain', pages: ['report.html'] }),
  ]);
  expect(JSON.parse((await ask('/api/run?run=a+b')).body)).toMatchObject({ command: 'npm run pretrain' });
  expect(JSON.parse((await ask('/api/recordings')).body)).toEqual([]);
  for (const path of ['/api/run', '/api/run?run=..', '/api/none', '/api/', '/api']) {
    expect((await ask(path)).status).toBe(404);
  }
});

test('a report is shown in a sandbox without scripts', async () => {
  const { status, headers } = await ask('/runs/a%20b/report.html');
  expect(status).toBe(200);
  expect(headers['content-security-policy']).toMatch(
    /^sandbox allow-same-origin allow-popups; default-src 'none'/,
  );
});

test('ranges of a video', async () => {
  const whole = await ask('/recordings/v.mp4');
  expect([whole.status, whole.body.length, whole.headers['accept-ranges']]).toEqual([200, 1000, 'bytes']);
  const part = await ask('/recordings/v.mp4', { range: 'bytes=100-199' });
  expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 100-199/1000']);
  expect(part.body).toBe(whole.body.slice(100, 200));
  expect((await ask('/recordings/v.mp4', { range: 'bytes=-5' })).body).toBe(whole.body.slice(-5));
  const head = await ask('/recordings/v.mp4', {}, 'HEAD');
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '1000', '']);
  const { etag } = whole.headers;
  expect((await ask('/recordings/v.mp4', { 'if-none-match': etag })).status).toBe(304);
  expect((await ask('/recordings/v.mp4', { 'if-range': etag, range: 'bytes=0-9' })).body).toHaveLength(10);
  expect((await ask('/recordings/v.mp4', { 'if-range': '"old"', range: 'bytes=0-9' })).body).toHaveLength(
    1000,
  );
  expect((await ask('/runs/empty.txt')).body).toBe('');
});

test.each(['bytes=1000-', 'bytes=0-1,3-4', `bytes=${'0-,'.repeat(1000)}0-`, 'bytes=5-1', 'bytes=x'])(
  'a range such as %.20s is refused',
  async (range) => {
    const { status, headers, body } = await ask('/recordings/v.mp4', { range });
    expect([status, headers['content-range'], body]).toEqual([416, 'bytes */1000', '']);
  },
);

test.each([
  '/runs/../secret.txt',
  '/runs/a b/../../secret.txt',
  '/runs/%2e%2e/secret.txt',
  '/runs/%2e%2e%2fsecret.txt',
  '/runs/..%2fsecret.txt',
  '/runs/..%5csecret.txt',
  '/runs/%252e%252e/secret.txt',
  '/runs/a%20b/..%2f..%2fsecret.txt',
  '/runs//../secret.txt',
  '/runs/./../secret.txt',
  `/runs/${encodeURIComponent(join(top, 'secret.txt'))}`,
  '/runs/up/secret.txt',
  '/runs/up/secret.html',
  '/runs/link.txt',
  '/runs/secret.txt%00.html',
  '/recordings/../secret.txt',
  '/recordings/..%2fruns/empty.txt',
  '/../secret.txt',
  '/..%2f..%2fpackage.json',
  '/assets/..%2f..%2f..%2fpackage.json',
  '/runs/a%20b/encoder.safetensors',
  '/runs/%c0%ae%c0%ae/secret.txt',
  '/runs/%',
])('%s is not found', async (path) => {
  const { status, body } = await ask(path.replace('a b', 'a%20b'));
  expect([400, 404]).toContain(status);
  expect(body).not.toMatch(/SECRET|tensors|encodergym"/);
});

test.each<[string, Record<string, string>]>([
  ['a name that points here (DNS rebinding)', { host: 'evil.example:80' }],
  ['a name that begins like ours', { host: 'localhost.evil.example' }],
  ['no name', { host: '' }],
  ['a script of another site', { origin: 'https://evil.example' }],
  ['a script of another port', { origin: 'http://127.0.0.1:1' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a picture on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['a video of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  [
    'a frame of another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ],
])('requests by %s are refused', async (_, headers) => {
  for (const path of ['/', '/api/runs', '/api/stream', '/recordings/v.mp4']) {
    expect((await ask(path, headers)).status).toBe(403);
  }
});

test('links from other sites, and the names of loopback, are welcome', async () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect((await ask('/', link)).status).toBe(200);
  for (const host of ['localhost', 'LOCALHOST:6007', '[::1]:6007', '127.0.0.1']) {
    expect((await ask('/api/runs', { host })).status).toBe(200);
  }
});

test.each([
  ['POST', '/api/runs', 405],
  ['DELETE', '/runs/empty.txt', 405],
  ['PUT', '/runs/new.txt', 405],
  ['OPTIONS', '/', 405],
  ['HEAD', '/api/stream', 405],
  ['GET', 'http://127.0.0.1/', 400],
  ['GET', `/${'x'.repeat(5000)}`, 414],
  ['GET', `/api/curves?${Array.from({ length: 33 }, (_, i) => `run=${i}`).join('&')}`, 400],
])('%s %.40s is answered by %i', async (method, path, status) => {
  expect((await ask(path, {}, method)).status).toBe(status);
});

test('what is no HTTP, or too large, is answered and ends; the server goes on', async () => {
  expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 /,
  );
  expect(await raw('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  const smuggled =
    'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
  expect(await raw(smuggled)).toMatch(/^HTTP\/1.1 40[05] /);
  expect(await raw('GET /recordings/v.mp4 HTTP/1.1\r\nhost: local', dashboard.port, true)).not.toMatch(
    / 200 /,
  );
  expect((await ask('/')).status).toBe(200);
});

/** The events of a stream until `enough` says so. */
function listen(path: string, enough: (events: [string, unknown][]) => boolean | undefined) {
  return new Promise<[string, unknown][]>((resolve, reject) => {
    const events: [string, unknown][] = [];
    let text = '';
    const request = get(`http://127.0.0.1:${dashboard.port}${path}`, (response) => {
      response.setEncoding('utf8').on('data', (data: string) => {
        text += data;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const [, name, value] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
          events.push([name, JSON.parse(value)]);
          text = text.slice(end + 2);
          if (enough(events)) request.destroy();
        }
      });
      response.on('close', () => resolve(events));
    });
    request.on('error', (error) => (events.length > 0 ? resolve(events) : reject(error)));
  });
}

test('the stream tells runs, load and a new recording', async () => {
  let recorded = false;
  const events = await listen('/api/stream', (all) => {
    if (!recorded && all.some(([name]) => name === 'runs')) {
      recorded = true;
      writeFileSync(join(recordings, 'v.json'), '{"env":"CartPole-v1"}');
    }
    return all.some(([name, value]) => name === 'recordings' && (value as number) > 0);
  });
  const of = (wanted: string) => events.filter(([name]) => name === wanted).map(([, value]) => value);
  expect(of('runs')[0]).toEqual({ changed: [expect.objectContaining({ name: 'a b' })], removed: [] });
  const [load] = (of('system') as { cpu: number; memoryUsed: number; memoryTotal: number }[][]).flat();
  expect(load.cpu).toBeGreaterThanOrEqual(0);
  expect(load.cpu).toBeLessThanOrEqual(1);
  expect(load.memoryUsed).toBeLessThan(load.memoryTotal);
  expect(JSON.parse((await ask('/api/recordings')).body)).toHaveLength(1);
});

test('a curve is told, and what comes to it', async () => {
  const path = join(runs, 'a b', 'metrics.jsonl');
  const events = await listen('/api/curves?run=a+b&run=none', (all) => {
    if (all.length === 2) appendFileSync(path, '{"step":2,"epoch":2,"x":3}\n');
    return all.length === 3;
  });
  expect(events).toEqual([
    ['curve', expect.objectContaining({ run: 'a b', records: 1 })],
    ['curve', { run: 'none', records: 0, series: {} }],
    ['records', { run: 'a b', records: [{ step: 2, epoch: 2, metrics: { x: 3 } }] }],
  ]);
});

test('streams are limited in number, and places become free again', async () => {
  const requests = Array.from({ length: 64 }, () =>
    get({ port: dashboard.port, host: '127.0.0.1', path: '/api/stream', agent: false }),
  );
  await Promise.all(requests.map((request) => new Promise((resolve) => request.on('response', resolve))));
  expect((await ask('/api/stream')).status).toBe(503);
  for (const request of requests) request.on('error', () => undefined).destroy();
  const statusOf = (path: string) =>
    new Promise<number | undefined>((resolve) => {
      const request = get({ port: dashboard.port, host: '127.0.0.1', path }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
    });
  let status: number | undefined = 503;
  while (status === 503) status = await statusOf('/api/curves?run=0&run=..');
  expect(status).toBe(200);
});

test('two dashboards do not share a port', async () => {
  const second = startDashboard({ runs, recordings, port: dashboard.port, host: '127.0.0.1' });
  await expect(second).rejects.toThrow(/port \d+ is taken.*choose another --port/);
});

test('beyond loopback, only who has the token sees anything', async () => {
  const open = await startDashboard({ runs, recordings, port: 0, host: '0.0.0.0' });
  try {
    const { port, token = '', url } = open;
    const request = (path: string, headers = {}) => ask(path, headers, 'GET', port);
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(url).toMatch(new RegExp(`:${port}/\\?token=${token}$`));
    for (const path of ['/', '/api/runs', '/recordings/v.mp4', '/assets/x.js', '/?token=', '/?token=wrong']) {
      expect((await request(path)).status).toBe(401);
    }
    expect((await request('/', { cookie: 'encodergym-dashboard=wrong' })).status).toBe(401);
    const entry = await request(`/?token=${token}`);
    expect([entry.status, entry.headers.location]).toEqual([303, '/']);
    expect(entry.headers['set-cookie']).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const cookie = `other=1; ${entry.headers['set-cookie'].split(';')[0]}`;
    expect((await request('/api/runs', { cookie })).status).toBe(200);
    expect((await request('/api/runs', { cookie, host: 'lab-machine:80' })).status).toBe(200);
    expect((await request('/api/runs', { cookie, origin: 'http://evil.example' })).status).toBe(403);
  } finally {
    await open.close();
  }
});
