/** @file What a data set is in memory: images of one size in one block that worker threads can share. */
import type { TaskProgress } from '../progress.js';

/** `count` RGB images. Never written to after loading. */
export interface ImageSet {
  readonly name: string;
  /** Names of the classes; of images without labels there is one, `unlabelled`. */
  readonly classes: string[];
  /** Height and width in pixels. */
  readonly size: [height: number, width: number];
  readonly channels: 3;
  /** [count, height, width, 3], a view on a SharedArrayBuffer (which may hold more than this set). */
  readonly images: Uint8Array;
  /** [count], indices into `classes`. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** A data set as training sees it. */
export interface DataSplits {
  /** What `loadDataset` takes to load it again. */
  readonly name: string;
  /** Why this one, when the user named none. */
  readonly reason?: string;
  readonly train: ImageSet;
  /** Training images that are not trained on: every choice is made on these. */
  readonly heldOut: ImageSet;
  /** To be read once, at the end. */
  readonly test?: ImageSet;
  /** Mean and standard deviation of each channel, of pixels in [0, 1]. */
  readonly mean: Channels;
  readonly std: Channels;
}

export type Channels = [red: number, green: number, blue: number];

export interface LoadOptions {
  /** Fetches a public data set that is not in the data folder (default false). */
  download?: boolean;
  onProgress?: (progress: TaskProgress) => void;
  /** Training images to hold out (default 5,000, or a tenth of the training part if that is less). */
  holdOut?: number;
  /** Side of the images of an image folder (default 32) or of an environment's frames (64), in pixels. Others keep theirs. */
  imageSize?: number;
  /** Frames to gather of an environment (default 10,000). */
  frames?: number;
}
