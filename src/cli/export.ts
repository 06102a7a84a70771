/**
 * @file `npm run export`: copies runs to an MLflow tracking server.
 *
 *   npm run export -- --run runs/vicreg-resnet18 --server http://127.0.0.1:5000
 */
import { Command } from 'commander';
import { exportToMlflow, resolveOptions, text, type GivenOptions } from '../runs/index.js';
import { addOptions, givenOptions, runCommand } from './command.js';

const OPTIONS = {
  server: text(
    'address of the MLflow tracking server',
    process.env.MLFLOW_TRACKING_URI ?? 'http://127.0.0.1:5000',
  ),
  experiment: text('the experiment there; made if it is not there', 'encodergym'),
};

type Flags = GivenOptions<typeof OPTIONS> & { run: string[] };

const command = new Command('export')
  .description(
    'Copy runs to an MLflow tracking server: settings, metrics, command. A token is taken from MLFLOW_TRACKING_TOKEN.',
  )
  .requiredOption('--run <folder...>', 'folders of runs');
addOptions(command, OPTIONS);

await runCommand(command, async (flags: Flags) => {
  const { server, experiment } = resolveOptions(OPTIONS, givenOptions(OPTIONS, flags));
  const token = process.env.MLFLOW_TRACKING_TOKEN;
  const exported: { run: string; id: string }[] = [];
  for (const run of flags.run) {
    const id = await exportToMlflow(run, { server, experiment, token });
    console.log(`${run}: run ${id} of ${server}`);
    exported.push({ run, id });
  }
  return { exported };
});
