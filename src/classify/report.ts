/** @file What an evaluation leaves for people: results.json, results.md, pictures. */
import { selectImages, type ImageSet } from '../data/index.js';
import { writeFileAtomic } from '../files.js';
import { Generator } from '../random/index.js';
import type { Frame } from '../recording/index.js';
import { drawConfusion, drawIntervals, drawMap, drawNeighbours, writePicture } from '../report/index.js';
import type { Run, RunDescription } from '../runs/index.js';
import { percentage } from './arm.js';
import { embed } from './embed.js';
import { nearestNeighbours } from './knn.js';
import type { ClassifyConfig } from './options.js';
import { mapFeatures } from './plane.js';
import type { FinishedArm, ResultRow, Scores } from './score.js';
import type { EncoderSource } from './sources.js';
import { comparisonLines, describeRow, markdownTable, perClassTable } from './tables.js';
import type { DevelopmentData, SealedTestSet } from './test-set.js';

export interface ReportRequest {
  run: Run;
  description: RunDescription<ClassifyConfig>;
  data: DevelopmentData;
  test: SealedTestSet;
  /** The test set's, opened. */
  labels: Int32Array;
  sources: readonly EncoderSource[];
  arms: readonly FinishedArm[];
  scores: Scores;
}

/** Images on a map, and in the bank that neighbours are looked for in. */
const MAPPED = 2000;
const BANK = 10_000;
/** Test images whose neighbours are shown, at least one of each class as far as they reach; neighbours of each. */
const [ROWS, COLUMNS] = [10, 8];
const SAMPLE_SEED = 0;

/** Writes everything into the run's folder. @returns the pictures' files */
export async function writeReport(request: ReportRequest): Promise<string[]> {
  const { run, description, data, test, scores, sources, labels } = request;
  const { config } = description;
  run.write('results.json', {
    dataset: data.name,
    classes: data.train.classes,
    images: { train: data.train.count, heldOut: data.heldOut.count, test: labels.length },
    testSetOpened: test.opened,
    encoders: sources.map(({ name, kind, seeded, description: what }) => ({
      name,
      kind,
      description: what,
      anotherForEachSeed: seeded,
    })),
    ...scores,
    engine: description.engine,
    versions: description.versions,
    command: description.command,
    config,
  });
  writeFileAtomic(
    run.path('results.md'),
    [
      `# ${run.name}: ${data.name}, test accuracy`,
      `\`${description.command}\``,
      markdownTable(scores.rows),
      `${labels.length} test images, read once; ${data.train.count} to train on, ${data.heldOut.count} held out for every ` +
        'choice. The last epoch counts.',
      '## Recall of each class, in %',
      perClassTable(scores.arms),
      ...(scores.comparisons.length > 0 ? ['## Pairs', comparisonLines(scores.comparisons).join('\n')] : []),
    ].join('\n\n') + '\n',
  );
  const files = [...(await accuracyPicture(request)), ...(await confusionPictures(request))];
  for (const source of sources) {
    // An encoder that has learnt nothing before its head has no features of its own.
    if (source.kind === 'scratch') continue;
    files.push(...(await featurePictures(source, request)));
  }
  return files;
}

const pathOf = (run: Run, ...words: string[]) => run.path(`pictures/${words.join('-').replace(/ %/g, 'pc')}`);

async function accuracyPicture({ run, data, scores, labels }: ReportRequest): Promise<string[]> {
  const names = [...new Set(scores.rows.map(groupName))];
  const groups = names.map((name) => ({
    name,
    rows: scores.rows
      .filter((row) => groupName(row) === name)
      .map((row) => ({
        series: row.encoder,
        value: row.accuracy,
        interval: row.interval,
        note: describeRow(row),
      })),
  }));
  const seeds = Math.max(...scores.rows.map((row) => row.seeds));
  const subtitle =
    `${labels.length} test images of ${data.name}; bars: 95 % over images` +
    (seeds > 1 ? `; numbers: mean and deviation of ${seeds} seeds` : '');
  return writePicture(pathOf(run, 'accuracy'), drawIntervals('Test accuracy', subtitle, groups));
}

const groupName = ({ protocol, labels }: ResultRow) =>
  labels === 1 ? protocol : `${protocol}, ${percentage(labels)} of the labels`;

/** One for each encoder and protocol, with the most labels; counts of all seeds together. */
async function confusionPictures({ run, data, scores }: ReportRequest): Promise<string[]> {
  const files: string[] = [];
  const most = Math.max(...scores.rows.map(({ labels }) => labels));
  for (const row of scores.rows.filter(({ labels }) => labels === most)) {
    const arms = scores.arms.filter(
      ({ encoder, protocol, labels }) =>
        encoder === row.encoder && protocol === row.protocol && labels === row.labels,
    );
    const counts = data.train.classes.map((_, i) =>
      data.train.classes.map((_name, j) => arms.reduce((sum, { test }) => sum + test.confusion[i][j], 0)),
    );
    const title = `${row.encoder}, ${groupName(row)}: ${describeRow(row)}`;
    const subtitle =
      `test images of ${data.name}; top-5 ${percentage1(row.top5)}, balanced ${percentage1(row.balancedAccuracy)}, ` +
      `calibration error ${percentage1(row.calibrationError)}`;
    const svg = drawConfusion(title, subtitle, data.train.classes, counts);
    files.push(...(await writePicture(pathOf(run, 'confusion', row.encoder, row.protocol), svg)));
  }
  return files;
}

const percentage1 = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;

/** The map of test images and the neighbours of some, by the frozen encoder of the first seed. */
async function featurePictures(source: EncoderSource, request: ReportRequest): Promise<string[]> {
  const { run, data, test, labels, description } = request;
  const { classes } = data.train;
  const encoder = await source.load(description.config.seed);
  if (encoder === undefined) return [];
  const [forMap, forBank] = [test.images, data.train].map((set, i) =>
    new Generator([SAMPLE_SEED, i]).permutation(set.count).slice(0, i === 0 ? MAPPED : BANK),
  );
  const images = selectImages({ ...test.images, labels }, forMap);
  const bank = selectImages(data.train, forBank);
  const [features, bankFeatures] = [await embed(encoder, images, data), await embed(encoder, bank, data)];
  encoder.dispose();
  const places = await mapFeatures(features, SAMPLE_SEED);
  const points = places.map(([x, y], i) => ({ x, y, label: images.labels[i], image: frameOf(images, i) }));
  const map = drawMap(
    `Features of the encoder "${source.name}": ${images.count} test images of ${data.name}`,
    `UMAP (15 neighbours, cosine), coloured by class; ${source.description}`,
    classes,
    points,
  );
  const chosen = classes
    .map((_, label) => images.labels.indexOf(label))
    .filter((index) => index >= 0)
    .slice(0, ROWS);
  const neighbours = await nearestNeighbours(bankFeatures, features, COLUMNS);
  const rows = chosen.map((index) => ({
    image: frameOf(images, index),
    label: classes[images.labels[index]],
    neighbours: Array.from({ length: neighbours.k }, (_, j) => {
      const at = index * neighbours.k + j;
      const other = neighbours.indices[at];
      return {
        image: frameOf(bank, other),
        label: classes[bank.labels[other]],
        cosine: neighbours.cosines[at],
      };
    }),
  }));
  const sheet = drawNeighbours(
    `What the encoder "${source.name}" takes for alike`,
    `the first test image of each class in the sample, and its nearest among ${bank.count} training images`,
    rows,
  );
  return [
    ...(await writePicture(pathOf(run, 'map', source.name), map)),
    ...(await writePicture(pathOf(run, 'neighbours', source.name), sheet)),
  ];
}

function frameOf({ images, size: [height, width] }: ImageSet, index: number): Frame {
  const bytes = height * width * 3;
  return { width, height, data: images.slice(index * bytes, (index + 1) * bytes) };
}
