/** @file Encoders, heads and their files. */
export { exportModule, importModule, loadEncoder, saveEncoder } from './checkpoint.js';
export { ConvNet } from './convnet.js';
export { headSizes, MlpHead } from './heads.js';
export {
  copyModule,
  countParameters,
  hashModule,
  moduleVariables,
  type ForwardOptions,
  type Module,
} from './module.js';
export { ARCHITECTURES, createEncoder, ResNet, type ResNetConfig, type Stem } from './resnet.js';
export { loadSafetensors, saveSafetensors, toFloat32, type DType, type StoredTensor } from './safetensors.js';
