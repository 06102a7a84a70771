/**
 * @file One set-up at a time in a folder. The lock is a file that names its holder, who touches it every second; it is
 * stale when the holder's process is gone, or when nobody has touched it for long (a process id means nothing on
 * another host or in another container, and is used again after a restart).
 */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 1000;
const STALE_MS = 30_000;
const POLL_MS = 200;

/** Runs `body` while holding the lock file `path`; `onWait(holder)` is called once if another process holds it. */
export async function withLock(path, { onWait }, body) {
  for (let waited = false; !(await take(path)); waited = true) {
    if (!waited) onWait(readHolder(path)?.pid ?? 'unknown');
    await sleep(POLL_MS);
  }
  const release = () => {
    if (isOurs(path)) rmSync(path, { force: true });
  };
  const heartbeat = setInterval(() => {
    if (isOurs(path)) utimesSync(path, new Date(), new Date());
  }, HEARTBEAT_MS);
  process.on('exit', release); // for process.exit() below; who is killed leaves a stale lock
  try {
    return await body();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

async function take(path) {
  const holder = JSON.stringify({ pid: process.pid, host: hostname() });
  try {
    writeFileSync(path, holder, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isStale(path)) return false;
  const own = `${path}.${process.pid}`;
  writeFileSync(own, holder);
  renameSync(own, path);
  await sleep(POLL_MS); // of several that take over at once, the last to rename has it
  return isOurs(path);
}

function isStale(path) {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const holder = readHolder(path);
  return age > STALE_MS || (holder?.host === hostname() && !isAlive(holder.pid));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // it lives, but belongs to another user
  }
}

function isOurs(path) {
  const holder = readHolder(path);
  return holder?.pid === process.pid && holder.host === hostname();
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // gone in the meantime, or not written yet
  }
}
