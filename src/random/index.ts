/** @file Random numbers: numpy's `default_rng`, bit for bit. */
export { Generator, type GeneratorState } from './generator.js';
export { type Entropy } from './pcg64.js';
