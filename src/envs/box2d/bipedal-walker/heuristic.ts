/**
 * @file A policy that walks, most of the time: three phases of a stride and proportional-derivative control of the
 * joints, as the reference ships it. It has no notion of balance.
 */

const { max, min } = Math;

/** Numbers of the observation. */
const HULL_ANGLE = 0;
const HULL_TURN = 1;
const SPEED_X = 2;
const SPEED_Y = 3;
/** Where a leg's five numbers begin, and their order: hip, its speed, knee, its speed, contact. */
const LEGS = [4, 9];
const HIP = 0;
const KNEE = 2;
const CONTACT = 4;

/** Faster, and it falls forward. */
const SPEED = 0.29;
const SUPPORT_KNEE = 0.1;

type Phase = 'swing' | 'put down' | 'push off';

/** Angles that the joints of one leg shall go to; none where the joint is left alone. */
interface Target {
  hip?: number;
  knee?: number;
}

export function walkerHeuristic(): (observation: Float32Array) => Float32Array {
  let started = false;
  let phase: Phase = 'swing';
  let moving = 0;
  let supportKnee = SUPPORT_KNEE;

  /** Targets of the moving and of the supporting leg; a phase that ends hands over within the step. */
  function targets(state: Float32Array): [Target, Target] {
    const movingLeg = LEGS[moving];
    const supportingLeg = LEGS[1 - moving];
    const movingTarget: Target = {};
    const supportingTarget: Target = {};
    if (phase === 'swing') {
      movingTarget.hip = 1.1;
      movingTarget.knee = -0.6;
      supportKnee = min(supportKnee + (state[SPEED_X] > SPEED ? 0.06 : 0.03), SUPPORT_KNEE);
      supportingTarget.knee = supportKnee;
      // The supporting leg is behind.
      if (state[supportingLeg + HIP] < 0.1) phase = 'put down';
    }
    if (phase === 'put down') {
      movingTarget.hip = 0.1;
      movingTarget.knee = SUPPORT_KNEE;
      supportingTarget.knee = supportKnee;
      if (state[movingLeg + CONTACT] > 0) {
        phase = 'push off';
        supportKnee = min(state[movingLeg + KNEE], SUPPORT_KNEE);
      }
    }
    if (phase === 'push off') {
      movingTarget.knee = supportKnee;
      supportingTarget.knee = 1;
      if (state[supportingLeg + KNEE] > 0.88 || state[SPEED_X] > 1.2 * SPEED) {
        phase = 'swing';
        moving = 1 - moving;
      }
    }
    return [movingTarget, supportingTarget];
  }

  return (state) => {
    // As in the reference's demonstration, the first action is none: the legs settle before the first stride.
    if (!started) {
      started = true;
      return new Float32Array(4);
    }
    // The legs as they are before a stride's end swaps them.
    const first = moving;
    const [movingTarget, supportingTarget] = targets(state);
    const byLeg = first === 0 ? [movingTarget, supportingTarget] : [supportingTarget, movingTarget];
    // Keep the head upright, damp the bouncing.
    const upright = 0.9 * state[HULL_ANGLE] + 1.5 * state[HULL_TURN];
    const damping = 15 * state[SPEED_Y];
    const action = new Float32Array(4);
    byLeg.forEach(({ hip, knee }, i) => {
      const towards = (target: number | undefined, joint: number, gain: number) =>
        target === undefined
          ? 0
          : gain * (target - state[LEGS[i] + joint]) - 0.25 * state[LEGS[i] + joint + 1];
      action[2 * i] = clip(0.5 * (towards(hip, HIP, 0.9) + upright));
      action[2 * i + 1] = clip(0.5 * (towards(knee, KNEE, 4) - damping));
    });
    return action;
  };
}

const clip = (value: number) => max(-1, min(1, value));
