/** @file Chooses the engine: the best that loads here, or the one that was asked for. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError, unknownName } from '../errors.js';
import { cpu } from './engines/cpu.js';
import type { Engine } from './engines/engine.js';
import { onednn } from './engines/onednn.js';
import { tfjsNode, tfjsNodeGpu } from './engines/tfjs-node.js';
import { wasm } from './engines/wasm.js';

// TensorFlow.js would recommend tfjs-node to whoever uses another engine in Node; our own report says what there is.
tf.enableProdMode();

/** All engines, best first. A new engine is one file and one line here. */
const ENGINES: readonly Engine[] = [tfjsNodeGpu, onednn, tfjsNode, wasm, cpu];

export const ENGINE_NAMES: readonly string[] = ENGINES.map(({ name }) => name);

export interface EngineInfo {
  name: string;
  version: string;
  threads: number;
  details: Record<string, string>;
  /** The better engines, and why they were not taken. */
  rejected: { name: string; reason: string }[];
}

/** Every engine's name and description, best first. */
export function listEngines(): { name: string; description: string }[] {
  return ENGINES.map(({ name, description }) => ({ name, description }));
}

/**
 * Makes an engine the current one of TensorFlow.js.
 * @param name an engine, or 'auto' for the best that loads; by default what ENCODERGYM_ENGINE says, else 'auto'
 * @throws EngineError when the named engine cannot be loaded; UserError for an unknown name
 */
export async function useEngine(
  name: string = process.env.ENCODERGYM_ENGINE ?? 'auto',
  options: { threads?: number } = {},
): Promise<EngineInfo> {
  return chooseEngine(ENGINES, name, options);
}

/** `useEngine` among the given engines, best first. */
export async function chooseEngine(
  engines: readonly Engine[],
  name: string,
  options: { threads?: number } = {},
): Promise<EngineInfo> {
  const names = engines.map((engine) => engine.name);
  if (name !== 'auto' && !names.includes(name)) throw unknownName('engine', name, ['auto', ...names]);
  const rejected: EngineInfo['rejected'] = [];
  for (const engine of engines.filter((candidate) => name === 'auto' || candidate.name === name)) {
    try {
      const { backend, ...loaded } = await engine.load(options);
      await tf.setBackend(backend);
      await tf.ready();
      if (tf.getBackend() !== backend)
        throw new EngineError(`TensorFlow.js stayed on "${tf.getBackend()}".`, 1);
      return { name: engine.name, ...loaded, rejected };
    } catch (error) {
      if (name !== 'auto') {
        if (error instanceof EngineError) throw error;
        throw new EngineError(`The engine "${name}" cannot be loaded: ${(error as Error).message}`, 2, {
          cause: error,
        });
      }
      rejected.push({ name: engine.name, reason: (error as Error).message });
    }
  }
  throw new EngineError(
    `No engine can be loaded: ${rejected.map((r) => `${r.name}: ${r.reason}`).join('; ')}`,
    1,
  );
}

/**
 * Makes sure that numbers can be read in the middle of a pass, without giving way to the event loop.
 * @param purpose what needs it, in the plural
 * @throws EngineError when the current engine cannot do that, as engines on GPUs through WebGPU.
 */
export function requireSynchronousReads(purpose: string): void {
  const probe = tf.scalar(1);
  try {
    probe.dataSync();
  } catch (error) {
    throw new EngineError(
      `${purpose} need numbers in the middle of a step, and the engine "${tf.getBackend()}" cannot give them at once ` +
        `(${(error as Error).message}). Use one process, or another --engine (npm run doctor shows which there are).`,
      2,
      { cause: error },
    );
  } finally {
    probe.dispose();
  }
}
