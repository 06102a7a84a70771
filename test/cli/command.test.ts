/** @file What all commands have in common, on one of them. */
import { expect, test } from '@jest/globals';
import { runCli } from './run-cli.js';

test.each(['pretrain', 'bench', 'envs', 'record'])(
  '%s --help shows flags and examples, and ends well',
  async (name) => {
    const { code, stdout } = await runCli(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}npm run/);
  },
);

test('an unknown flag ends with code 2 and the nearest known one', async () => {
  const { code, stderr } = await runCli('pretrain', '--epocs', '3');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/Did you mean --epochs/)]);
});

test('with --json an error is an object too', async () => {
  const { code, result } = await runCli('pretrain', '--arch', 'resnet81', '--json');
  expect(code).toBe(2);
  expect(result).toEqual({ error: expect.stringMatching(/resnet18/), exitCode: 2 });
});

test('a stack trace is shown when asked for, and only then', async () => {
  const [plain, traced] = await Promise.all([
    runCli('pretrain', '--arch', 'resnet81'),
    runCli('pretrain', '--arch', 'resnet81', '--debug'),
  ]);
  expect(plain.stderr).not.toMatch(/\n\s+at /);
  expect(traced.stderr).toMatch(/\n\s+at /);
});
