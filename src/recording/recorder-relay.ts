/**
 * @file A thread between a program and its recorder process (recorder-process.ts). The program's loop is synchronous: it
 * could neither fill a pipe in time nor notice what comes back. It hands packets over and watches the counters.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { workerData } from 'node:worker_threads';
import { ACCEPTED, encodePacket, ENDED, type Packet, type RelayData, type Report } from './packets.js';

const { counters, port } = workerData as RelayData;
// Detached: Ctrl-C in a terminal goes to the program alone.
const child = spawn(process.execPath, [fileURLToPath(new URL('./recorder-process.js', import.meta.url))], {
  detached: true,
  stdio: ['pipe', 'pipe', 'inherit'],
  windowsHide: true,
});
// Told by `closed`.
child.stdin.on('error', () => undefined);
let failed = false;
createInterface({ input: child.stdout }).on('line', (line) => report(JSON.parse(line) as Report));
const closed = new Promise<void>((resolve) => {
  child.on('error', (error) =>
    report({ error: `The recorder cannot be started: ${error.message}`, exitCode: 1 }),
  );
  child.on('close', (code, signal) => {
    if (code !== 0 && !failed) {
      report({ error: `The recorder ended early (${signal ?? `exit code ${code ?? '?'}`}).`, exitCode: 1 });
    }
    count(ENDED);
    // Who waits for room shall see it too.
    count(ACCEPTED);
    resolve();
  });
});

function report(line: Report): void {
  failed ||= 'error' in line;
  port.postMessage(line);
}

function count(place: number): void {
  Atomics.add(counters, place, 1);
  Atomics.notify(counters, place);
}

async function send(packet: Packet | null): Promise<void> {
  if (packet === null) {
    child.stdin.end();
    return;
  }
  if (!child.stdin.write(encodePacket(packet))) {
    await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), closed]);
  }
  count(ACCEPTED);
}

let sent = Promise.resolve();
port.on('message', (packet: Packet | null) => {
  sent = sent.then(() => send(packet));
});
