/** @file Ranks that die, stop, hang, err or never come: the others end, and say who it was and why. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeHello } from '../../../src/ddp/ring/lines.js';
import { PROJECT_ROOT } from '../../../src/files.js';
import { freeAddress, startJob, startRank, type RankSetup } from '../ranks.js';

const hasMemory = existsSync(join(PROJECT_ROOT, 'build', 'host.node'));

let ranks: ReturnType<typeof startJob> = [];
afterEach(() => {
  for (const { child } of ranks) child.kill('SIGKILL');
});

/** Starts three ranks; what the two survivors end with once the victim was struck, by `disturb` or its own doing. */
async function survivors(
  scenario: string,
  { victim = 2, ...parameters }: Partial<RankSetup> & { victim?: number },
  disturb?: (pid: number) => void,
): Promise<{ code: number | string; stderr: string }[]> {
  ranks = startJob(scenario, 3, { victim, ...parameters });
  if (disturb !== undefined) {
    await Promise.all(ranks.map(({ running }) => running));
    disturb(ranks[victim].child.pid!);
  }
  return Promise.all(ranks.filter((_, rank) => rank !== victim).map(({ ended }) => ended));
}

describe.each([
  { transport: 'sockets', socketsOnly: true },
  ...(hasMemory ? [{ transport: 'memory of one host', socketsOnly: false }] : []),
])('by $transport', ({ socketsOnly }) => {
  test.each([0, 2])('rank %i is killed', async (victim) => {
    const kill = (pid: number) => process.kill(pid, 'SIGKILL');
    for (const { code, stderr } of await survivors('endless', { socketsOnly, victim }, kill)) {
      expect(stderr).toMatch(/^In \w+ \d+ of \d+ float32, rank \d of 3: /);
      expect(stderr).toMatch(new RegExp(`rank ${victim} \\(host \\S+, process \\d+\\) died`));
      expect(code).toBe(75);
    }
  });

  test.each([0, 2])('rank %i is stopped', async (victim) => {
    const stop = (pid: number) => process.kill(pid, 'SIGSTOP');
    const parameters = { socketsOnly, victim, heartbeatLimit: 1 };
    for (const { code, stderr } of await survivors('endless', parameters, stop)) {
      expect(stderr).toMatch(
        new RegExp(`rank ${victim} \\(.*\\) is stopped or cut off: no heartbeat for 1 s`),
      );
      expect(code).toBe(75);
    }
  });

  test.each([0, 1])('the main thread of rank %i hangs, with a collective under way', async (victim) => {
    for (const { code, stderr } of await survivors('hang', { socketsOnly, victim, collectiveLimit: 3 })) {
      expect(stderr).toMatch(
        new RegExp(`^In barrier .*: rank ${victim} \\(.*\\) hangs: it did not come to a collective for 3 s`),
      );
      expect(code).toBe(75);
    }
  });

  test('a rank that calls another collective', async () => {
    const ended = await survivors('mismatch', { socketsOnly });
    for (const { code, stderr } of ended) {
      expect(stderr).toMatch(/another collective|is at allReduce/);
      expect(code).toBe(1);
    }
  });
});

test('a rank that ends with an error: the others say which', async () => {
  for (const { code, stderr } of await survivors('error', {})) {
    expect(stderr).toMatch(/rank 2 \(.*\) ended with an error: out of luck\./);
    expect(code).toBe(1);
  }
});

test('a rank that leaves early', async () => {
  for (const { code, stderr } of await survivors('leave', { collectiveLimit: 2 })) {
    expect(stderr).toMatch(/rank 2 \(.*\) left the job, and others wait for it/);
    expect(code).toBe(1);
  }
});

test('a rank that was stopped for less than the limit is waited for', async () => {
  const disturb = (pid: number) => {
    process.kill(pid, 'SIGSTOP');
    setTimeout(() => process.kill(pid, 'SIGCONT'), 1000);
  };
  const ended = await survivors('patient', { heartbeatLimit: 15 }, disturb);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
});

test('a rank that never comes is named', async () => {
  const setup = { scenario: 'patient', worldSize: 3, token: `missing-${process.pid}`, rendezvousLimit: 4 };
  ranks = [0, 2].map((rank) => startRank({ ...setup, rank }));
  for (const { code, stderr } of await Promise.all(ranks.map(({ ended }) => ended))) {
    expect(stderr).toContain('Of 3 ranks, these did not come within 4 s: 1');
    expect(code).toBe(1);
  }
});

test('a port in use', async () => {
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  const setup = { scenario: 'patient', worldSize: 2, token: 'port', rendezvous: `tcp:127.0.0.1:${port}` };
  ranks = [startRank({ ...setup, rank: 0 })];
  const { stderr } = await ranks[0].ended;
  server.close();
  expect(stderr).toContain(`Port ${port} is in use on this host: choose another --master-port.`);
});

test('strangers on the port are turned away, and the job goes on', async () => {
  const setup = {
    scenario: 'patient',
    worldSize: 2,
    token: 'secret',
    rendezvous: await freeAddress(),
  };
  const port = Number(setup.rendezvous.split(':')[2]);
  ranks = [startRank({ ...setup, rank: 0 })];
  const hello = (token: string, rank: number) =>
    `${JSON.stringify(makeHello(token, { rank, worldSize: 2, purpose: 'control', info: {} }))}\n`;
  const strangers = [
    hello('wrong', 1),
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '\0'.repeat(1000) + '\n',
    'x'.repeat(3 << 20),
  ];
  for (const words of strangers) expect(await answer(port, words)).toBe('');
  expect(await answer(port, hello('secret', 7))).toContain('does not belong to the job');
  ranks.push(startRank({ ...setup, rank: 1 }));
  const ended = await Promise.all(ranks.map((rank) => rank.ended));
  expect(ended.map(({ value }) => value)).toEqual(['done', 'done']);
});

/** What comes back on a connection to the port, which is tried until somebody listens. */
async function answer(port: number, words: string): Promise<string> {
  for (;;) {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let text = '';
    socket.on('data', (chunk: string) => (text += chunk)).on('error', () => undefined);
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (!open) {
      await sleep(20);
      continue;
    }
    socket.write(words);
    await once(socket, 'close').catch(() => undefined);
    return text;
  }
}
