/** @file Finds what has been pretrained. */
import { existsSync, readdirSync } from 'node:fs';
import { Run, type RunDescription } from '../runs/index.js';
import type { PretrainConfig } from './options.js';
import type { PretrainSummary } from './pretrain.js';

/** A pretraining run that has ended. */
export interface PretrainedRun {
  config: PretrainConfig;
  /** The encoder's file. */
  encoder: string;
}

/** The finished run on a data set that was started last; undefined when there is none in the folder of runs. */
export function newestPretraining(expDir: string, dataset: string): PretrainedRun | undefined {
  if (!existsSync(expDir)) return undefined;
  const runs = readdirSync(expDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const run = Run.find(expDir, name);
      if (run?.finished !== true) return [];
      const description = run.description<Partial<PretrainConfig>>();
      const { encoder } = run.read<Partial<PretrainSummary>>('summary.json');
      const isPretraining = description.config.method !== undefined && encoder !== undefined;
      return isPretraining && description.dataset === dataset && existsSync(encoder)
        ? [{ description: description as RunDescription<PretrainConfig>, encoder }]
        : [];
    })
    .sort((a, b) => (a.description.started < b.description.started ? 1 : -1));
  return runs[0] && { config: runs[0].description.config, encoder: runs[0].encoder };
}
