import { BaseEnv, Box, checkEnv, Discrete, make, NO_INFO, register } from '../../src/envs/index.js';
import type { BaseEnvOptions } from '../../src/envs/index.js';
import type { Painter } from '../../src/recording/index.js';

interface HarbourOptions extends BaseEnvOptions {
  /** Metres a step that the current carries the boat, to either side. */
  current?: number;
}

/** Steer a drifting boat to the quay at 10 m. */
export class Harbour extends BaseEnv<Float32Array, number> {
  readonly observationSpace = new Box({ low: -20, high: 20, shape: [1] });
  readonly actionSpace = new Discrete(3);
  readonly fps = 10;
  override readonly screen = { width: 200, height: 50 };
  private readonly current: number;
  private x = 0;

  constructor({ current = 0.5, ...options }: HarbourOptions = {}) {
    super(options);
    this.current = current;
  }

  /** What `reset` does once the generator is seeded. */
  protected start() {
    this.x = this.rng.uniform(-5, 5);
    return { observation: Float32Array.of(this.x), info: NO_INFO };
  }

  step(action: number) {
    const drift = this.rng.uniform(-this.current, this.current);
    this.x = Math.min(20, Math.max(-20, this.x + action - 1 + drift));
    return {
      observation: Float32Array.of(this.x),
      reward: -Math.abs(this.x - 10) / 10,
      terminated: Math.abs(this.x - 10) < 0.5,
      truncated: false,
      info: NO_INFO,
    };
  }

  override draw(painter: Painter) {
    painter.clear(0xcfe8f5);
    painter.rectangle(150, 15, 4, 20, 0x555555);
    painter.circle(100 + 5 * this.x, 25, 6, 0xb03a2e);
  }
}

register(
  {
    id: 'Harbour-v0',
    description: 'Steer a drifting boat to the quay.',
    maxEpisodeSteps: 100,
    options: { current: 0.5 },
  },
  (options) => new Harbour(options),
);

for (const warning of checkEnv(make('Harbour-v0'))) console.warn(warning);
