/** @file Wrappers. */
export { OrderEnforcing } from './order-enforcing.js';
export { TimeLimit } from './time-limit.js';
export { ActionWrapper, ObservationWrapper, RewardWrapper, Wrapper } from './wrapper.js';
