/** @file The report of a comparison: what runs came to, the answer first, in one HTML file, as Markdown and as CSV. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files.js';
import { agentsMeasurements, agentsSection, summariesOf } from './agents.js';
import { classificationMeasurements, classificationSection } from './classification.js';
import { costSection } from './cost.js';
import { toCsv, type ReportDocument, type Section } from './document.js';
import { agentFindings, classificationFindings, pretrainingFindings } from './findings.js';
import { glance } from './glance.js';
import { toHtml } from './html.js';
import { loadRun, type LoadedRun, type NamedRun } from './load.js';
import { toMarkdown } from './markdown.js';
import { pretrainingMeasurements, pretrainingSection } from './pretraining.js';
import { videosSection } from './videos.js';

export interface ComparisonReport {
  title: string;
  /** The command that makes the comparison again. */
  command: string;
  /** Folders of finished runs of pretrain, eval:classify and eval:rl, in any order. */
  runs: readonly NamedRun[];
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
  const table = glance(classifications, agents);
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
          ...(table === undefined ? [] : [{ kind: 'table' as const, table }]),
          { kind: 'text', text: CAUTION },
        ],
      },
      ...classifications.map(classificationSection),
      ...agents.map(({ comparison, summaries }) => agentsSection(comparison, summaries)),
      ...(videos === undefined ? [] : [videos]),
      ...(pretrainings.length === 0 ? [] : [pretrainingSection(pretrainings)]),
      costSection(loaded),
      reproductionSection(loaded, command),
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

/** The whole again, and where it was made; each section has the commands of its own numbers. */
function reproductionSection(runs: readonly LoadedRun[], command: string): Section {
  const [cpu] = cpus();
  const versions = Object.entries(runs[0]?.description.versions ?? {}).map((pair) => pair.join(' '));
  const machine = `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores (where the report was written)`;
  return {
    title: 'How to get these numbers again',
    blocks: [
      { kind: 'command', about: 'All of it', text: command },
      {
        kind: 'text',
        text:
          "Below each section's tables and figures are the commands, seeds and folders of its runs; every setting is in the " +
          'config.json of the folder.',
      },
      { kind: 'text', text: `${[...versions, process.platform, process.arch].join(', ')}; ${machine}.` },
    ],
  };
}
