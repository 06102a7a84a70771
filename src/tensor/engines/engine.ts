/** @file What an engine is: how to load it, and what it says about itself. */

/** One way of computing. `load` registers the TensorFlow.js backend and says which it is. */
export interface Engine {
  readonly name: string;
  /** For `npm run doctor`. */
  readonly description: string;
  /**
   * Makes the backend ready.
   * @throws when it cannot be used here; the message becomes the reason in the report.
   */
  load(options: { threads?: number }): Promise<LoadedEngine>;
}

export interface LoadedEngine {
  /** TensorFlow.js's name of the backend. */
  backend: string;
  version: string;
  threads: number;
  details: Record<string, string>;
}
