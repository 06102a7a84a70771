/** @file Pictures through a frozen encoder: each picture becomes one embedding, computed once and then remembered. */
import { readFloats, tf } from '../tensor/index.js';
import type { PictureNetwork } from './picture-network.js';
import { PictureReader, type PictureSize } from './pictures.js';
import type { Sensor } from './sensors.js';

export class EncoderSensor implements Sensor {
  readonly frameSize: number;
  readonly dtype = 'float32';
  private readonly pictures: PictureReader;

  constructor(
    private readonly network: PictureNetwork,
    shape: PictureSize,
  ) {
    this.frameSize = network.featureDim;
    this.pictures = new PictureReader({ ...shape, ...network, stack: 1 });
  }

  sense(observations: unknown, n: number): Float32Array {
    return tf.tidy(() => readFloats(this.network.forward(this.pictures.read(observations as Uint8Array, n))));
  }
}
