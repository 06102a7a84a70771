/** @file The report of a comparison: what runs came to, the answer first, in one HTML file, as Markdown and as CSV. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files.js';
import { duration } from '../../progress.js';
import { agentsMeasurements, agentsSection, summariesOf } from './agents.js';
import { classificationMeasurements, classificationSection } from './classification.js';
import { toCsv, type Block, type ReportDocument, type Section } from './document.js';
import { agentFindings, classificationFindings, pretrainingFindings } from './findings.js';
import { toHtml } from './html.js';
import { loadRun, type LoadedRun } from './load.js';
import { toMarkdown } from './markdown.js';
import { medianSpeed, pretrainingMeasurements, pretrainingSection } from './pretraining.js';
import { videosSection } from './videos.js';

export interface ComparisonReport {
  title: string;
  /** The command that makes the comparison again. */
  command: string;
  /** Folders of finished runs of pretrain, eval:classify and eval:rl, in any order. */
  runs: readonly string[];
  /** Folders of recordings, or single mp4 files with their JSON beside them. */
  recordings: readonly string[];
  /** Where the report goes. */
  folder: string;
}

/**
 * Writes report.html (self-contained but for videos beyond 24 MB), report.md and report.csv.
 * @returns the path of the HTML
 * @throws UserError for a folder that is no finished run, and where it cannot write.
 */
export function writeComparisonReport({
  title,
  command,
  runs,
  recordings,
  folder,
}: ComparisonReport): string {
  const loaded = runs.map(loadRun);
  const pretrainings = loaded.filter((run) => run.kind === 'pretraining');
  const classifications = loaded.filter((run) => run.kind === 'classification');
  const agents = loaded
    .filter((run) => run.kind === 'agents')
    .map((comparison) => ({ comparison, summaries: summariesOf(comparison) }));
  const videos = videosSection(recordings, folder);
  const answer = [
    ...classifications.flatMap(classificationFindings),
    ...agents.flatMap(({ comparison, summaries }) => agentFindings(comparison, summaries)),
    ...pretrainings.flatMap(pretrainingFindings),
  ];
  const document: ReportDocument = {
    title,
    command,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    sections: [
      {
        title: 'The answer',
        blocks: [
          { kind: 'list', items: answer },
          { kind: 'text', text: CAUTION },
        ],
      },
      ...classifications.map(classificationSection),
      ...agents.map(({ comparison, summaries }) => agentsSection(comparison, summaries)),
      ...(videos === undefined ? [] : [videos]),
      ...(pretrainings.length === 0 ? [] : [pretrainingSection(pretrainings)]),
      costSection(loaded),
      reproductionSection(loaded),
    ],
  };
  const measurements = [
    ...pretrainings.flatMap(pretrainingMeasurements),
    ...classifications.flatMap(classificationMeasurements),
    ...agents.flatMap(({ comparison, summaries }) => agentsMeasurements(comparison, summaries)),
  ];
  writeFileAtomic(join(folder, 'report.md'), toMarkdown(document));
  writeFileAtomic(join(folder, 'report.csv'), toCsv(measurements));
  const path = join(folder, 'report.html');
  writeFileAtomic(path, toHtml(document));
  return path;
}

const CAUTION =
  'In brackets: 95 % intervals. Accuracies differ significantly where the 95 % interval of their difference over the same ' +
  'images leaves out zero; returns where an exact rank test over runs gives p < 0.05. No correction is made for the number ' +
  'of pairs.';

function costSection(runs: readonly LoadedRun[]): Section {
  const rows = runs.map((run) => {
    const { engine, dataset } = run.description;
    const speed = run.kind === 'pretraining' ? medianSpeed(run) : undefined;
    return [
      run.name,
      dataset,
      secondsOf(run) === undefined ? '' : duration(secondsOf(run)!),
      speed === undefined ? '' : `${speed.toFixed(1)} images/s`,
      `${engine.name}, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`,
    ];
  });
  const table = {
    caption: 'Time spent; speed is the median of training steps',
    header: ['run', 'data', 'time', 'speed', 'engine'],
    rows,
  };
  return { title: 'Speed and cost', blocks: [{ kind: 'table', table }] };
}

/** Of all its agents together, for a comparison of agents. */
function secondsOf(run: LoadedRun): number | undefined {
  if (run.kind === 'pretraining') return run.summary.seconds;
  if (run.kind === 'agents') return run.runs.reduce((sum, { seconds }) => sum + seconds, 0);
  return undefined;
}

function reproductionSection(runs: readonly LoadedRun[]): Section {
  const [cpu] = cpus();
  const versions = Object.entries(runs[0]?.description.versions ?? {}).map((pair) => pair.join(' '));
  const commands = runs.flatMap((run): Block[] => {
    const { engine, command } = run.description;
    const seeds = seedsOf(run);
    const facts = [seeds !== '' && `seeds ${seeds}`, `${engine.name} ${engine.version}`].filter(Boolean);
    return [
      { kind: 'text', text: `${run.name} (${facts.join('; ')}):` },
      { kind: 'command', text: command },
    ];
  });
  const machine = `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores (where the report was written)`;
  return {
    title: 'How to get these numbers again',
    blocks: [
      ...commands,
      { kind: 'text', text: 'The folder of each run has a config.json with every setting.' },
      { kind: 'text', text: `${[...versions, process.platform, process.arch].join(', ')}; ${machine}.` },
    ],
  };
}

function seedsOf(run: LoadedRun): string {
  if (run.kind === 'agents') return [...new Set(run.runs.map(({ seed }) => seed))].join(', ');
  const { seed, seeds } = run.description.config;
  if (typeof seeds === 'number' && typeof seed === 'number' && seeds > 1)
    return `${seed} to ${seed + seeds - 1}`;
  return typeof seed === 'number' ? String(seed) : '';
}
