/**
 * @file Encoder files that PyTorch reads and writes as well: safetensors with torchvision's names and OIHW filters.
 * In memory filters are HWIO; everything else has the same layout on both sides. An encoder has no classifier:
 * load its file in PyTorch with `net.fc = torch.nn.Identity()` and `strict=True`.
 */
import { CheckpointMismatchError } from '../errors.js';
import { tf } from '../tensor/index.js';
import { moduleVariables, type Module } from './module.js';
import { ResNet, type ResNetConfig } from './resnet.js';
import { loadSafetensors, saveSafetensors, toFloat32, type StoredTensor } from './safetensors.js';

/** Wrappers that training scripts put around an encoder, and their heads. */
const PREFIX = /^(?:module\.|backbone\.|encoder\.)+/;
const NOT_ENCODER = /^(?:fc|head|classifier|projector)\.|num_batches_tracked$/;

const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** A module's variables in PyTorch's layout, `num_batches_tracked` included, ready for `saveSafetensors`. */
export async function exportModule(module: Module): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of moduleVariables(module)) {
    const values = (await variable.data()) as Float32Array;
    const data = variable.rank === 4 ? hwioToOihw(values, variable.shape) : values;
    tensors.set(name, { dtype: 'F32', shape: fileShape(variable.shape), data });
    if (name.endsWith('.running_var')) {
      // PyTorch demands this counter, but only reads it when momentum is None.
      const counter = name.replace(/running_var$/, 'num_batches_tracked');
      tensors.set(counter, { dtype: 'I64', shape: [], data: new BigInt64Array(1) });
    }
  }
  return tensors;
}

/**
 * Sets a module's variables from a file's tensors; nothing changes unless all fit.
 * @param path names the file in errors
 * @throws CheckpointMismatchError naming the parameter, its shape in the file and in the code.
 */
export function importModule(module: Module, tensors: ReadonlyMap<string, StoredTensor>, path: string): void {
  const variables = moduleVariables(module);
  const mismatch = (what: string) =>
    new CheckpointMismatchError(
      `${path} does not fit the network: ${what}. Choose the architecture, width and stem it was written with.`,
    );
  for (const [name, { shape }] of tensors) {
    if (!variables.has(name) && !name.endsWith('num_batches_tracked')) {
      throw mismatch(`"${name}" is ${show(shape)} in the file and not in the code`);
    }
  }
  const loaded = [...variables].map(([name, variable]) => {
    const stored = tensors.get(name);
    const expected = fileShape(variable.shape);
    if (stored === undefined)
      throw mismatch(`"${name}" is ${show(expected)} in the code and not in the file`);
    if (show(stored.shape) !== show(expected)) {
      throw mismatch(`"${name}" is ${show(stored.shape)} in the file and ${show(expected)} in the code`);
    }
    const values = toFloat32(stored);
    if (values === undefined)
      throw mismatch(`"${name}" holds ${stored.dtype}, expected floating-point numbers`);
    return { variable, values };
  });
  for (const { variable, values } of loaded) {
    const data = variable.rank === 4 ? oihwToHwio(values, variable.shape) : values;
    tf.tidy(() => {
      variable.assign(tf.tensor(data, variable.shape));
    });
  }
}

/** Writes an encoder, its configuration as JSON in the metadata; `loadEncoder` needs nothing but the path. */
export async function saveEncoder(
  path: string,
  encoder: ResNet,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const description = { ...metadata, format: 'pt', resnet: JSON.stringify(encoder.config) };
  saveSafetensors(path, await exportModule(encoder), description);
}

/**
 * Reads an encoder written here, by torchvision, timm or VICReg: wrappers' prefixes and classifiers are left out,
 * missing `num_batches_tracked` accepted.
 * @param encoder receives the weights; without it, a new one is built: names and shapes tell its configuration, whoever wrote the file
 * @throws UserError, CorruptFileError, CheckpointMismatchError.
 */
export function loadEncoder(path: string, encoder?: ResNet): ResNet {
  const { tensors } = loadSafetensors(path);
  const own = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    const bare = name.replace(PREFIX, '');
    if (!NOT_ENCODER.test(bare)) own.set(bare, tensor);
  }
  const target = encoder ?? new ResNet(inferConfig(own, path));
  try {
    importModule(target, own, path);
  } catch (error) {
    if (encoder === undefined) target.dispose();
    throw error;
  }
  return target;
}

/** The configuration of the ResNet that has these tensors. */
function inferConfig(tensors: ReadonlyMap<string, StoredTensor>, path: string): ResNetConfig {
  const first = tensors.get('conv1.weight')?.shape;
  const blocks = [1, 2, 3, 4].map((stage) => {
    let count = 0;
    while (tensors.has(`layer${stage}.${count}.conv1.weight`)) count++;
    return count;
  });
  if (first?.length !== 4 || !(first[2] === 7 || first[2] === 3) || blocks.includes(0)) {
    const found = [...tensors.keys()].slice(0, 3).join(', ');
    throw new CheckpointMismatchError(
      `${path} is not a ResNet: expected conv1.weight (7x7 or 3x3) and layer1 to layer4, found ${found || 'nothing'}, ....`,
    );
  }
  const block = tensors.has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic';
  return {
    block,
    blocks,
    width: first[0],
    stem: first[2] === 7 ? 'imagenet' : 'cifar',
    inputChannels: first[1],
  };
}

/** HWIO as OIHW; other ranks as they are. */
const fileShape = (shape: readonly number[]) =>
  shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : [...shape];

/** [a, b, c] as [c, b, a]: with height and width as one axis, this turns HWIO into OIHW and back. */
function reverseAxes(values: Float32Array, [a, b, c]: readonly [number, number, number]): Float32Array {
  const out = new Float32Array(values.length);
  let from = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) out[(k * b + j) * a + i] = values[from++];
    }
  }
  return out;
}

const hwioToOihw = (values: Float32Array, [h, w, i, o]: readonly number[]) =>
  reverseAxes(values, [h * w, i, o]);
const oihwToHwio = (values: Float32Array, [h, w, i, o]: readonly number[]) =>
  reverseAxes(values, [o, i, h * w]);
