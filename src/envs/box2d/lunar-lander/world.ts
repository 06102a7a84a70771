/** @file The lander's world: the moon, the lander and its two legs, and who touches what. */
import { EdgeShape, World, type Body, type Contact } from 'planck';
import type { Generator } from '../../../random/index.js';
import { Hinge } from '../hinge.js';
import { BODY, boxCorners, GROUND, Polygon, SCREEN, stepWorld } from '../physics.js';

/** Pixels of the screen a metre. */
export const SCALE = 30;
export const WIDTH = SCREEN.width / SCALE;
export const HEIGHT = SCREEN.height / SCALE;
/** The height of the landing pad. */
export const PAD_Y = HEIGHT / 4;
/** From the middle of the lander down to its feet. */
export const LEG_DOWN = 18 / SCALE;
const LEG_AWAY = 20 / SCALE;

export const HULL = [-14, 17, -17, 0, -17, -10, 17, -10, 17, 0, 14, 17].map((pixels) => pixels / SCALE);
export const LEG = boxCorners(2 / SCALE, 8 / SCALE);

/** Points of the moon's surface; the pad lies between those beside the middle one. */
const POINTS = 11;
export const PAD_POINTS = [POINTS >> 1, (POINTS >> 1) + 2].map((i) => i - 1);
const MAX_PUSH = 1000;

/** One episode's world, freshly made: nothing of the episode before can be left in it. */
export class LanderWorld {
  readonly lander: Body;
  readonly legs: readonly Body[];
  /** Whether the first leg, the one on the right, and the second touch the moon. */
  readonly legContact = [false, false];
  /** The hull has touched the moon. */
  crashed = false;
  /** The moon's surface. */
  readonly surfaceX: readonly number[];
  readonly surfaceY: readonly number[];
  private readonly world: World;

  /** Draws 12 heights and the 2 components of the first push, in this order. */
  constructor(rng: Generator, gravity: number) {
    this.world = new World({ gravity: { x: 0, y: gravity } });
    this.surfaceX = Array.from({ length: POINTS }, (_, i) => (WIDTH / (POINTS - 1)) * i);
    this.surfaceY = drawSurface(rng);
    this.createMoon();
    this.lander = this.world.createBody({ type: 'dynamic', position: { x: WIDTH / 2, y: HEIGHT } });
    this.lander.createFixture(new Polygon(HULL), {
      density: 5,
      friction: 0.1,
      filterCategoryBits: 0x0010,
      filterMaskBits: GROUND,
    });
    const x = rng.uniform(-MAX_PUSH, MAX_PUSH);
    this.lander.applyForceToCenter({ x, y: rng.uniform(-MAX_PUSH, MAX_PUSH) }, true);
    this.legs = [this.createLeg(-1), this.createLeg(1)];
    this.world.on('begin-contact', (contact) => this.touch(contact, true));
    this.world.on('end-contact', (contact) => this.touch(contact, false));
  }

  step(): void {
    stepWorld(this.world);
  }

  /** The height of the moon at `x`. */
  surfaceAt(x: number): number {
    const place = Math.max(0, Math.min(POINTS - 1.001, (x / WIDTH) * (POINTS - 1)));
    const i = Math.floor(place);
    return this.surfaceY[i] + (place - i) * (this.surfaceY[i + 1] - this.surfaceY[i]);
  }

  private createMoon(): void {
    const moon = this.world.createBody();
    moon.createFixture(new EdgeShape({ x: 0, y: 0 }, { x: WIDTH, y: 0 }));
    const at = (i: number) => ({ x: this.surfaceX[i], y: this.surfaceY[i] });
    for (let i = 0; i + 1 < POINTS; i++)
      moon.createFixture(new EdgeShape(at(i), at(i + 1)), { friction: 0.1 });
  }

  /** A leg on a spring of its motor, free to bend by half a radian: -1 is on the right, 1 on the left. */
  private createLeg(side: -1 | 1): Body {
    const leg = this.world.createBody({
      type: 'dynamic',
      position: { x: WIDTH / 2 - side * LEG_AWAY, y: HEIGHT },
      angle: side * 0.05,
    });
    leg.createFixture(new Polygon(LEG), {
      density: 1,
      filterCategoryBits: BODY,
      filterMaskBits: GROUND,
    });
    this.world.createJoint(
      new Hinge({
        bodyA: this.lander,
        bodyB: leg,
        localAnchorA: { x: 0, y: 0 },
        localAnchorB: { x: side * LEG_AWAY, y: LEG_DOWN },
        lowerAngle: side < 0 ? 0.4 : -0.9,
        upperAngle: side < 0 ? 0.9 : -0.4,
        motorSpeed: 0.3 * side,
        maxMotorTorque: 40,
      }),
    );
    return leg;
  }

  private touch(contact: Contact, begins: boolean): void {
    for (const body of [contact.getFixtureA().getBody(), contact.getFixtureB().getBody()]) {
      if (body === this.lander && begins) this.crashed = true;
      const leg = this.legs.indexOf(body);
      // As in the reference, one edge left is contact lost, even with another edge touched.
      if (leg !== -1) this.legContact[leg] = begins;
    }
  }
}

/** Random heights, level around the pad, each then the mean of three (nearly: the reference's weight is 0.33). */
function drawSurface(rng: Generator): number[] {
  const heights = Array.from({ length: POINTS + 1 }, () => rng.uniform(0, HEIGHT / 2));
  heights.fill(PAD_Y, (POINTS >> 1) - 2, (POINTS >> 1) + 3);
  // The first point has the last of the 12 heights on its left.
  return Array.from({ length: POINTS }, (_, i) => 0.33 * (heights.at(i - 1)! + heights[i] + heights[i + 1]));
}
