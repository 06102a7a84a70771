/**
 * @file `npm run envs`: the environments there are.
 *
 *   npm run envs
 *   npm run envs -- frozen
 *   npm run envs -- CartPole-v1 --json
 */
import { Command } from 'commander';
import { Dict, isBox, listEnvs, make, type EnvSpec, type Space } from '../envs/index.js';
import { unknownName } from '../errors.js';
import { formatTable } from '../report/index.js';
import { runCommand } from './command.js';

/** As the table has room for it: boxes without their bounds, dicts without their parts. */
function shortSpace(space: Space): string {
  if (space instanceof Dict) return `Dict(${Object.keys(space.spaces as object).join(', ')})`;
  if (!isBox(space)) return String(space);
  return `Box(${space.shape.join('x')}${space.dtype === 'float32' ? '' : `, ${space.dtype}`})`;
}

function describe(spec: EnvSpec) {
  const { id, description, maxEpisodeSteps = null, rewardThreshold = null, options = {} } = spec;
  const env = make(id);
  const { observationSpace, actionSpace, fps, screen = null } = env;
  env.close();
  const spaces = { observationSpace: String(observationSpace), actionSpace: String(actionSpace) };
  const short = { observations: shortSpace(observationSpace), actions: shortSpace(actionSpace) };
  return { id, description, ...spaces, maxEpisodeSteps, rewardThreshold, fps, screen, options, short };
}

type Description = ReturnType<typeof describe>;

const orNone = (value: number | null) => (value === null ? 'none' : String(value));

function listing(environments: readonly Description[]): string {
  const rows = environments.map(({ id, short, maxEpisodeSteps, rewardThreshold, description }) => [
    id,
    short.observations,
    short.actions,
    orNone(maxEpisodeSteps),
    orNone(rewardThreshold),
    description,
  ]);
  return formatTable([['Environment', 'Observations', 'Actions', 'Steps', 'Solved at', ''], ...rows], [3, 4]);
}

function details(environment: Description): string {
  const { id, description, observationSpace, actionSpace, maxEpisodeSteps, rewardThreshold } = environment;
  const { fps, screen, options } = environment;
  const settings = Object.entries(options).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [
    `${id}: ${description}`,
    '',
    formatTable([
      ['observations', observationSpace],
      ['actions', actionSpace],
      ['steps an episode', orNone(maxEpisodeSteps)],
      ['solved at', orNone(rewardThreshold)],
      ['screen', screen === null ? 'none' : `${screen.width} x ${screen.height}, ${fps} frames/s`],
      ['options', settings.length === 0 ? 'none' : settings.join(', ')],
    ]),
    '',
    `Use: make('${id}'${settings.length === 0 ? '' : ', { ... }'}). How it works: docs/environments.md.`,
  ].join('\n');
}

const command = new Command('envs')
  .description(
    'Lists the environments with their spaces, time limits and the returns at which they are solved.',
  )
  .argument('[name]', 'an id for all about one, or a part of the ids to list')
  .addHelpText(
    'after',
    '\nExamples:\n  npm run envs\n  npm run envs -- frozen\n  npm run envs -- CartPole-v1 --json',
  );

await runCommand(command, () => {
  const [name = ''] = command.args;
  const specs = listEnvs();
  const exact = specs.filter(({ id }) => id.toLowerCase() === name.toLowerCase());
  const found =
    exact.length > 0 ? exact : specs.filter(({ id }) => id.toLowerCase().includes(name.toLowerCase()));
  if (found.length === 0) {
    throw unknownName(
      'environment',
      name,
      specs.map(({ id }) => id),
    );
  }
  const environments = found.map(describe);
  console.log(found.length === 1 ? details(environments[0]) : listing(environments));
  return { environments: environments.map(({ short: _, ...rest }) => rest) };
});
