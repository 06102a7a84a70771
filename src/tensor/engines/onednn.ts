/** @file The project's own engine: oneDNN and hand-written kernels in a native addon. */
import { loadOnednn } from '../onednn/index.js';
import type { Engine } from './engine.js';

export const onednn: Engine = {
  name: 'onednn',
  description: 'native kernels on oneDNN; the default on CPUs',
  load: ({ threads }) =>
    Promise.resolve().then(() => {
      const native = loadOnednn({ threads });
      return {
        backend: 'onednn',
        version: `oneDNN ${native.version()}`,
        threads: native.threads(),
        details: { instructions: native.instructionSet() },
      };
    }),
};
