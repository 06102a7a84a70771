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

/** The command line of build/src/cli/NAME.js. */
export const cliCommand = (name: string, ...flags: string[]): string[] => [
  process.execPath,
  join(PROJECT_ROOT, 'build', 'src', 'cli', `${name}.js`),
  ...flags,
];

/** Starts build/src/cli/NAME.js; `ended` has all it printed. */
export const startCli = (name: string, ...flags: string[]) => startCommand(cliCommand(name, ...flags));

/** Starts a command line, which may run build/src/cli/NAME.js somewhere else. */
export function startCommand([program, ...words]: string[]) {
  const child = spawn(program, words, { cwd: PROJECT_ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
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
