/** @file The registry of self-supervised methods: a new one is a file beside vicreg.ts and a line here. */
import { unknownName } from '../../errors.js';
import type { Method } from './method.js';
import { vicreg } from './vicreg.js';

export type { LossOptions, Method, MethodLoss, Ranks } from './method.js';
export { vicregLoss, vicregWork, type VicregOptions } from './vicreg.js';

export const METHODS: Readonly<Record<string, Method>> = { vicreg };

/** @throws UserError for an unknown name, with the nearest known one. */
export function findMethod(name: string): Method {
  if (!Object.hasOwn(METHODS, name)) throw unknownName('method', name, Object.keys(METHODS));
  return METHODS[name];
}
