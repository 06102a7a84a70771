/** @file A policy that lands: proportional-derivative control of angle and height, as the reference ships it. */
import { Discrete, type Env } from '../../core/index.js';
import type { LanderAction } from './env.js';

const { abs, max, min } = Math;

const clip = (value: number, bound: number) => max(-bound, min(bound, value));

/** Lean towards the pad, descend along the slope to it; once a leg touches, only brake the fall. */
export function landerHeuristic(env: Env): (observation: Float32Array) => LanderAction {
  const discrete = env.actionSpace instanceof Discrete;
  return ([x, y, vx, vy, angle, turn, firstLeg, secondLeg]) => {
    const touching = firstLeg > 0 || secondLeg > 0;
    const wantedAngle = clip(0.5 * x + vx, 0.4);
    const lean = touching ? 0 : 0.5 * (wantedAngle - angle) - turn;
    const lift = touching ? -0.5 * vy : 0.5 * (0.55 * abs(x) - y) - 0.5 * vy;
    if (!discrete) return Float32Array.of(clip(20 * lift - 1, 1), clip(-20 * lean, 1));
    if (lift > abs(lean) && lift > 0.05) return 2;
    if (lean < -0.05) return 3;
    return lean > 0.05 ? 1 : 0;
  };
}
