import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cifar10 } from '../../src/data/datasets/cifar.js';
import { downloadArchives, downloadFile } from '../../src/data/download.js';
import type { TaskProgress } from '../../src/progress.js';
import { unpack } from '../../src/data/unpack.js';
import { CorruptFileError, UserError } from '../../src/errors.js';
import { cifarBatch, md5, put, tarGz, withFolder, zip, type Files } from './fixtures.js';

const BODY = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 253));

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Sends what is asked for. */
const whole: Answer = (request, response, body) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= body.length) response.writeHead(416).end();
  else {
    const range = start > 0 && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length - start, ...range });
    response.end(body.subarray(start));
  }
};

/** Sends half of what it promises, and breaks off once `arrived` tells that it was received. */
function breakingOff(): { broken: Answer; arrived: (progress: TaskProgress) => void } {
  let cut = (): void => undefined;
  return {
    broken: (_, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, body.length >> 1));
      cut = () => void response.destroy();
    },
    arrived: ({ done }) => {
      if (done === BODY.length >> 1) cut();
    },
  };
}

/** Gives each request the next of `answers` (the last one for all further ones). */
async function withServer<T>(
  answers: readonly Answer[],
  body: Buffer,
  use: (url: string, ranges: (string | undefined)[]) => Promise<T>,
): Promise<T> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)];
    ranges.push(request.headers.range);
    answer(request, response, body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/set.tar.gz`, ranges);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe('downloadFile', () => {
  test('fetches, reports, leaves only the file', () =>
    withServer([whole], BODY, (url) =>
      withFolder(async (folder) => {
        const seen: TaskProgress[] = [];
        await downloadFile(url, join(folder, 'set'), md5(BODY), (progress) => seen.push(progress));
        expect(readFileSync(join(folder, 'set')).equals(BODY)).toBe(true);
        expect(readdirSync(folder)).toEqual(['set']);
        expect(seen.at(-1)).toEqual({
          task: 'Downloading set.tar.gz',
          done: BODY.length,
          total: BODY.length,
          unit: 'bytes',
        });
      }),
    ));

  test('does not fetch what is there', () =>
    withServer([whole], BODY, (url, ranges) =>
      withFolder(async (folder) => {
        await downloadFile(url, put(join(folder, 'set'), BODY), md5(BODY));
        expect(ranges).toHaveLength(0);
      }),
    ));

  test('goes on where an earlier try stopped', () =>
    withServer([whole], BODY, (url, ranges) =>
      withFolder(async (folder) => {
        put(join(folder, 'set.part'), BODY.subarray(0, 100_000));
        const seen: number[] = [];
        await downloadFile(url, join(folder, 'set'), md5(BODY), ({ done }) => seen.push(done));
        expect(ranges).toEqual(['bytes=100000-']);
        expect(seen[0]).toBeGreaterThan(100_000);
        expect(readFileSync(join(folder, 'set')).equals(BODY)).toBe(true);
      }),
    ));

  test('a part that is whole already', () =>
    withServer([whole], BODY, (url) =>
      withFolder(async (folder) => {
        put(join(folder, 'set.part'), BODY);
        await downloadFile(url, join(folder, 'set'), md5(BODY));
        expect(readdirSync(folder)).toEqual(['set']);
      }),
    ));

  test('a server that cannot resume sends all of it', () => {
    const always: Answer = (_, response, body) => response.end(body);
    return withServer([always], BODY, (url) =>
      withFolder(async (folder) => {
        put(join(folder, 'set.part'), Buffer.alloc(1000, 1));
        await downloadFile(url, join(folder, 'set'), md5(BODY));
        expect(readFileSync(join(folder, 'set')).equals(BODY)).toBe(true);
      }),
    );
  });

  test('a connection that breaks off is taken up again, with nothing lost', () => {
    const { broken, arrived } = breakingOff();
    return withServer([broken, whole], BODY, (url, ranges) =>
      withFolder(async (folder) => {
        await downloadFile(url, join(folder, 'set'), md5(BODY), arrived);
        expect(ranges).toEqual([undefined, `bytes=${BODY.length >> 1}-`]);
        expect(readFileSync(join(folder, 'set')).equals(BODY)).toBe(true);
      }),
    );
  });

  test('one that stays broken keeps what came', () => {
    const { broken, arrived } = breakingOff();
    const gone: Answer = (_, response) => response.destroy();
    return withServer([broken, gone], BODY, (url) =>
      withFolder(async (folder) => {
        const path = join(folder, 'set');
        const error = await downloadFile(url, path, md5(BODY), arrived).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(UserError);
        expect(String(error)).toMatch(/broke off.*150000 bytes that came are kept/);
        expect(String(error)).toContain(path);
        expect(existsSync(path)).toBe(false);
        expect(readFileSync(`${path}.part`).equals(BODY.subarray(0, 150_000))).toBe(true);
      }),
    );
  });

  test('a wrong checksum leaves nothing', () =>
    withServer([whole], BODY, (url) =>
      withFolder(async (folder) => {
        const fetching = downloadFile(url, join(folder, 'set'), '0'.repeat(32));
        await expect(fetching).rejects.toThrow(CorruptFileError);
        await expect(fetching).rejects.toThrow(md5(BODY));
        expect(readdirSync(folder)).toEqual([]);
      }),
    ));

  test('a wrong part is thrown away and all of it fetched', () =>
    withServer([whole], BODY, (url, ranges) =>
      withFolder(async (folder) => {
        put(join(folder, 'set.part'), Buffer.alloc(1000, 1));
        await downloadFile(url, join(folder, 'set'), md5(BODY));
        expect(ranges).toEqual(['bytes=1000-', undefined]);
        expect(readFileSync(join(folder, 'set')).equals(BODY)).toBe(true);
      }),
    ));

  test('404', () =>
    withServer([(_, response) => response.writeHead(404).end('no')], BODY, (url) =>
      withFolder(async (folder) => {
        const fetching = downloadFile(url, join(folder, 'set'), md5(BODY));
        await expect(fetching).rejects.toThrow(UserError);
        await expect(fetching).rejects.toThrow(/answered 404/);
        expect(readdirSync(folder)).toEqual([]);
      }),
    ));

  test('no server: says where to put the file by hand', () =>
    withFolder(async (folder) => {
      const url = await withServer([whole], BODY, (open) => Promise.resolve(open));
      const fetching = downloadFile(url, join(folder, 'set'), md5(BODY));
      await expect(fetching).rejects.toThrow(/refused the connection/);
      await expect(fetching).rejects.toThrow(join(folder, 'set'));
    }));

  test('a folder that cannot be made', () =>
    withFolder(async (folder) => {
      const file = put(join(folder, 'file'), 'x');
      await expect(downloadFile('http://127.0.0.1:9/x', join(file, 'below', 'set'), '')).rejects.toThrow(UserError);
    }));
});

describe('archives', () => {
  const files: Files = Object.fromEntries(
    ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'].map((name, i) => [
      `cifar-10-batches-bin/${name}.bin`,
      cifarBatch(5, (n) => [n % 10], 5 * i),
    ]),
  );

  test('a data set is fetched, unpacked and found', () => {
    const archive = tarGz(files);
    return withServer([whole], archive, (url) =>
      withFolder(async (dataDir) => {
        await downloadArchives([{ ...cifar10.archives[0], url, md5: md5(archive) }], dataDir);
        const folder = cifar10.locate(dataDir)!;
        expect(folder).toBe(join(dataDir, 'cifar-10-batches-bin'));
        expect(readdirSync(dataDir)).toEqual(['cifar-10-batches-bin', 'set.tar.gz']);
        const { train } = await cifar10.read(folder, { dataDir, imageSize: 32 });
        expect(train.count).toBe(25);
      }),
    );
  });

  test('single files go into their folder', () =>
    withServer([whole], BODY, (url) =>
      withFolder(async (dataDir) => {
        await downloadArchives([{ url, md5: md5(BODY), folder: 'fashion', format: 'file' }], dataDir);
        expect(readdirSync(join(dataDir, 'fashion'))).toEqual(['set.tar.gz']);
      }),
    ));

  test.each([
    ['tar.gz', tarGz(files)],
    ['zip', zip(files)],
  ] as const)('%s: every file, also into a folder that lacks some', (format, bytes) =>
    withFolder(async (dataDir) => {
      const archive = put(join(dataDir, 'archive'), bytes);
      const folder = join(dataDir, 'out');
      put(join(folder, 'mine.txt'), 'kept');
      await unpack(archive, format, folder);
      expect(readdirSync(folder)).toHaveLength(7);
      for (const [name, content] of Object.entries(files)) {
        expect(readFileSync(join(folder, name.split('/')[1])).equals(content)).toBe(true);
      }
      expect(readdirSync(dataDir)).toEqual(['archive', 'out']);
    }),
  );

  const wrongCrc = zip(files);
  wrongCrc[wrongCrc.indexOf('PK\x01\x02', 0, 'latin1') + 16] ^= 0xff;
  test.each<[string, 'tar.gz' | 'zip', Buffer]>([
    ['a cut tar.gz', 'tar.gz', tarGz(files).subarray(0, 2000)],
    ['not a tar.gz', 'tar.gz', BODY],
    ['a cut zip', 'zip', zip(files).subarray(0, 2000)],
    ['a zip with a wrong checksum', 'zip', wrongCrc],
    ['not a zip', 'zip', BODY.subarray(0, 10)],
    ['a tar.gz that writes elsewhere', 'tar.gz', tarGz({ 'top/../../evil': BODY })],
    ['a zip that writes elsewhere', 'zip', zip({ 'top/../../evil': BODY })],
  ])('%s leaves nothing', (_, format, bytes) =>
    withFolder(async (dataDir) => {
      const archive = put(join(dataDir, 'archive'), bytes);
      await expect(unpack(archive, format, join(dataDir, 'out'))).rejects.toThrow(CorruptFileError);
      expect(readdirSync(dataDir)).toEqual(['archive']);
    }),
  );
});
