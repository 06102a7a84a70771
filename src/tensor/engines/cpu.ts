/** @file TensorFlow.js's plain JavaScript backend: slow, for checking numbers. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from './engine.js';

export const cpu: Engine = {
  name: 'cpu',
  description: 'TensorFlow.js in plain JavaScript; for checking numbers',
  load: () =>
    Promise.resolve({
      backend: 'cpu',
      version: `tfjs-backend-cpu ${tf.version_core}`,
      threads: 1,
      details: {},
    }),
};
