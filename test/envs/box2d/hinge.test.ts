/** @file The hinge moves bodies as planck's own revolute joint does. */
import { expect, test } from '@jest/globals';
import { RevoluteJoint, World, type Body } from 'planck';
import { Hinge, type HingeOptions } from '../../../src/envs/box2d/hinge.js';
import { boxCorners, Polygon, stepWorld } from '../../../src/envs/box2d/physics.js';

/** Two bars on the ground of a world, connected by a joint that the caller makes. */
function build(connect: (options: HingeOptions) => RevoluteJoint) {
  const world = new World({ gravity: { x: 0, y: -10 } });
  const ground = world.createBody();
  ground.createFixture(new Polygon(boxCorners(20, 1)), { friction: 1 });
  const bar = (x: number, y: number, angle: number) => {
    const body = world.createBody({ type: 'dynamic', position: { x, y }, angle });
    body.createFixture(new Polygon([-0.4, -0.1, 0.6, -0.1, 0.4, 0.15, -0.4, 0.1]), { density: 2 });
    return body;
  };
  const [bodyA, bodyB] = [bar(0, 3, 0.2), bar(0.8, 3.1, -0.1)];
  const joint = connect({
    bodyA,
    bodyB,
    localAnchorA: { x: 0.5, y: 0 },
    localAnchorB: { x: -0.4, y: 0.05 },
    lowerAngle: -0.6,
    upperAngle: 0.3,
    motorSpeed: 0,
    maxMotorTorque: 0,
  });
  world.createJoint(joint);
  return { world, bodyA, bodyB, joint };
}

const state = (body: Body) => {
  const [{ x, y }, v] = [body.getPosition(), body.getLinearVelocity()];
  return [x, y, body.getAngle(), v.x, v.y, body.getAngularVelocity()];
};

test('moves as the joint of planck, between its limits and at both, pulled and pushed by its motor', () => {
  const ours = build((options) => new Hinge(options));
  const planck = build((options) => new RevoluteJoint({ ...options, enableLimit: true, enableMotor: true }));
  const angles = [];
  for (let step = 0; step < 150; step++) {
    for (const { joint } of [ours, planck]) {
      joint.setMotorSpeed(step < 75 ? 4 : -4);
      joint.setMaxMotorTorque(step < 20 ? 0 : 3);
    }
    stepWorld(ours.world);
    stepWorld(planck.world);
    const expected = [...state(planck.bodyA), ...state(planck.bodyB)];
    [...state(ours.bodyA), ...state(ours.bodyB)].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
    angles.push(ours.joint.getJointAngle());
  }
  // Both limits were reached, or the test says little.
  expect(Math.max(...angles)).toBeGreaterThan(0.28);
  expect(Math.min(...angles)).toBeLessThan(-0.58);
});

test('angle 0 is how the bodies were turned', () => {
  const { joint } = build((options) => new Hinge(options));
  expect(joint.getJointAngle()).toBeCloseTo(0, 12);
});
