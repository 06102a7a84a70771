/** @file Data parallelism: collectives among processes, the launcher, and what training needs of them. */
export { Communicator, SoloCommunicator } from './communicator.js';
export { type Floats, type NativeFloats, type Pending } from './collectives.js';
export { joinRing, type RingOptions } from './ring/ring.js';
