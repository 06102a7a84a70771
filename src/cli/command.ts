/** @file What all commands share: `--json`, `--debug`, errors as one paragraph, exit codes. */
import { CommanderError, Option, type Command } from 'commander';
import { EncodergymError } from '../errors.js';
import { optionFlag, type GivenOptions, type OptionSpec, type OptionTable } from '../runs/index.js';

interface CommonFlags {
  json?: boolean;
  debug?: boolean;
}

/** What a command does; an object that it returns is printed by `--json`. */
type Action<Flags> = (flags: Flags) => Promise<object> | object;

/** Gives a command, or a part of one (`bench pretrain`), its action. */
export function onRun<Flags extends object>(command: Command, action: Action<Flags>): void {
  command
    .option('--json', 'print the result as one JSON object, in the last line of stdout')
    .option('--debug', 'print the stack trace of an error')
    .action(async () => {
      // Not the callback's argument: arguments of the command come before it.
      const flags = command.opts<Flags & CommonFlags>();
      try {
        const result = await action(flags);
        if (flags.json === true) console.log(JSON.stringify(result));
      } catch (error) {
        report(error, flags);
      }
    });
}

/** Parses the command line and runs the command, whose `action` may have been given by `onRun` before. */
export async function runCommand<Flags extends object>(
  command: Command,
  action?: Action<Flags>,
): Promise<void> {
  if (action !== undefined) onRun(command, action);
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  for (const part of [command, ...command.commands]) {
    part.exitOverride().configureHelp({ helpWidth: 110 }).showHelpAfterError('See --help.');
  }
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const typed = (flag: string) => process.argv.includes(flag);
      report(error, { json: typed('--json'), debug: typed('--debug') });
      return;
    }
    // Commander has printed it already. Help that was asked for ends with 0, all else is the user's mistake.
    const helped = error.exitCode === 0 && error.code !== 'commander.help';
    process.exitCode = helped ? 0 : 2;
  }
}

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };

/**
 * Lets SIGINT and SIGTERM end long work after the step it is in; a second one ends the process at once.
 * @param doing what is done then, for the message
 * @returns a signal that is aborted then, and the exit code to end with (0 when nothing came)
 */
export function stopOnSignals(doing = 'ending this step and writing a checkpoint'): {
  signal: AbortSignal;
  exitCode: () => number;
} {
  const stop = new AbortController();
  let exitCode = 0;
  for (const [signal, code] of Object.entries(SIGNAL_EXIT_CODES)) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(code);
      exitCode = code;
      console.log(`${signal}: ${doing}; once more ends at once.`);
      stop.abort();
    });
  }
  return { signal: stop.signal, exitCode: () => exitCode };
}

/** Gives a command the flags of a table of settings. */
export function addOptions(command: Command, table: OptionTable): void {
  for (const [name, spec] of Object.entries(table)) {
    for (const option of flagsOf(optionFlag(name), spec)) command.addOption(option);
  }
}

/** Gives a command that makes a run in a folder the flags of its settings, and those of beginning it. */
export function addRunOptions(command: Command, table: OptionTable, recipe: string): void {
  command
    .option('--config <file>', `JSON file of these options, such as ${recipe}`)
    .option('--resume', 'go on with the stopped run of that --run-name');
  addOptions(command, table);
}

/** Of a parsed command line, what belongs to a table of settings. */
export function givenOptions<Table extends OptionTable>(
  table: Table,
  parsed: GivenOptions<Table>,
): GivenOptions<Table> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, parsed[name]])) as GivenOptions<Table>;
}

/** The command line as it was typed, for a run's config.json. */
export function typedCommand(script: string): string {
  const typed = process.argv.slice(2).map((word) => (/^[\w./=:,+-]+$/.test(word) ? word : `'${word}'`));
  return [`npm run ${script}`, ...(typed.length > 0 ? ['--', ...typed] : [])].join(' ');
}

/** The flags of one setting; switches have a second one that turns them off. */
function flagsOf(flag: string, { type, help, names, default: value }: OptionSpec): Option[] {
  if (type === 'switch') {
    return [
      new Option(`--${flag}`, `${help} (default: ${String(value)})`),
      new Option(`--no-${flag}`).hideHelp(),
    ];
  }
  const shown = value === undefined ? '' : ` (default: ${value as string | number})`;
  const choices = names === undefined ? '' : `: ${names.join(', ')}`;
  return [new Option(`--${flag} <value>`, `${help}${choices}${shown}`)];
}

function report(error: unknown, { json = false, debug = false }: CommonFlags): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof EncodergymError;
  const hint = known || debug ? '' : ' This is a fault of encodergym: add --debug to see where.';
  console.error(`Error: ${message}${hint}`);
  if (debug) console.error(stack);
  process.exitCode = known ? error.exitCode : 1;
  if (json) console.log(JSON.stringify({ error: message, exitCode: process.exitCode }));
}
