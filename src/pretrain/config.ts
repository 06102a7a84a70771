/** @file From flags and a config file to one checked config of pretraining. */
import { join } from 'node:path';
import { FRAMES_PREFIX } from '../data/index.js';
import { headSizes } from '../encoders/index.js';
import { UserError } from '../errors.js';
import { PROJECT_ROOT } from '../files.js';
import { readConfigFile, resolveOptions, type GivenOptions } from '../runs/index.js';
import { OPTIONS, type PretrainConfig } from './options.js';

/** What `npm run pretrain` alone runs. */
export const QUICKSTART = join(PROJECT_ROOT, 'configs', 'quickstart.json');

/**
 * The config of a run. Without a file, a data set or an encoder being named, the quick start's recipe is the base.
 * @throws UserError naming the flag or key, what was expected and what was found.
 */
export function resolveConfig(flags: GivenOptions<typeof OPTIONS>, file?: string): PretrainConfig {
  const base = file ?? (flags.dataset === undefined && flags.arch === undefined ? QUICKSTART : undefined);
  const recipe = base === undefined ? undefined : { options: readConfigFile(OPTIONS, base), file: base };
  const config = resolveOptions(OPTIONS, flags, recipe);
  headSizes(1, config.mlp);
  const chosen = flags.augmentation ?? recipe?.options.augmentation;
  if (chosen === undefined && config.dataset?.startsWith(FRAMES_PREFIX) === true)
    config.augmentation = 'frames';
  if (config.warmupEpochs > config.epochs) {
    if (flags.warmupEpochs !== undefined || recipe?.options.warmupEpochs !== undefined) {
      throw new UserError(
        `--warmup-epochs ${config.warmupEpochs} is more than --epochs ${config.epochs}: warm-up must end before training does.`,
      );
    }
    config.warmupEpochs = config.epochs / 10;
  }
  return config;
}
