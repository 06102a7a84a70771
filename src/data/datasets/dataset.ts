/** @file What a data set's file says about it; `index.ts` of this folder lists them all. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../files.js';
import type { TaskProgress } from '../../progress.js';
import type { Channels, ImageSet } from '../types.js';

/** A known data set: where its files are, how to read them, where to get them. */
export interface Dataset {
  readonly name: string;
  /** One line, for the help. */
  readonly description: string;
  /** Where its files belong, as told to a user who has not got them. */
  readonly layout: string;
  /** Files to download, if there is a public source. */
  readonly archives: readonly Archive[];
  /** Published mean and standard deviation of the channels; computed from the training images if absent. */
  readonly statistics?: { readonly mean: Channels; readonly std: Channels };
  /** Its images follow one another in time: those to hold out stay together at the end. */
  readonly isSequence?: boolean;
  /** The folder that holds the files, or undefined when they are not there. */
  locate(dataDir: string): string | undefined;
  /**
   * Reads all of it.
   * @throws CorruptFileError, UserError
   */
  read(folder: string, context: ReadContext): Parts | Promise<Parts>;
}

export interface ReadContext {
  readonly dataDir: string;
  /** Side in pixels, for data sets whose images have no size of their own; without it, the data set's usual one. */
  readonly imageSize?: number;
  /** Images to gather, for data sets that have as many as one likes. */
  readonly frames?: number;
  readonly onProgress?: (progress: TaskProgress) => void;
}

/** A data set as published, before images are held out. */
export interface Parts {
  readonly train: ImageSet;
  readonly test?: ImageSet;
}

/** A public file. */
export interface Archive {
  readonly url: string;
  readonly md5: string;
  /** The folder in the data folder that it makes: unpacked there, or put there as it is. */
  readonly folder: string;
  readonly format: 'tar.gz' | 'zip' | 'file';
}

/** The first of `folders` that has all of `files`. */
export function findFolder(folders: readonly string[], ...files: readonly string[]): string | undefined {
  return folders.find((folder) => files.every((file) => existsSync(join(folder, file))));
}

/** A whole file. @throws UserError in words when it cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

/** The lines of a text file that are not empty. */
export function readLines(path: string): string[] {
  return readBytes(path)
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
