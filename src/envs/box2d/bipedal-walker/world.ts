/** @file The walker's world: the ground, a hull on two legs of two parts each, and what touches the ground. */
import { EdgeShape, World, type Body, type Contact } from 'planck';
import type { Generator } from '../../../random/index.js';
import { Hinge } from '../hinge.js';
import { BODY, boxCorners, GROUND, Polygon, stepWorld } from '../physics.js';
import { Lidar } from './lidar.js';
import {
  generateClouds,
  generateTerrain,
  HEIGHT,
  LENGTH,
  SCALE,
  START,
  STEP,
  type Cloud,
  type Terrain,
} from './terrain.js';

export const HULL = [-30, 9, 6, 9, 34, 1, 34, -8, -30, -8].map((pixels) => pixels / SCALE);
const LEG_WIDTH = 8 / SCALE;
const LEG_HEIGHT = 34 / SCALE;
export const UPPER_LEG = boxCorners(LEG_WIDTH / 2, LEG_HEIGHT / 2);
export const LOWER_LEG = boxCorners((0.8 * LEG_WIDTH) / 2, LEG_HEIGHT / 2);
/** From the hull's middle to the hips. */
const HIP_Y = -8 / SCALE;

const GROUND_FRICTION = 2.5;
const MAX_PUSH = 5;
const LIGHT = { filterCategoryBits: BODY, filterMaskBits: GROUND };

interface Limits {
  readonly lowerAngle: number;
  readonly upperAngle: number;
}

const HIP_LIMITS: Limits = { lowerAngle: -0.8, upperAngle: 1.1 };
const KNEE_LIMITS: Limits = { lowerAngle: -1.6, upperAngle: -0.1 };

export class WalkerWorld {
  readonly terrain: Terrain;
  readonly clouds: readonly Cloud[];
  readonly hull: Body;
  /** Upper and lower part of the first leg, then of the second. */
  readonly legs: Body[] = [];
  /** Hip and knee of the first leg, then of the second. */
  readonly joints: Hinge[] = [];
  /** Whether the lower parts touch the ground. */
  readonly legContact = [false, false];
  readonly lidar: Lidar;
  /** The hull has touched the ground. */
  fallen = false;
  private readonly world = new World({ gravity: { x: 0, y: -10 } });

  /** Draws the terrain, the clouds and the first push, in this order. */
  constructor(rng: Generator, hardcore: boolean) {
    this.terrain = generateTerrain(rng, hardcore);
    this.clouds = generateClouds(rng);
    this.lidar = new Lidar(this.terrain);
    this.createGround();

    const x = (STEP * START) / 2;
    const y = HEIGHT + 2 * LEG_HEIGHT;
    this.hull = this.world.createBody({ type: 'dynamic', position: { x, y } });
    this.hull.createFixture(new Polygon(HULL), { ...LIGHT, density: 5, friction: 0.1 });
    this.hull.applyForceToCenter({ x: rng.uniform(-MAX_PUSH, MAX_PUSH), y: 0 }, true);
    for (const side of [-1, 1]) {
      const hipHeight = y - HIP_Y;
      const upper = this.createPart(UPPER_LEG, x, hipHeight - LEG_HEIGHT / 2, side);
      this.connect(this.hull, HIP_Y, upper, HIP_LIMITS);
      const lower = this.createPart(LOWER_LEG, x, hipHeight - (LEG_HEIGHT * 3) / 2, side);
      this.connect(upper, -LEG_HEIGHT / 2, lower, KNEE_LIMITS);
    }
    this.world.on('begin-contact', (contact) => this.touch(contact, true));
    this.world.on('end-contact', (contact) => this.touch(contact, false));
  }

  step(): void {
    // The reference's Box2D wakes the walker whenever its motors are set, which is in every step.
    this.hull.setAwake(true);
    stepWorld(this.world);
  }

  private createGround(): void {
    const ground = this.world.createBody();
    const { heights, blocks } = this.terrain;
    for (const { left, right, bottom, top } of blocks) {
      const shape = new Polygon([left, bottom, right, bottom, right, top, left, top]);
      ground.createFixture(shape, { friction: GROUND_FRICTION });
    }
    const at = (i: number) => ({ x: i * STEP, y: heights[i] });
    for (let i = 0; i + 1 < LENGTH; i++) {
      ground.createFixture(new EdgeShape(at(i), at(i + 1)), { friction: GROUND_FRICTION });
    }
  }

  private createPart(corners: readonly number[], x: number, y: number, side: number): Body {
    const part = this.world.createBody({ type: 'dynamic', position: { x, y }, angle: side * 0.05 });
    part.createFixture(new Polygon(corners), { ...LIGHT, density: 1 });
    this.legs.push(part);
    return part;
  }

  /** Hangs a part of a leg by its upper end. */
  private connect(from: Body, anchorY: number, part: Body, limits: Limits): void {
    const hinge = new Hinge({
      bodyA: from,
      bodyB: part,
      localAnchorA: { x: 0, y: anchorY },
      localAnchorB: { x: 0, y: LEG_HEIGHT / 2 },
      ...limits,
      motorSpeed: 0,
      maxMotorTorque: 0,
    });
    this.world.createJoint(hinge);
    this.joints.push(hinge);
  }

  private touch(contact: Contact, begins: boolean): void {
    for (const body of [contact.getFixtureA().getBody(), contact.getFixtureB().getBody()]) {
      if (body === this.hull && begins) this.fallen = true;
      if (body === this.legs[1]) this.legContact[0] = begins;
      if (body === this.legs[3]) this.legContact[1] = begins;
    }
  }
}
