/** @file Marks that sliding wheels leave, for the eye alone. */
import type { Wheel } from './car.js';

const MAX_MARKS = 30;
const MAX_POINTS = 30;

export interface Mark {
  /** Mud from the grass, else rubber. */
  readonly mud: boolean;
  /** x0, y0, x1, y1, ... */
  readonly points: number[];
}

/** The latest marks of all wheels. */
export class Skids {
  readonly marks: Mark[] = [];
  /** What each wheel is drawing. */
  private readonly open = new Map<Wheel, Mark>();

  /** A frame on: wheels that slide draw on, the others lift their pencil. */
  step(wheels: readonly Wheel[]): void {
    for (const wheel of wheels) {
      if (!wheel.skids) {
        this.open.delete(wheel);
        continue;
      }
      const { x, y } = wheel.body.getPosition();
      let mark = this.open.get(wheel);
      if (mark === undefined || mark.mud === wheel.onRoad || mark.points.length >= 2 * MAX_POINTS) {
        // A new mark begins where the last one ended.
        mark = { mud: !wheel.onRoad, points: mark?.points.slice(-2) ?? [] };
        this.open.set(wheel, mark);
        this.marks.push(mark);
        if (this.marks.length > MAX_MARKS) this.marks.shift();
      }
      mark.points.push(x, y);
    }
  }
}
