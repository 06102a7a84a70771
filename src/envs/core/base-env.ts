/** @file What environments share: the generator and its seed, and what most have nothing to say about. */
import type { Generator } from '../../random/index.js';
import { encodePng, Rasterizer, type Frame, type Painter, type Screen } from '../../recording/index.js';
import type { Env, RenderMode, ResetOptions, ResetResult, StepResult } from './env.js';
import { seededGenerator, unseededGenerator, type Space } from './spaces/index.js';

/** Options that every environment has. */
export interface BaseEnvOptions {
  renderMode?: RenderMode;
}

/**
 * An environment with `start` and `step` left to write. `this.rng` is numpy's generator, seeded by `reset({ seed })`
 * as Gymnasium's `np_random`.
 */
export abstract class BaseEnv<Observation, Action> implements Env<Observation, Action> {
  abstract readonly observationSpace: Space<Observation>;
  abstract readonly actionSpace: Space<Action>;
  abstract readonly fps: number;
  readonly screen?: Screen;
  readonly renderMode: RenderMode | undefined;
  private generator: Generator | undefined;
  private renderer: Rasterizer | undefined;

  constructor({ renderMode }: BaseEnvOptions = {}) {
    this.renderMode = renderMode;
  }

  /** Begins an episode; `options` are those of `reset`. */
  protected abstract start(options: Record<string, unknown>): ResetResult<Observation>;
  abstract step(action: Action): StepResult<Observation>;
  draw?(painter: Painter): void;

  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Observation> {
    if (seed !== undefined) this.generator = seededGenerator(seed);
    return this.start(options);
  }

  render(): Frame | Uint8Array | undefined {
    const { renderMode, screen } = this;
    if (renderMode === undefined || screen === undefined || this.draw === undefined) return undefined;
    // Not a canvas: frames of a synchronous loop would stay in memory (see recording/canvas.ts).
    const painter = (this.renderer ??= new Rasterizer(screen));
    this.draw(painter);
    return renderMode === 'human' ? encodePng(painter.frame()) : painter.frame();
  }

  close(): void {
    // Most environments hold nothing but memory.
  }

  get unwrapped(): Env {
    return this;
  }

  /** Where all random numbers of the environment come from. */
  get rng(): Generator {
    return (this.generator ??= unseededGenerator());
  }
}
