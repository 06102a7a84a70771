/**
 * @file `npm run compare`, and `npm start` at a small budget: encoders are pretrained, probed, acted from and reported on.
 *
 *   npm start
 *   npm run compare -- --preset cifar10 --data-dir data --dry-run
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { overrideOptions, planStages, readPreset, runStages, stateOf, typedStage } from '../compare/index.js';
import { unknownName } from '../errors.js';
import { PROJECT_ROOT } from '../files.js';
import { duration } from '../progress.js';
import { formatTable, writeComparisonReport } from '../report/index.js';
import { runCommand, stopOnSignals, typedCommand } from './command.js';
import { checkStages } from './stage-check.js';

interface Flags {
  preset: string;
  set: string[];
  runName?: string;
  expDir: string;
  dataDir?: string;
  dryRun?: boolean;
}

const PRESETS = join(PROJECT_ROOT, 'configs', 'compare');
const presetNames = () => readdirSync(PRESETS).map((file) => file.replace(/\.json$/, ''));
const collect = (value: string, before: string[]) => [...before, value];

const command = new Command('compare')
  .description(
    'Pretrain encoders, probe them, let agents act on them, and report. Stages whose results are there already are ' +
      'skipped, a stopped one is gone on with, so the same command again finishes what was interrupted.',
  )
  .option(
    '--preset <name>',
    `what to compare: ${presetNames().join(', ')}, or a file like configs/compare/quick.json`,
    'quick',
  )
  .option(
    '--set <stage.option=value>',
    'change an option of a stage; may be given several times',
    collect,
    [],
  )
  .option('--run-name <name>', "what the runs' names begin with (the preset's name)")
  .option('--exp-dir <folder>', 'folder of runs', 'runs')
  .option('--data-dir <folder>', 'folder of data sets')
  .option('--dry-run', 'print the stages with their commands, what is there already, and the estimated time')
  .addHelpText(
    'after',
    `
Examples:
  npm start                                                          the quick preset, ten minutes or so on two cores
  npm run compare -- --dry-run
  npm run compare -- --set ssl.epochs=6 --set agents.seeds=5         budgets of stages
  npm run compare -- --preset cifar10 --data-dir data`,
  );

await runCommand(command, async ({ preset, set, runName, expDir, dataDir, dryRun }: Flags) => {
  const file = existsSync(preset) ? preset : join(PRESETS, `${preset}.json`);
  if (!existsSync(file)) throw unknownName('preset', preset, presetNames());
  const chosen = overrideOptions(readPreset(file), set);
  const { title } = chosen;
  const name = runName ?? preset.replace(/^.*[/\\]|\.json$/g, '');
  const recordings = join('recordings', name);
  const plan = planStages(chosen, { name, expDir, dataDir, recordings });
  checkStages(plan);
  const described = plan.map((stage) => ({
    stage: stage.name,
    command: typedStage(stage),
    run: stage.folder,
    state: stateOf(stage, expDir),
    minutes: stage.minutes,
  }));
  if (dryRun === true) {
    console.log(`${title}\n`);
    if (chosen.about !== undefined) console.log(`${chosen.about}\n`);
    const rows = described.map(({ stage, state, minutes }) => [stage, state, duration(60 * minutes)]);
    console.log(formatTable([['Stage', 'State', 'Estimate'], ...rows], [2]));
    for (const { stage, command: typed } of described) console.log(`\n${stage}:\n  ${typed}`);
    const left = described
      .filter(({ state }) => state !== 'finished')
      .reduce((sum, { minutes }) => sum + minutes, 0);
    const changed = set.length === 0 ? '' : ', without the changes by --set';
    console.log(`\nEstimated for what is left${changed}: ${duration(60 * left)}.`);
    return { title, stages: described };
  }
  const { signal, exitCode } = stopOnSignals('the stage under way writes a checkpoint');
  const finished = await runStages(plan, expDir, signal);
  const stagesNow = described.map((stage, i) => ({ ...stage, state: stateOf(plan[i], expDir) }));
  if (!finished) {
    console.log('\nStopped. The same command goes on where it was.');
    process.exitCode = exitCode();
    return { title, stages: stagesNow };
  }
  const report = writeComparisonReport({
    title,
    command: typedCommand('compare'),
    runs: plan.map((stage) => ({ name: stage.name, folder: stage.folder })),
    recordings: [recordings],
    folder: join(expDir, name),
  });
  console.log(`\nThe report, for a browser:\n${report}`);
  return { title, stages: stagesNow, report };
});
