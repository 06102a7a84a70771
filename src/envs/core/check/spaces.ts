/** @file Checks of the two spaces. */
import type { Env } from '../env.js';
import { isBox, Space, type Box, type BoxDtype } from '../spaces/index.js';
import { copyOf, equalIn, type Report } from './report.js';

const SAMPLES = 5;

/** Whether both are spaces whose samples are in them and survive batches; nothing else can be checked otherwise. */
export function checkSpaces(env: Env, report: Report): boolean {
  for (const name of ['observationSpace', 'actionSpace'] as const) {
    const space: unknown = env[name];
    if (!(space instanceof Space)) {
      report.error(
        `${name} is missing: give the environment a space, such as \`${name} = new Discrete(2)\`.`,
      );
      continue;
    }
    report.attempt(`${name}.sample()`, () => checkSamples(name, space, report));
  }
  const { actionSpace, observationSpace } = env;
  if (isBox(actionSpace)) checkActionBounds(actionSpace, report);
  if (isBox(observationSpace)) checkPicture(observationSpace, report);
  return report.errors.length === 0;
}

function checkSamples(name: string, space: Space, report: Report): void {
  space.seed(0);
  const samples = Array.from({ length: SAMPLES }, () => space.sample());
  for (const sample of samples) {
    if (!space.contains(sample))
      report.error(`${name}.sample() draws values that ${name}.contains() refuses.`);
    else if (!equalIn(space, sample, copyOf(space, sample)))
      report.error(`${name}: take() does not give back what put() wrote to a batch.`);
    const flat = space.flatten(sample);
    if (flat.length !== space.flatSize) {
      report.error(`${name}: flatten() gives ${flat.length} numbers, but flatSize is ${space.flatSize}.`);
    } else if (!equalIn(space, sample, space.unflatten(flat))) {
      report.error(`${name}: unflatten() does not give back what flatten() wrote.`);
    }
  }
  space.seed(0);
  if (!samples.every((sample) => equalIn(space, sample, space.sample()))) {
    report.error(`${name}: the same seed() does not give the same samples; draw from the space's generator.`);
  }
}

function checkActionBounds({ low, high }: Box<BoxDtype>, report: Report): void {
  if (low.some((value) => value === -Infinity) || high.some((value) => value === Infinity)) {
    report.warning(
      'actionSpace has no finite bounds: agents scale their outputs to the bounds, so give it some.',
    );
  }
}

function checkPicture({ shape, dtype, low, high }: Box<BoxDtype>, report: Report): void {
  if (shape.length !== 3) return;
  if (dtype !== 'uint8' || low.some((value) => value !== 0) || high.some((value) => value !== 255)) {
    report.warning(
      'observationSpace looks like pictures but is not bytes from 0 to 255: wrappers and encoders expect those.',
    );
  }
}
