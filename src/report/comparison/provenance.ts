/** @file By which command, seeds and engine a run's numbers were made. */
import type { Block } from './document.js';
import type { LoadedRun } from './load.js';

export function madeBy(run: LoadedRun): Block {
  const { engine, command } = run.description;
  const seeds = seedsOf(run);
  const facts = [seeds !== '' && `seeds ${seeds}`, `${engine.name} ${engine.version}`, run.folder];
  return { kind: 'command', about: `${run.name} (${facts.filter(Boolean).join('; ')})`, text: command };
}

function seedsOf(run: LoadedRun): string {
  if (run.kind === 'agents') return [...new Set(run.runs.map(({ seed }) => seed))].join(', ');
  const { seed, seeds } = run.description.config;
  if (typeof seeds === 'number' && typeof seed === 'number' && seeds > 1)
    return `${seed} to ${seed + seeds - 1}`;
  return typeof seed === 'number' ? String(seed) : '';
}
