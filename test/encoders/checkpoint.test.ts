/** @file Encoder files: round trips, files of other projects, files that do not fit, and PyTorch itself. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createEncoder,
  exportModule,
  hashModule,
  loadEncoder,
  loadSafetensors,
  ResNet,
  saveEncoder,
  saveSafetensors,
  type StoredTensor,
} from '../../src/encoders/index.js';
import { CheckpointMismatchError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { relativeError, torchOrder } from './golden.js';

const folder = mkdtempSync(join(tmpdir(), 'encoders-'));
const path = join(folder, 'encoder.safetensors');
beforeAll(async () => {
  await useEngine();
});
afterAll(() => rmSync(folder, { recursive: true }));

const SHAPE = { block: 'bottleneck', blocks: [1, 2, 1, 1], width: 4, stem: 'cifar' } as const;
const tiny = (seed: number) => new ResNet({ ...SHAPE, rng: new Generator(seed) });

/** An encoder whose running statistics have seen a batch. */
function trained(encoder: ResNet): ResNet {
  const x = tf.tensor4d(new Generator(9).fillNormal(new Float32Array(4 * 8 * 8 * 3)), [4, 8, 8, 3]);
  tf.tidy(() => void encoder.forward(x, { training: true }));
  return encoder;
}

test('an encoder comes back from its path alone, bit for bit', async () => {
  const encoder = trained(tiny(1));
  await saveEncoder(path, encoder, { epoch: '3' });
  const loaded = loadEncoder(path);
  expect(loaded.config).toEqual(encoder.config);
  expect(await hashModule(loaded)).toBe(await hashModule(encoder));
  const { tensors, metadata } = loadSafetensors(path);
  expect(metadata).toEqual({ epoch: '3', format: 'pt', resnet: JSON.stringify(encoder.config) });
  expect(tensors.get('layer2.0.conv2.weight')!.shape).toEqual([8, 8, 3, 3]);
  expect(tensors.get('bn1.num_batches_tracked')).toMatchObject({ dtype: 'I64', shape: [] });
});

describe("other projects' files", () => {
  /** The encoder's file with names and entries changed. */
  async function saveAs(
    rename: (name: string) => string,
    extra: Record<string, number[]> = {},
  ): Promise<ResNet> {
    const encoder = trained(tiny(2));
    const entries = [...(await exportModule(encoder))]
      .filter(([name]) => !name.endsWith('num_batches_tracked'))
      .map(([name, tensor]): [string, StoredTensor] => [rename(name), tensor]);
    for (const [name, shape] of Object.entries(extra)) {
      entries.push([name, { dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }]);
    }
    saveSafetensors(path, new Map(entries));
    return encoder;
  }

  test.each(['', 'module.', 'backbone.', 'encoder.', 'module.backbone.'])('prefix "%s"', async (prefix) => {
    const head = { [`${prefix}fc.weight`]: [10, 128], [`${prefix}fc.bias`]: [10] };
    const encoder = await saveAs((name) => prefix + name, head);
    expect(await hashModule(loadEncoder(path))).toBe(await hashModule(encoder));
  });

  test('a projector beside a backbone', async () => {
    const encoder = await saveAs((name) => `module.backbone.${name}`, {
      'module.projector.0.weight': [8, 128],
    });
    expect(await hashModule(loadEncoder(path, tiny(3)))).toBe(await hashModule(encoder));
  });
});

describe('a file that does not fit', () => {
  const refuses = (encoder: ResNet | undefined, message: RegExp) => {
    expect(() => loadEncoder(path, encoder)).toThrow(CheckpointMismatchError);
    expect(() => loadEncoder(path, encoder)).toThrow(message);
  };

  test('names the parameter and both shapes, and changes nothing', async () => {
    await saveEncoder(path, tiny(1));
    const wider = new ResNet({ ...SHAPE, width: 6, rng: new Generator(0) });
    const before = await hashModule(wider);
    refuses(wider, /"conv1.weight" is \[4, 3, 3, 3\] in the file and \[6, 3, 3, 3\] in the code/);
    expect(await hashModule(wider)).toBe(before);
    const imagenet = new ResNet({ ...SHAPE, stem: 'imagenet' });
    refuses(imagenet, /"conv1.weight" is \[4, 3, 3, 3\] in the file and \[4, 3, 7, 7\]/);
    refuses(
      new ResNet({ ...SHAPE, blocks: [1, 1, 1, 1] }),
      /"layer2\.1\..*" is .* in the file and not in the code/,
    );
    refuses(
      new ResNet({ ...SHAPE, blocks: [2, 2, 1, 1] }),
      /"layer1\.1\..*" is .* in the code and not in the file/,
    );
  });

  test('has whole numbers for weights, or is no ResNet', async () => {
    const tensors = await exportModule(tiny(1));
    saveSafetensors(path, tensors.set('bn1.bias', { dtype: 'I32', shape: [4], data: new Int32Array(4) }));
    refuses(undefined, /"bn1.bias" holds I32/);
    saveSafetensors(
      path,
      new Map([['patch_embed', { dtype: 'F32', shape: [1], data: new Float32Array(1) }]]),
    );
    refuses(undefined, /is not a ResNet.*found patch_embed/);
  });
});

const hasTorch = spawnSync('/usr/bin/python3', ['-c', 'import torch, torchvision']).status === 0;

(hasTorch ? test : test.skip)('PyTorch loads it with strict=True and sees the same features', async () => {
  const encoder = createEncoder('resnet18', {
    stem: 'imagenet',
    rng: new Generator(4),
    zeroInitResidual: false,
  });
  const x = tf.tensor4d(new Generator(5).fillNormal(new Float32Array(4 * 32 * 32 * 3)), [4, 32, 32, 3]);
  for (let i = 0; i < 3; i++) tf.tidy(() => void encoder.forward(x, { training: true }));
  const images = join(folder, 'images.safetensors');
  saveSafetensors(
    images,
    new Map([['x', { dtype: 'F32', shape: [4, 3, 32, 32], data: torchOrder(x, 'image') }]]),
  );
  await saveEncoder(path, encoder);
  const script = join(PROJECT_ROOT, 'test', 'encoders', 'load_in_pytorch.py');
  const { stdout, stderr } = spawnSync('/usr/bin/python3', [script, path, 'resnet18', images], {
    encoding: 'utf8',
  });
  expect(stderr).not.toMatch(/Error/);
  const expected = (JSON.parse(stdout) as number[][]).flat();
  const features = encoder.forward(x, { training: false }).dataSync();
  expect(expected).toHaveLength(4 * 512);
  expect(relativeError(features, expected)).toBeLessThan(1e-5);
});
