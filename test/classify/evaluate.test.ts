/** @file Whole evaluations: blind to test labels, resumable, and clear about bad input. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Classifier, type EvaluateSummary } from '../../src/classify/index.js';
import { UserError } from '../../src/errors.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { evaluateTiny, newFolder } from './stub.js';

const FLAGS = {
  encoder: 'random,scratch,supervised',
  protocol: 'knn,linear,mlp,finetune',
  labels: '100%,20%',
  k: '5,20',
  linearEpochs: 6,
  mlp: '16',
  mlpEpochs: 3,
  finetuneEpochs: '2,3',
  finetuneLr: '0.02,0.1',
  finetuneBatch: 16,
  seeds: 2,
};

let dataDir: string;
let expDir: string;
let whole: EvaluateSummary;

beforeAll(async () => {
  dataDir = tinyCifar();
  expDir = newFolder();
  whole = await evaluateTiny(dataDir, { ...FLAGS, expDir, runName: 'whole' });
});

/** All that arms leave, without the clock and without the last step, scoring: bytes and JSON by path. */
function armsOf(name: string): Map<string, unknown> {
  const folder = join(expDir, name);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(arms|encoders)\b.*(summary\.json|safetensors)$/.test(file))
    .sort();
  return new Map(
    files.map((file): [string, unknown] => {
      const bytes = readFileSync(join(folder, file));
      if (!file.endsWith('.json')) return [file, bytes.toString('base64')];
      return [file, { ...(JSON.parse(bytes.toString()) as object), seconds: undefined }];
    }),
  );
}

interface Results {
  command: string;
  testSetOpened: number;
  arms: {
    protocol: string;
    encoder: string;
    frozenHash?: string;
    test: { accuracy: number; confusion: number[][] };
  }[];
  rows: { encoder: string; protocol: string; labels: number; seeds: number; accuracy: number }[];
  comparisons: { first: string; second: string }[];
}
const resultsOf = (name: string) =>
  JSON.parse(readFileSync(join(expDir, name, 'results.json'), 'utf8')) as Results;

describe('an evaluation', () => {
  test('has every arm, and reads the test labels once', () => {
    expect(whole).toMatchObject({ ending: 'finished', done: 32, arms: 32, dataset: 'cifar10' });
    const { testSetOpened, rows, arms, comparisons } = resultsOf('whole');
    expect(testSetOpened).toBe(1);
    expect(rows.map(({ encoder, protocol, labels }) => `${encoder} ${protocol} ${labels}`).sort()).toEqual(
      ['random', 'supervised']
        .flatMap((encoder) =>
          ['knn', 'linear', 'mlp'].flatMap((protocol) =>
            [1, 0.2].map((part) => `${encoder} ${protocol} ${part}`),
          ),
        )
        .concat(
          ['scratch', 'supervised'].flatMap((encoder) =>
            [1, 0.2].map((part) => `${encoder} finetune ${part}`),
          ),
        )
        .sort(),
    );
    expect(rows.every(({ seeds }) => seeds === 2)).toBe(true);
    expect(comparisons).toHaveLength(8);
    for (const {
      protocol,
      frozenHash,
      test: { accuracy, confusion },
    } of arms) {
      expect(frozenHash !== undefined).toBe(protocol !== 'finetune');
      expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(10);
      expect(confusion.reduce((sum, row, i) => sum + row[i], 0) / 10).toBeCloseTo(accuracy, 12);
    }
    expect(
      new Set(arms.filter(({ encoder }) => encoder === 'random').map((arm) => arm.frozenHash)).size,
    ).toBe(2);
  });

  test('leaves a report, pictures and classifiers, and no checkpoints', () => {
    const files = readdirSync(join(expDir, 'whole'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.includes('step-'))).toEqual([]);
    for (const file of whole.pictures!) expect(existsSync(file)).toBe(true);
    expect(whole.pictures!.map((file) => file.split('/').at(-1))).toEqual(
      expect.arrayContaining([
        'accuracy.svg',
        'confusion-random-linear.png',
        'map-supervised.png',
        'neighbours-random.svg',
      ]),
    );
    expect(readFileSync(join(expDir, 'whole', 'results.md'), 'utf8')).toMatch(/\| scratch +\|/);
    const path = join(expDir, 'whole', 'arms', 'scratch-0', 'finetune-100pc', 'classifier.safetensors');
    const classifier = Classifier.load(path);
    expect(classifier.info).toMatchObject({ protocol: 'finetune', size: [32, 32] });
    classifier.dispose();
  });

  test('other test labels change the scores and nothing else, bit for bit', async () => {
    const shuffled = newFolder();
    cpSync(dataDir, shuffled, { recursive: true });
    const file = join(shuffled, 'cifar-10-batches-bin', 'test_batch.bin');
    const bytes = readFileSync(file);
    for (let i = 0; i < 10; i++) bytes[i * 3073] = (bytes[i * 3073] + 3) % 10;
    writeFileSync(file, bytes);
    await evaluateTiny(shuffled, { ...FLAGS, expDir, runName: 'blind' });
    expect(armsOf('blind')).toEqual(armsOf('whole'));
    const confusions = (name: string) => resultsOf(name).arms.map((arm) => arm.test.confusion);
    expect(confusions('blind')).not.toEqual(confusions('whole'));
  });

  test('stopped and resumed, it is the same; nothing that had ended is done again', async () => {
    const stop = new AbortController();
    const running = evaluateTiny(dataDir, { ...FLAGS, expDir, runName: 'stopped' }, { signal: stop.signal });
    const arm = join(expDir, 'stopped', 'arms', 'scratch-0', 'finetune-100pc');
    const wait = setInterval(() => {
      if (existsSync(join(arm, 'lr-0.02-wd-0.0005', 'summary.json'))) stop.abort();
    }, 5);
    const stopped = await running;
    clearInterval(wait);
    expect(stopped.ending).toBe('interrupted');
    expect(stopped.done).toBeGreaterThanOrEqual(6);
    expect(stopped.done).toBeLessThan(32);
    expect(existsSync(join(expDir, 'stopped', 'results.json'))).toBe(false);
    const resumed = await evaluateTiny(dataDir, { expDir, runName: 'stopped' }, { resume: true });
    expect(resumed.ending).toBe('finished');
    expect(armsOf('stopped')).toEqual(armsOf('whole'));
    expect(resultsOf('stopped').command).toBe('npm run eval:classify'); // that began it, not the one that resumed
  });
});

describe('bad input', () => {
  const refuses = async (flags: Record<string, unknown>, message: RegExp) => {
    const error = await evaluateTiny(dataDir, { expDir: newFolder(), ...flags }).catch(
      (found: Error) => found,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  };

  test.each<[Record<string, unknown>, RegExp]>([
    [{ encoder: 'ssl' }, /no finished pretraining run on cifar10/],
    [{ encoder: 'missing.safetensors' }, /"missing.safetensors" is neither ssl, .* nor a file that is there/],
    [
      { encoder: 'random', protocol: 'lineal' },
      /--protocol: expected knn, linear, mlp, finetune, found "lineal"/,
    ],
    [{ encoder: 'scratch', protocol: 'linear' }, /--encoder scratch has nothing to do .* add finetune/],
    [{ encoder: 'random', protocol: 'finetune' }, /--encoder random has nothing to do/],
    [{ encoder: 'random', labels: '5' }, /--labels: expected parts such as 1%,10%,100%, found "5"/],
    [{ encoder: 'random', labels: '1%' }, /1 % of the labels leave no image of the class "airplane"/],
    [
      { encoder: 'scratch', protocol: 'finetune', labels: '100%,20%', finetuneEpochs: '1,2,3' },
      /--finetune-epochs/,
    ],
    [{ encoder: 'random', k: '1.5' }, /--k: expected whole numbers/],
    [{ encoder: 'random', linearLr: '0' }, /--linear-lr: expected numbers/],
    [{ encoder: 'random', mlp: '1024,512' }, /Expected sizes joined by "-"/],
  ])('%j', async (flags, message) => {
    await refuses(flags, message);
  });

  test('images without a test part', async () => {
    await refuses({ encoder: 'random', dataset: join(dataDir, 'nothing') }, /There is no image folder/);
  });
});
