/**
 * @file Sparks of the engines. They are for the eye alone and not part of the physics, so that an episode is the same
 * whether somebody watches or not.
 */
import { FPS } from '../physics.js';

/** More than can live at once: two a step, each for seven steps. */
const CAPACITY = 16;
const FADE = 0.15;
/** Metres; as in the reference, where sparks are bodies whose lightness makes them fast. */
export const SPARK_RADIUS = 2 / 30;
const AREA = Math.PI * SPARK_RADIUS ** 2;

interface Spark {
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** What is left of its life; none below 0. */
  life: number;
}

export class Exhaust {
  readonly sparks: readonly Spark[] = Array.from({ length: CAPACITY }, () => ({
    x: 0,
    y: 0,
    vx: 0,
    vy: 0,
    life: -1,
  }));
  private next = 0;

  /** A spark of `density` at a point, thrown by an impulse. */
  emit(x: number, y: number, impulseX: number, impulseY: number, density: number, power: number): void {
    const spark = this.sparks[this.next];
    this.next = (this.next + 1) % CAPACITY;
    const mass = density * AREA;
    spark.x = x;
    spark.y = y;
    spark.vx = impulseX / mass;
    spark.vy = impulseY / mass;
    spark.life = power;
  }

  /** One frame on: sparks fall, bounce off the ground a little, and fade. */
  step(gravity: number, groundAt: (x: number) => number): void {
    for (const spark of this.sparks) {
      if (spark.life < 0) continue;
      spark.life -= FADE;
      spark.vy += gravity / FPS;
      spark.x += spark.vx / FPS;
      spark.y += spark.vy / FPS;
      const lowest = groundAt(spark.x) + SPARK_RADIUS;
      if (spark.y >= lowest) continue;
      spark.y = lowest;
      spark.vy *= -0.3;
    }
  }
}
