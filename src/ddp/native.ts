/** @file What the addons that run collectives have in common: how they load, and how a communicator talks to them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../files.js';
import { COLLECTIVES, isDouble, isNative, type Collective, type Floats, type Values } from './collectives.js';
import type { Transport } from './group-communicator.js';

type Memory = Floats | number;

/** A collective as the addons take it: kind, is float64, input, output, length of the input, root. */
type NativeCall = [number, boolean, Memory, Memory, number, number];

/** See native/common/session.h. */
export interface NativeSessions {
  run(session: number, ...call: NativeCall): void;
  start(session: number, ...call: NativeCall): void;
  waitFor(session: number, number: number): void;
}

/** build/NAME.node. @throws Error when it is not built or does not load. */
export const loadAddon = (name: string): unknown =>
  createRequire(import.meta.url)(join(PROJECT_ROOT, 'build', `${name}.node`));

/** Collectives by an addon's session; the background ones on a thread of its own. */
export function nativeTransport(
  addon: NativeSessions,
  session: number,
  rest: Pick<Transport, 'backend' | 'name' | 'close'>,
): Transport {
  const running = new Map<number, Collective>(); // native code writes there: not to be collected as garbage
  return {
    ...rest,
    readsNative: true,
    begin(channel, collective, number) {
      if (channel === 0) return () => addon.run(session, ...nativeCall(collective));
      running.set(number, collective);
      addon.start(session, ...nativeCall(collective));
      return () => {
        addon.waitFor(session, number);
        running.delete(number);
      };
    },
  };
}

function nativeCall({ kind, input, output, root }: Collective): NativeCall {
  const memory = (values: Values) => (isNative(values) ? values.address : values);
  return [COLLECTIVES.indexOf(kind), isDouble(input), memory(input), memory(output), input.length, root];
}
