/**
 * @file The car: a hull on four wheels that turn and slide, after Klimov's car_dynamics and Campbell's tutorial
 * (http://www.iforce2d.net/b2dtut/top-down-car). Rear wheels drive, front wheels steer, all brake.
 */
import { World, type Body } from 'planck';
import { Hinge } from '../hinge.js';
import { boxCorners, FPS, massOf, stepWorld } from '../physics.js';

const { abs, cos, max, min, sign, sin, sqrt } = Math;

/** Metres a unit of the car's plan. */
const SIZE = 0.02;
const scaled = (plan: number[]) => plan.map((value) => value * SIZE);

export const HULL = [
  [-60, 130, 60, 130, 60, 110, -60, 110],
  [-15, 120, 15, 120, 20, 20, -20, 20],
  [25, 20, 50, -10, 50, -40, 20, -90, -20, -90, -50, -40, -50, -10, -25, 20],
  [-50, -120, 50, -120, 50, -90, -50, -90],
].map(scaled);
export const WHEEL_HALF_WIDTH = 14 * SIZE;
export const WHEEL_RADIUS = 27 * SIZE;
export const WHEEL = boxCorners(WHEEL_HALF_WIDTH, WHEEL_RADIUS);
/** Front left, front right, rear left, rear right. */
const WHEEL_PLACES = [
  [-55, 80],
  [55, 80],
  [-55, -82],
  [55, -82],
].map(scaled);

const ENGINE_POWER = 100_000_000 * SIZE ** 2;
const WHEEL_INERTIA = 4000 * SIZE ** 2;
/** The force at which a wheel begins to slide, on the road; on grass it is `GRASS_GRIP` of that. */
const GRIP = 1_000_000 * SIZE ** 2;
const GRASS_GRIP = 0.6;
/** Force a m/s of the difference between a wheel's speed and the ground's. */
const STIFFNESS = 205_000 * SIZE ** 2;
const STEERING_TORQUE = 180 * 900 * SIZE ** 2;
const MAX_STEERING = 0.4;
/** What a full brake takes from a wheel's turning in one step, in radians a second; from `LOCKED` on, all. */
const BRAKE = 15;
const LOCKED = 0.9;
/** The gas goes up slowly, and down at once. */
const MAX_GAS_STEP = 0.1;

export interface Wheel {
  readonly body: Body;
  readonly steering: Hinge;
  /** In the world, in clockwise order. */
  readonly corners: Float64Array;
  onRoad: boolean;
  gas: number;
  brake: number;
  steer: number;
  /** Turned so far, in radians, and how fast. */
  phase: number;
  spin: number;
  /** Slides so hard that it leaves a mark. */
  skids: boolean;
}

export class Car {
  readonly hull: Body;
  readonly wheels: readonly Wheel[];
  private readonly world = new World({ gravity: { x: 0, y: 0 } });

  /** At a point of the road, turned to it. */
  constructor(x: number, y: number, angle: number) {
    this.hull = this.world.createBody({ type: 'dynamic', position: { x, y }, angle });
    // No fixtures: there is nothing to collide with.
    this.hull.setMassData(massOf(HULL, 1));
    this.wheels = WHEEL_PLACES.map(([placeX, placeY]) => this.createWheel(x, y, angle, placeX, placeY));
    this.updateCorners();
  }

  /** @param gas in [0, 1] */
  gas(gas: number): void {
    const wanted = max(0, min(1, gas));
    for (const wheel of this.wheels.slice(2)) wheel.gas += min(wanted - wheel.gas, MAX_GAS_STEP);
  }

  /** @param brake in [0, 1], from 0.9 on blocking the wheels */
  brake(brake: number): void {
    for (const wheel of this.wheels) wheel.brake = brake;
  }

  /** @param angle that the front wheels shall go to, in radians, positive to the left */
  steer(angle: number): void {
    for (const wheel of this.wheels.slice(0, 2)) wheel.steer = angle;
  }

  /** Gives all wheels the forces of the coming frame. */
  drive(): void {
    for (const wheel of this.wheels) driveWheel(wheel);
  }

  /** Moves on by one frame. */
  move(): void {
    stepWorld(this.world);
    this.updateCorners();
  }

  private createWheel(x: number, y: number, angle: number, placeX: number, placeY: number): Wheel {
    // Not turned around the hull, as in the reference: the first step pulls the wheels to their places.
    const position = { x: x + placeX, y: y + placeY };
    const body = this.world.createBody({ type: 'dynamic', position, angle });
    body.setMassData(massOf([WHEEL], 0.1));
    const steering = new Hinge({
      bodyA: this.hull,
      bodyB: body,
      localAnchorA: { x: placeX, y: placeY },
      localAnchorB: { x: 0, y: 0 },
      lowerAngle: -MAX_STEERING,
      upperAngle: MAX_STEERING,
      motorSpeed: 0,
      maxMotorTorque: STEERING_TORQUE,
    });
    this.world.createJoint(steering);
    const state = { onRoad: false, gas: 0, brake: 0, steer: 0, phase: 0, spin: 0, skids: false };
    return { body, steering, corners: new Float64Array(8), ...state };
  }

  private updateCorners(): void {
    for (const { body, corners } of this.wheels) {
      const { x, y } = body.getPosition();
      const angle = body.getAngle();
      const [c, s] = [cos(angle), sin(angle)];
      // `WHEEL` is counterclockwise: backwards.
      for (let i = 0; i < 8; i += 2) {
        const [localX, localY] = [WHEEL[6 - i], WHEEL[7 - i]];
        corners[i] = x + c * localX - s * localY;
        corners[i + 1] = y + s * localX + c * localY;
      }
    }
  }
}

/** Turns the wheel by engine and brake, and pushes it where its rubber holds the ground. */
function driveWheel(wheel: Wheel): void {
  const { body, steering } = wheel;
  const dt = 1 / FPS;
  const turn = wheel.steer - steering.getJointAngle();
  steering.setMotorSpeed(sign(turn) * min(50 * abs(turn), 3));

  // Power is torque times spin: the faster the wheel, the less it gains. The 5 keeps the start finite.
  wheel.spin += (dt * ENGINE_POWER * wheel.gas) / WHEEL_INERTIA / (abs(wheel.spin) + 5);
  if (wheel.brake >= LOCKED) wheel.spin = 0;
  else if (wheel.brake > 0) wheel.spin -= sign(wheel.spin) * min(BRAKE * wheel.brake, abs(wheel.spin));
  wheel.phase += wheel.spin * dt;

  const angle = body.getAngle();
  const [forwardX, forwardY] = [-sin(angle), cos(angle)];
  const [sideX, sideY] = [cos(angle), sin(angle)];
  const velocity = body.getLinearVelocity();
  const forwardSpeed = forwardX * velocity.x + forwardY * velocity.y;
  const sideSpeed = sideX * velocity.x + sideY * velocity.y;

  let forward = STIFFNESS * (wheel.spin * WHEEL_RADIUS - forwardSpeed);
  let side = STIFFNESS * -sideSpeed;
  const force = sqrt(forward * forward + side * side);
  const limit = GRIP * (wheel.onRoad ? 1 : GRASS_GRIP);
  wheel.skids = force > 2 * limit;
  if (force > limit) {
    forward *= limit / force;
    side *= limit / force;
  }
  wheel.spin -= (dt * forward * WHEEL_RADIUS) / WHEEL_INERTIA;
  body.applyForceToCenter(
    { x: side * sideX + forward * forwardX, y: side * sideY + forward * forwardY },
    true,
  );
}
