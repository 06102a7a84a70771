/**
 * @file Checks the stages of a comparison by the options of their commands before the first one begins: a flag that is
 * wrong is told at once, not after the hours of the stages before it.
 */
import { Command, CommanderError } from 'commander';
import { AGENT_FLAGS, resolveAgentConfig } from '../agents/index.js';
import { CLASSIFY_OPTIONS, readLists } from '../classify/index.js';
import type { PlannedStage } from '../compare/index.js';
import { findEnv } from '../envs/index.js';
import { UserError } from '../errors.js';
import { OPTIONS, resolveConfig } from '../pretrain/index.js';
import { readConfigFile, resolveOptions, type GivenOptions, type OptionTable } from '../runs/index.js';
import { addRunOptions, givenOptions } from './command.js';
import { COMPARISON_OPTIONS, seesPictures } from './comparison-options.js';
import { addDistributedOptions, distributedOptions, type DistributedFlags } from './distributed.js';

/** By the names in code; what each command has is its table's to say. */
type Flags = GivenOptions<typeof OPTIONS> &
  GivenOptions<typeof CLASSIFY_OPTIONS> &
  GivenOptions<typeof COMPARISON_OPTIONS> &
  DistributedFlags & { config?: string };

interface Checker {
  table: OptionTable;
  /** Does the command take the flags of jobs of many processes? */
  distributed: boolean;
  /** @throws UserError for a value that cannot be. */
  check: (flags: Flags) => void;
}

/** What each command does first, but for what needs data or the results of earlier stages. */
const CHECKERS: Record<PlannedStage['command'], Checker> = {
  pretrain: {
    table: OPTIONS,
    distributed: true,
    check: (flags) => resolveConfig(givenOptions(OPTIONS, flags), flags.config),
  },
  'eval:classify': {
    table: CLASSIFY_OPTIONS,
    distributed: true,
    check: (flags) => {
      const { config: file } = flags;
      const recipe =
        file === undefined ? undefined : { options: readConfigFile(CLASSIFY_OPTIONS, file), file };
      const config = resolveOptions(CLASSIFY_OPTIONS, givenOptions(CLASSIFY_OPTIONS, flags), recipe);
      readLists(config);
      if (config.recipe !== undefined) resolveConfig({}, config.recipe);
    },
  },
  'eval:rl': {
    table: { ...COMPARISON_OPTIONS, ...AGENT_FLAGS },
    distributed: false,
    check: (flags) => {
      const { encoder } = resolveOptions(COMPARISON_OPTIONS, givenOptions(COMPARISON_OPTIONS, flags));
      const given = givenOptions(AGENT_FLAGS, flags);
      findEnv(resolveAgentConfig(given, flags.config, seesPictures(encoder)).config.env);
    },
  },
};

/** @throws UserError naming the first stage whose command would refuse its options, and why. */
export function checkStages(stages: readonly PlannedStage[]): void {
  for (const { name, command: script, args } of stages) {
    const { table, distributed, check } = CHECKERS[script];
    const command = new Command(script).exitOverride().configureOutput({ writeErr: () => undefined });
    addRunOptions(command, table, '');
    if (distributed) addDistributedOptions(command);
    try {
      const flags = command.parse(args, { from: 'user' }).opts<Flags>();
      if (distributed) distributedOptions(flags);
      check(flags);
    } catch (error) {
      if (!(error instanceof CommanderError || error instanceof UserError)) throw error;
      throw new UserError(`The stage "${name}" (${script}): ${error.message.replace(/^error: /, '')}`);
    }
  }
}
