/**
 * @file planck's revolute joint without its allocations: with 180 iterations a step, the solver of joints is where these
 * environments spend their time. The equations are Box2D's (Catto, "Iterative Dynamics with Temporal Coherence", 2005;
 * limits as in Box2D 2.3), on plain numbers, with the effective masses inverted once a step.
 */
import { RevoluteJoint, type Body, type RevoluteJointDef, type TimeStep } from 'planck';

const { abs, cos, max, min, PI, sin, sqrt } = Math;

// Box2D's tolerances, as in planck's Settings.
const LINEAR_SLOP = 0.005;
const ANGULAR_SLOP = (2 / 180) * PI;
const MAX_ANGULAR_CORRECTION = (8 / 180) * PI;

const NEGLIGIBLE = 1e-12;

interface Vector {
  x: number;
  y: number;
}

/** What planck's solver knows of a body; its declarations leave these fields out. */
interface SolverBody {
  readonly c_position: { readonly c: Vector; a: number };
  readonly c_velocity: { readonly v: Vector; w: number };
  readonly m_sweep: { readonly localCenter: Vector };
  readonly m_invMass: number;
  readonly m_invI: number;
}

export type HingeOptions = Required<
  Pick<
    RevoluteJointDef,
    | 'bodyA'
    | 'bodyB'
    | 'localAnchorA'
    | 'localAnchorB'
    | 'lowerAngle'
    | 'upperAngle'
    | 'motorSpeed'
    | 'maxMotorTorque'
  >
>;

/**
 * A revolute joint with a motor and with limits, `lowerAngle` < `upperAngle`. Angle 0 is how the bodies are turned when
 * it is made, as with pybox2d.
 */
export class Hinge extends RevoluteJoint {
  private readonly a: SolverBody;
  private readonly b: SolverBody;
  private readonly anchorA: Vector;
  private readonly anchorB: Vector;
  /** Limits of the bodies' difference in angle. */
  private readonly lower: number;
  private readonly upper: number;

  /** Impulses of the step before: where this step's solver begins. */
  private impulseX = 0;
  private impulseY = 0;
  private limitImpulse = 0;
  private motorImpulse = 0;
  private readonly settled = new Float64Array(6);
  /** -1 at the lower limit, 1 at the upper one, 0 between. */
  private limit: -1 | 0 | 1 = 0;

  // What stays the same through the iterations of a step.
  private speed = 0;
  private maxMotorImpulse = 0;
  private axialMass = 0;
  /** From the centres of mass to the anchor. */
  private ax = 0;
  private ay = 0;
  private bx = 0;
  private by = 0;
  /** The part of the effective mass's inverse that couples limit and anchor. */
  private kxz = 0;
  private kyz = 0;
  /** The effective mass of the anchor, [[mxx, mxy], [mxy, myy]]. */
  private mxx = 0;
  private mxy = 0;
  private myy = 0;
  /** The effective mass of anchor and limit together. */
  private lxx = 0;
  private lxy = 0;
  private lxz = 0;
  private lyy = 0;
  private lyz = 0;
  private lzz = 0;

  constructor(options: HingeOptions) {
    super({ ...options, enableMotor: true, enableLimit: true });
    this.a = options.bodyA as Body & SolverBody;
    this.b = options.bodyB as Body & SolverBody;
    this.anchorA = options.localAnchorA;
    this.anchorB = options.localAnchorB;
    const reference = this.getReferenceAngle();
    this.lower = reference + options.lowerAngle;
    this.upper = reference + options.upperAngle;
  }

  override initVelocityConstraints(step: TimeStep): void {
    const { a, b, anchorA, anchorB } = this;
    const [positionA, positionB] = [a.c_position, b.c_position];
    const [mA, mB, iA, iB] = [a.m_invMass, b.m_invMass, a.m_invI, b.m_invI];

    const centreA = a.m_sweep.localCenter;
    const [sinA, cosA] = [sin(positionA.a), cos(positionA.a)];
    const ax = cosA * (anchorA.x - centreA.x) - sinA * (anchorA.y - centreA.y);
    const ay = sinA * (anchorA.x - centreA.x) + cosA * (anchorA.y - centreA.y);
    const centreB = b.m_sweep.localCenter;
    const [sinB, cosB] = [sin(positionB.a), cos(positionB.a)];
    const bx = cosB * (anchorB.x - centreB.x) - sinB * (anchorB.y - centreB.y);
    const by = sinB * (anchorB.x - centreB.x) + cosB * (anchorB.y - centreB.y);
    this.ax = ax;
    this.ay = ay;
    this.bx = bx;
    this.by = by;

    const kxx = mA + mB + ay * ay * iA + by * by * iB;
    const kxy = -ay * ax * iA - by * bx * iB;
    const kyy = mA + mB + ax * ax * iA + bx * bx * iB;
    const inverse = 1 / (kxx * kyy - kxy * kxy);
    this.mxx = kyy * inverse;
    this.mxy = -kxy * inverse;
    this.myy = kxx * inverse;
    this.axialMass = 1 / (iA + iB);
    this.speed = this.getMotorSpeed();
    this.maxMotorImpulse = step.dt * this.getMaxMotorTorque();

    const angle = positionB.a - positionA.a;
    const limit = angle <= this.lower ? -1 : angle >= this.upper ? 1 : 0;
    if (limit === 0 || limit !== this.limit) this.limitImpulse = 0;
    this.limit = limit;
    if (limit !== 0) this.invertWithLimit(kxx, kxy, kyy);

    this.push(this.impulseX, this.impulseY, this.motorImpulse + this.limitImpulse);
    this.settled[0] = NaN;
  }

  override solveVelocityConstraints(): void {
    const { a, b, ax, ay, bx, by } = this;
    const [velocityA, velocityB] = [a.c_velocity, b.c_velocity];
    const [vA, vB] = [velocityA.v, velocityB.v];
    const { settled } = this;
    if (
      velocityA.w === settled[0] &&
      velocityB.w === settled[1] &&
      vA.x === settled[2] &&
      vA.y === settled[3] &&
      vB.x === settled[4] &&
      vB.y === settled[5]
    ) {
      return;
    }

    // The motor alone, then the anchor with what the motor left.
    let turn = velocityB.w - velocityA.w;
    const wanted = this.motorImpulse - this.axialMass * (turn - this.speed);
    const motorImpulse = max(-this.maxMotorImpulse, min(this.maxMotorImpulse, wanted));
    const motor = motorImpulse - this.motorImpulse;
    this.motorImpulse = motorImpulse;
    const wA = velocityA.w - a.m_invI * motor;
    const wB = velocityB.w + b.m_invI * motor;
    turn = wB - wA;

    const dx = vB.x - wB * by - vA.x + wA * ay;
    const dy = vB.y + wB * bx - vA.y - wA * ax;
    let x: number;
    let y: number;
    let axial = 0;
    if (this.limit === 0) {
      x = -(this.mxx * dx + this.mxy * dy);
      y = -(this.mxy * dx + this.myy * dy);
    } else {
      x = -(this.lxx * dx + this.lxy * dy + this.lxz * turn);
      y = -(this.lxy * dx + this.lyy * dy + this.lyz * turn);
      axial = -(this.lxz * dx + this.lyz * dy + this.lzz * turn);
      const total = this.limitImpulse + axial;
      if (total * this.limit > 0) {
        // A limit only pushes: it gives back all it had, and the anchor is solved without it.
        axial = -this.limitImpulse;
        const ex = this.limitImpulse * this.kxz - dx;
        const ey = this.limitImpulse * this.kyz - dy;
        x = this.mxx * ex + this.mxy * ey;
        y = this.mxy * ex + this.myy * ey;
        this.limitImpulse = 0;
      } else {
        this.limitImpulse = total;
      }
    }
    if (abs(x) + abs(y) + abs(motor) + abs(axial) < NEGLIGIBLE) {
      settled[0] = velocityA.w;
      settled[1] = velocityB.w;
      settled[2] = vA.x;
      settled[3] = vA.y;
      settled[4] = vB.x;
      settled[5] = vB.y;
      return;
    }
    this.impulseX += x;
    this.impulseY += y;
    this.push(x, y, motor + axial);
  }

  override solvePositionConstraints(): boolean {
    const { a, b, anchorA, anchorB } = this;
    const [positionA, positionB] = [a.c_position, b.c_position];
    const [cA, cB] = [positionA.c, positionB.c];
    const [mA, mB, iA, iB] = [a.m_invMass, b.m_invMass, a.m_invI, b.m_invI];
    let angleA = positionA.a;
    let angleB = positionB.a;

    let angularError = 0;
    if (this.limit !== 0) {
      const beyond = angleB - angleA - (this.limit < 0 ? this.lower : this.upper);
      angularError = beyond * this.limit;
      const correction = max(0, min(angularError - ANGULAR_SLOP, MAX_ANGULAR_CORRECTION)) * this.limit;
      const impulse = -this.axialMass * correction;
      angleA -= iA * impulse;
      angleB += iB * impulse;
    }

    const centreA = a.m_sweep.localCenter;
    const [sinA, cosA] = [sin(angleA), cos(angleA)];
    const ax = cosA * (anchorA.x - centreA.x) - sinA * (anchorA.y - centreA.y);
    const ay = sinA * (anchorA.x - centreA.x) + cosA * (anchorA.y - centreA.y);
    const centreB = b.m_sweep.localCenter;
    const [sinB, cosB] = [sin(angleB), cos(angleB)];
    const bx = cosB * (anchorB.x - centreB.x) - sinB * (anchorB.y - centreB.y);
    const by = sinB * (anchorB.x - centreB.x) + cosB * (anchorB.y - centreB.y);

    const dx = cB.x + bx - cA.x - ax;
    const dy = cB.y + by - cA.y - ay;
    const kxx = mA + mB + iA * ay * ay + iB * by * by;
    const kxy = -iA * ax * ay - iB * bx * by;
    const kyy = mA + mB + iA * ax * ax + iB * bx * bx;
    const inverse = 1 / (kxx * kyy - kxy * kxy);
    const x = -(kyy * dx - kxy * dy) * inverse;
    const y = -(kxx * dy - kxy * dx) * inverse;
    cA.x -= mA * x;
    cA.y -= mA * y;
    positionA.a = angleA - iA * (ax * y - ay * x);
    cB.x += mB * x;
    cB.y += mB * y;
    positionB.a = angleB + iB * (bx * y - by * x);
    return sqrt(dx * dx + dy * dy) <= LINEAR_SLOP && angularError <= ANGULAR_SLOP;
  }

  /** Changes the bodies' velocities by an impulse at the anchor and one about the axis. */
  private push(x: number, y: number, axial: number): void {
    const { a, b } = this;
    const [velocityA, velocityB] = [a.c_velocity, b.c_velocity];
    const [vA, vB] = [velocityA.v, velocityB.v];
    vA.x -= a.m_invMass * x;
    vA.y -= a.m_invMass * y;
    velocityA.w -= a.m_invI * (this.ax * y - this.ay * x + axial);
    vB.x += b.m_invMass * x;
    vB.y += b.m_invMass * y;
    velocityB.w += b.m_invI * (this.bx * y - this.by * x + axial);
  }

  /** The inverse of the symmetric matrix of anchor and limit, by its cofactors. */
  private invertWithLimit(kxx: number, kxy: number, kyy: number): void {
    const [iA, iB] = [this.a.m_invI, this.b.m_invI];
    const kxz = -this.ay * iA - this.by * iB;
    const kyz = this.ax * iA + this.bx * iB;
    const kzz = iA + iB;
    const xx = kyy * kzz - kyz * kyz;
    const xy = kxz * kyz - kxy * kzz;
    const xz = kxy * kyz - kyy * kxz;
    const inverse = 1 / (kxx * xx + kxy * xy + kxz * xz);
    this.kxz = kxz;
    this.kyz = kyz;
    this.lxx = xx * inverse;
    this.lxy = xy * inverse;
    this.lxz = xz * inverse;
    this.lyy = (kxx * kzz - kxz * kxz) * inverse;
    this.lyz = (kxy * kxz - kxx * kyz) * inverse;
    this.lzz = (kxx * kyy - kxy * kxy) * inverse;
  }
}
