/**
 * @file `npm run dashboard`: runs with live curves, recordings and reports in the browser.
 *
 *   npm run dashboard
 *   npm run dashboard -- --exp-dir /scratch/runs --port 8080
 */
import { Command } from 'commander';
import { startDashboard } from '../dashboard/index.js';
import { integer, resolveOptions, text, type GivenOptions } from '../runs/index.js';
import { addOptions, givenOptions, runCommand } from './command.js';

const OPTIONS = {
  expDir: text('folder of runs', 'runs'),
  recordings: text('folder of recordings', 'recordings'),
  port: integer('to listen at; 0: any free one', 6007, 0, 65_535),
  host: text('address to listen at; other than loopback, only the printed link opens the page', '127.0.0.1'),
};

const command = new Command('dashboard').description(
  'Show runs with live curves, system load, recordings and reports in the browser, until Ctrl-C. ' +
    'It only reads, and nothing but the two folders.',
);
addOptions(command, OPTIONS);
command.addHelpText(
  'after',
  `
Examples:
  npm run dashboard
  npm run dashboard -- --exp-dir /scratch/runs --port 8080
  npm run dashboard -- --host 0.0.0.0     also for other machines; prints a link with a token (plain HTTP)`,
);

await runCommand(command, async (flags: GivenOptions<typeof OPTIONS>) => {
  const { expDir, ...options } = resolveOptions(OPTIONS, givenOptions(OPTIONS, flags));
  const dashboard = await startDashboard({ runs: expDir, ...options });
  console.log(`Dashboard: ${dashboard.url}`);
  console.log('Ctrl-C ends it.');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await dashboard.close();
  return { url: dashboard.url };
});
