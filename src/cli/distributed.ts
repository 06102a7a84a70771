/** @file The flags of commands that run on many ranks. */
import type { Command } from 'commander';
import { BACKENDS, type DistributedOptions } from '../ddp/index.js';
import { integer, resolveOptions, text, type GivenOptions } from '../runs/index.js';
import { addOptions, givenOptions } from './command.js';

const DISTRIBUTED_OPTIONS = {
  nprocPerNode: integer('processes on each machine, one a device; on CPUs they share the cores', 1, 1, 1024),
  nnodes: integer('machines; this command is then to be started on each of them', 1, 1, 1024),
  nodeRank: integer('which of the machines this is, from 0', 0, 0, 1023),
  masterAddr: text('machine 0, as the others reach it', '127.0.0.1'),
  masterPort: integer('a free port there', 29500, 1, 65535),
  backend: text('what carries the data among processes', 'ring', BACKENDS),
  maxRestarts: integer('times to start all processes again from the last checkpoint when one is lost', 0, 0),
  heartbeatLimit: integer('seconds without a sign of life before a process counts as lost', 30, 1),
  collectiveLimit: integer('seconds that a process may keep the others waiting', 600, 1),
  rendezvousLimit: integer('seconds that all processes have to come', 120, 1),
};

export type DistributedFlags = GivenOptions<typeof DISTRIBUTED_OPTIONS>;

export const addDistributedOptions = (command: Command) => addOptions(command, DISTRIBUTED_OPTIONS);

/** @throws UserError for a value that cannot be. */
export const distributedOptions = (flags: DistributedFlags): DistributedOptions =>
  resolveOptions(DISTRIBUTED_OPTIONS, givenOptions(DISTRIBUTED_OPTIONS, flags)) as DistributedOptions;
