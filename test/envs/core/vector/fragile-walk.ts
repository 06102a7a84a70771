/** @file A module for threads: its default export makes an environment, which breaks when told to. */
import { TimeLimit, type MakeOptions } from '../../../../src/envs/index.js';
import { Walk } from '../walk.js';

class FragileWalk extends Walk {
  private steps = 0;

  override step(action: number) {
    if (++this.steps === 3) throw new Error('the bridge is gone');
    return super.step(action);
  }
}

export default function create({ fragile }: MakeOptions) {
  return new TimeLimit(fragile === true ? new FragileWalk() : new Walk(), 4);
}
