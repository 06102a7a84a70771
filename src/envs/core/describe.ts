/** @file Values and environments in the words of an error message. */
import type { Env } from './env.js';

const SHOWN = 8;

/** `Float32Array [0.5, 2]`, `7`, `"left"`, `undefined`: at most a line. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const name = value.constructor?.name ?? 'Object';
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const elements = Array.from(value as unknown as ArrayLike<unknown>);
    const shown = elements.slice(0, SHOWN).map(describeValue).join(', ');
    const more = elements.length > SHOWN ? `, ... ${elements.length} in all` : '';
    return `${name} [${shown}${more}]`;
  }
  const entries = Object.entries(value).map(([key, part]) => `${key}: ${describeValue(part)}`);
  return `${name} { ${entries.join(', ')} }`;
}

/** The id of an environment, or the name of its class. */
export const nameOf = ({ spec, unwrapped }: Env): string =>
  spec?.id ?? (unwrapped.constructor.name || 'The environment');
