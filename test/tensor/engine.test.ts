/** @file Which engine is chosen, and what is said of those that are not. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { EngineError, UserError } from '../../src/errors.js';
import { chooseEngine } from '../../src/tensor/engine.js';
import { cpu } from '../../src/tensor/engines/cpu.js';
import type { Engine } from '../../src/tensor/engines/engine.js';
import { ENGINE_NAMES, listEngines, requireSynchronousReads, tf, useEngine } from '../../src/tensor/index.js';

const broken: Engine = {
  name: 'broken',
  description: 'never loads',
  load: () => Promise.reject(new Error('no such hardware')),
};

const elsewhere: Engine = {
  name: 'elsewhere',
  description: 'loads, but registers no backend',
  load: () => Promise.resolve({ backend: 'nowhere', version: '1', threads: 1, details: {} }),
};

describe('auto', () => {
  test('takes the first that loads and lists why the better ones were not taken', async () => {
    const info = await chooseEngine([broken, cpu], 'auto');
    expect(info).toMatchObject({ name: 'cpu', threads: 1 });
    expect(info.rejected).toEqual([{ name: 'broken', reason: 'no such hardware' }]);
    expect(tf.getBackend()).toBe('cpu');
  });

  test('does not believe an engine whose backend did not become the current one', async () => {
    const { rejected } = await chooseEngine([elsewhere, cpu], 'auto');
    expect(rejected).toEqual([{ name: 'elsewhere', reason: expect.stringMatching(/nowhere|stayed on/) }]);
  });

  test('fails with every reason when none loads', async () => {
    await expect(chooseEngine([broken, broken], 'auto')).rejects.toThrow(/broken: no such hardware; broken/);
  });
});

describe('a named engine', () => {
  test.each(['cpu', 'wasm'])('%s is taken even where a better one loads', async (name) => {
    expect(await useEngine(name)).toMatchObject({ name, threads: 1, rejected: [] });
    expect(tf.getBackend()).toBe(name);
  });

  test('that cannot be loaded is an error of exit code 2 with the reason', async () => {
    const failure = await chooseEngine([broken, cpu], 'broken').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    expect(failure).toMatchObject({
      exitCode: 2,
      message: 'The engine "broken" cannot be loaded: no such hardware',
    });
  });

  test('that is not known is an error with the nearest name', async () => {
    const failure = await useEngine('onednm').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringMatching(/Did you mean "onednn"\?/) });
  });
});

describe('ENCODERGYM_ENGINE', () => {
  const before = process.env.ENCODERGYM_ENGINE;
  afterEach(() => {
    if (before === undefined) delete process.env.ENCODERGYM_ENGINE;
    else process.env.ENCODERGYM_ENGINE = before;
  });

  test('names the engine', async () => {
    process.env.ENCODERGYM_ENGINE = 'wasm';
    expect((await useEngine()).name).toBe('wasm');
    expect((await useEngine('cpu')).name).toBe('cpu'); // what the caller names comes first
  });

  test('is checked', async () => {
    process.env.ENCODERGYM_ENGINE = 'gpu';
    await expect(useEngine()).rejects.toThrow(/Unknown engine "gpu"/);
  });
});

test('engines are listed best first, each with a description', () => {
  expect(ENGINE_NAMES).toEqual(['tfjs-node-gpu', 'onednn', 'tfjs-node', 'wasm', 'cpu']);
  expect(listEngines().every(({ description }) => description.length > 0)).toBe(true);
});

describe('an engine that cannot read at once', () => {
  class Asynchronous extends tf.KernelBackend {
    override write = () => ({});
    override refCount = () => 1;
    override disposeData = () => true;
    override numDataIds = () => 0;
    override dispose = () => undefined;
    override floatPrecision = () => 32 as const;
    override epsilon = () => 1e-7;
    override readSync(): never {
      throw new Error('reading takes time');
    }
  }

  test('is refused for many processes; others are not', async () => {
    tf.registerBackend('asynchronous', () => new Asynchronous());
    await tf.setBackend('asynchronous');
    expect(() => requireSynchronousReads('SyncBatchNorm and sums')).toThrow(
      /^SyncBatchNorm and sums need.* the engine "asynchronous" cannot give them at once \(reading takes time\)\. Use one/,
    );
    await useEngine('cpu');
    tf.removeBackend('asynchronous');
    expect(() => requireSynchronousReads('SyncBatchNorm and sums')).not.toThrow();
  });
});
