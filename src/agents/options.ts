/** @file Settings of training an agent: those that all have, those of each algorithm, and recipes in configs/rl. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { PROJECT_ROOT } from '../files.js';
import {
  flag,
  integer,
  optional,
  optionFlag,
  readConfigFile,
  resolveOptions,
  text,
  type ConfigOf,
  type GivenOptions,
  type OptionTable,
} from '../runs/index.js';
import { ALGORITHMS, findAlgorithm, type AlgorithmConfig } from './algorithms.js';

/** What agents of all algorithms have. */
export const AGENT_OPTIONS = {
  env: text('environment', 'CartPole-v1'),
  agent: text('algorithm', 'ppo', Object.keys(ALGORITHMS)),
  steps: integer('steps of training, over all environments of an agent', 50_000, 1),
  evaluations: integer('evaluations during training, evenly spread', 10, 1, 1000),
  evalEpisodes: integer('episodes of an evaluation', 20, 1, 10_000),
  normalize: optional(flag('normalise what is seen by running statistics (embeddings yes, states no)', true)),
  size: integer('side of the pictures that encoders see, in pixels', 64, 8, 1024),
  stack: integer('pictures that are seen side by side', 3, 1, 16),
  flow: flag('see earlier pictures as how their embeddings changed', true),
  grid: integer('fields a side that each picture is cut into, to know what is where', 1, 1, 64),
  layer: optional(integer('stage of the encoder that is read (the last)', 4, 1, 4)),
};

export type AgentConfig = ConfigOf<typeof AGENT_OPTIONS> & AlgorithmConfig;

/** The flags of a command: an algorithm's own settings have no default before the algorithm is known. */
export const AGENT_FLAGS: OptionTable = { ...algorithmFlags(), ...AGENT_OPTIONS };

/** The settings that an algorithm has. */
export const agentTable = (agent: string): OptionTable => ({
  ...findAlgorithm(agent).options,
  ...AGENT_OPTIONS,
});

/**
 * The settings of an agent: defaults, then the recipe, then flags. The recipe is `file`, or what there is of
 * configs/rl/AGENT-ENV-pixels.json (if agents see pictures) and configs/rl/AGENT-ENV.json.
 * @throws UserError naming the flag or key, what was expected and what was found.
 */
export function resolveAgentConfig(
  flags: GivenOptions,
  file?: string,
  pictures = false,
): { config: AgentConfig; file?: string } {
  const named = file === undefined ? undefined : readConfigFile(AGENT_FLAGS, file);
  const given = (name: 'agent' | 'env') =>
    (flags[name] ?? named?.[name] ?? AGENT_OPTIONS[name].default) as string;
  const agent = given('agent');
  const table = agentTable(agent);
  const usual = [...(pictures ? ['-pixels'] : []), '']
    .map((kind) => join(PROJECT_ROOT, 'configs', 'rl', `${agent}-${given('env')}${kind}.json`))
    .find(existsSync);
  const recipe = file ?? usual ?? '';
  const options = named ?? (usual === undefined ? undefined : readConfigFile(table, usual));
  const foreign = Object.keys({ ...options, ...flags }).find(
    (name) => !(name in table) && (flags[name] ?? options?.[name]) !== undefined,
  );
  if (foreign !== undefined) {
    const owners = Object.keys(ALGORITHMS).filter((name) => foreign in ALGORITHMS[name].options);
    throw new UserError(
      `--${optionFlag(foreign)} is a setting of ${owners.join(' and ')}, not of ${agent}: leave it out, or change --agent.`,
    );
  }
  const config = resolveOptions(table, flags, options && { options, file: recipe }) as unknown as AgentConfig;
  return { config, file: options && recipe };
}

function algorithmFlags(): OptionTable {
  const flags: Record<string, OptionTable[string]> = {};
  for (const [algorithm, { options }] of Object.entries(ALGORITHMS)) {
    for (const [name, spec] of Object.entries(options)) {
      const before = flags[name]?.help ?? spec.help;
      const value = spec.default === undefined ? '' : ` ${spec.default as number}`;
      flags[name] = { ...optional(spec), help: `${before} [${algorithm}${value}]` };
    }
  }
  return flags;
}
