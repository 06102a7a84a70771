/** @file TensorFlow's library on the CPU and on NVIDIA GPUs, where its optional packages are installed. */
import { CPU_PACKAGE, GPU_PACKAGE, loadTensorflow } from '../tensorflow/index.js';
import type { Engine } from './engine.js';

export const tfjsNodeGpu: Engine = {
  name: 'tfjs-node-gpu',
  description: 'TensorFlow on an NVIDIA GPU (optional package)',
  load: () => loadTensorflow(GPU_PACKAGE),
};

export const tfjsNode: Engine = {
  name: 'tfjs-node',
  description: 'TensorFlow on the CPU (optional package)',
  load: () => loadTensorflow(CPU_PACKAGE),
};
