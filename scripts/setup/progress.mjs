/** @file What set-up says, and the programs it runs. All of it goes to stderr: a command's stdout is for its results. */
import { spawn } from 'node:child_process';

/** Set-up cannot go on; the message is for the user. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Says `what` is being done, does it, and says how long it took. */
export async function task(what, body) {
  const start = performance.now();
  process.stderr.write(`${what} ... `);
  try {
    const result = await body();
    say(`done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    say('failed');
    throw error;
  }
}

/** Runs a program to its end; `{ ok, output }`, where `output` is what it wrote to stdout and stderr. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    const stop = (signal) => {
      child.kill(signal);
      process.exit(1);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const end = (ok) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve({ ok, output: Buffer.concat(chunks).toString().trim() });
    };
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => {
      chunks.push(Buffer.from(error.message));
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** The first lines of a program's output, where the cause is, indented. */
export function firstLines(output, count) {
  return output
    .split('\n')
    .filter((line) => !/^(npm error)?\s*$/.test(line))
    .slice(0, count)
    .map((line) => `  ${line}`)
    .join('\n');
}
