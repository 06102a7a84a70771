/**
 * @file `npm run pretrain`: trains an encoder without labels and shows how good it gets.
 *
 *   npm run pretrain
 *   npm run pretrain -- --config configs/cifar10-vicreg-resnet18.json --data-dir data --run-name resnet18
 */
import { Command, Option } from 'commander';
import {
  OPTIONS,
  OPTION_NAMES,
  optionFlag,
  pretrain,
  summaryTable,
  type GivenOptions,
  type OptionName,
} from '../pretrain/index.js';
import { runCommand } from './command.js';

const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The flags of one setting; switches have a second one that turns them off. */
function flagsOf(name: OptionName): Option[] {
  const { type, help, names, default: value } = OPTIONS[name];
  const flag = optionFlag(name);
  if (type === 'switch') {
    return [
      new Option(`--${flag}`, `${help} (default: ${String(value)})`),
      new Option(`--no-${flag}`).hideHelp(),
    ];
  }
  const shown = value === undefined ? '' : ` (default: ${String(value)})`;
  const choices = names === undefined ? '' : `: ${names.join(', ')}`;
  return [new Option(`--${flag} <value>`, `${help}${choices}${shown}`)];
}

const command = new Command('pretrain')
  .description(
    'Pretrain an image encoder without labels. Without --config, --dataset and --arch: the quick start, ' +
      'configs/quickstart.json. Flags override the config file.',
  )
  .option('--config <file>', 'JSON file of these options, such as configs/cifar10-vicreg-resnet18.json')
  .option('--resume', 'go on with the stopped run of that --run-name');
for (const option of OPTION_NAMES.flatMap(flagsOf)) command.addOption(option);
command.addHelpText(
  'after',
  `
Examples:
  npm run pretrain                                                 the quick start on bundled images
  npm run pretrain -- --config configs/cifar10-vicreg-resnet18.json --data-dir data
  npm run pretrain -- --arch resnet50 --dataset ./photos --epochs 50 --run-name photos
  npm run pretrain -- --run-name photos --resume`,
);

await runCommand(
  command,
  async (options: GivenOptions & { config?: string; resume?: boolean; expDir?: string }) => {
    const stop = new AbortController();
    let exitCode = 0;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        const code = EXIT_CODES[signal] ?? 1;
        if (stop.signal.aborted) process.exit(code); // asked twice: at once
        exitCode = code;
        console.log(`${signal}: ending this step and writing a checkpoint; once more ends at once.`);
        stop.abort();
      });
    }
    const flags = Object.fromEntries(OPTION_NAMES.map((name) => [name, options[name]])) as GivenOptions;
    const typed = process.argv.slice(2).map((word) => (/^[\w./=:,+-]+$/.test(word) ? word : `'${word}'`));
    const summary = await pretrain({
      flags,
      file: options.config,
      resume: options.resume,
      command: ['npm run pretrain --', ...typed].join(' '),
      signal: stop.signal,
    });
    console.log(`\n${summaryTable(summary)}`);
    if (summary.ending !== 'finished') {
      const expDir = options.expDir === undefined ? '' : ` --exp-dir ${options.expDir}`;
      console.log(
        `\nStopped after step ${summary.steps}. Go on with:\n` +
          `  npm run pretrain -- --run-name ${summary.name}${expDir} --resume`,
      );
    }
    process.exitCode = exitCode;
    return summary;
  },
);
