/** @file Runs a command as users do: a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/files.js';

export interface CliResult {
  /** The exit code, or the signal that ended it. */
  code: number | string;
  stdout: string;
  stderr: string;
  /** What --json printed: the last line, if it is an object. */
  result: Record<string, unknown>;
}

/** Starts build/src/cli/NAME.js; `ended` has all it printed. */
export function startCli(name: string, ...flags: string[]) {
  const script = join(PROJECT_ROOT, 'build', 'src', 'cli', `${name}.js`);
  const child = spawn(process.execPath, [script, ...flags], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      const result = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {};
      resolve({ code: code ?? signal ?? '', stdout, stderr, result });
    });
  });
  return { child, ended };
}

export const runCli = (name: string, ...flags: string[]): Promise<CliResult> =>
  startCli(name, ...flags).ended;
