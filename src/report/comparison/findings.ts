/** @file The answer in sentences: which encoder is better at what, by how much, and what may be chance. */
import { compareArms, mannWhitney, probabilityOfImprovement, type Estimate } from '../statistics.js';
import type { ArmSummary } from '../arms.js';
import type { AgentComparison, Classification, Pair, Pretraining } from './load.js';

export const percent = (fraction: number, digits = 1) => `${(100 * fraction).toFixed(digits)} %`;
const points = (fraction: number) => (100 * Math.abs(fraction)).toFixed(1);
export const part = (labels: number) =>
  labels === 1 ? '' : `, ${percent(labels, labels < 0.01 ? 1 : 0)} of the labels`;

/** How the field writes a protocol's name. */
export const protocolName = (protocol: string) =>
  ({ knn: 'kNN', mlp: 'MLP', finetune: 'fine-tuning' })[protocol] ?? protocol;

/** Pairs whose 95 % interval has no zero in it. */
export const isSignificant = ({ interval: [low, high] }: Pair): boolean => low > 0 || high < 0;

/** Of each protocol: the best encoder, and how far it is above each of the others. */
export function classificationFindings({ rows, comparisons, dataset }: Classification): string[] {
  const groups = new Map<string, Classification['rows']>();
  for (const row of rows) {
    const key = `${protocolName(row.protocol)}${part(row.labels)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([name, members]) => {
    const [best, ...others] = [...members].sort((a, b) => b.accuracy - a.accuracy);
    const head = `${dataset}, ${name}: ${best.encoder} reaches ${percent(best.accuracy)} [${best.interval.map((bound) => percent(bound)).join(', ')}]`;
    const tails = others.map((other) => {
      const pair = comparisons.find(
        ({ first, second, protocol, labels }) =>
          protocol === best.protocol &&
          labels === best.labels &&
          ((first === best.encoder && second === other.encoder) ||
            (first === other.encoder && second === best.encoder)),
      );
      if (pair === undefined) return `${other.encoder} ${percent(other.accuracy)}`;
      const bounds = [...pair.interval].map((bound) => 100 * Math.abs(bound)).sort((a, b) => a - b);
      return isSignificant(pair)
        ? `${points(pair.difference)} points above ${other.encoder} [${bounds.map((bound) => bound.toFixed(1)).join(', ')}]`
        : `not significantly above ${other.encoder} (${percent(other.accuracy)}, difference ${points(pair.difference)} points)`;
    });
    return `${[head, ...tails].join('; ')}.`;
  });
}

/** The chance that a run of one arm is better than a run of another. */
export interface Duel {
  first: string;
  second: string;
  chance: Estimate;
  /** Of an exact rank test: with few runs the bootstrap's interval is too narrow to tell. */
  pValue: number;
}

/** A p-value below this is called significant. */
export const SIGNIFICANCE = 0.05;
const BOOTSTRAP = { seed: 0, resamples: 20_000 };

/** All pairs of arms. */
export function duels(comparison: AgentComparison): Duel[] {
  const present = comparison.arms.filter((arm) => comparison.runs.some((run) => run.arm === arm));
  return present.flatMap((first, i) =>
    present.slice(i + 1).map((second): Duel => {
      const [x, y] = [finalReturns(comparison, first), finalReturns(comparison, second)];
      const chance = compareArms([x], [y], probabilityOfImprovement, BOOTSTRAP);
      return { first, second, chance, pValue: mannWhitney(x, y) };
    }),
  );
}

/** The mean return of each of an arm's runs at its last evaluation. */
export function finalReturns({ runs }: AgentComparison, arm: string): number[] {
  return runs
    .filter((run) => run.arm === arm)
    .map(({ evaluations }) => {
      const { episodes } = evaluations[evaluations.length - 1];
      return episodes.reduce((sum, episode) => sum + episode.return, 0) / episodes.length;
    });
}

/** The best arm, and how sure it is against each of the others. */
export function agentFindings(comparison: AgentComparison, summaries: readonly ArmSummary[]): string[] {
  if (summaries.length === 0) return [];
  const [best] = [...summaries].sort((a, b) => b.iqm.value - a.iqm.value);
  const bounds = best.runs === 1 ? '(one run)' : `[${best.iqm.low.toFixed(1)}, ${best.iqm.high.toFixed(1)}]`;
  const head = `${comparison.env}, ${comparison.agent}: ${best.arm} reaches a return of ${best.iqm.value.toFixed(1)} ${bounds}`;
  const tails = duels(comparison)
    .filter(({ first, second }) => first === best.arm || second === best.arm)
    .map(({ first, second, chance, pValue }) => {
      const other = first === best.arm ? second : first;
      const better = first === best.arm ? chance.value : 1 - chance.value;
      const { iqm, runs } = summaries.find(({ arm }) => arm === other)!;
      const reached = `${other} (${iqm.value.toFixed(1)})`;
      const often = `in ${percent(better, 0)} of pairs of runs`;
      return pValue < SIGNIFICANCE
        ? `better than ${reached} ${often}`
        : `not significantly better than ${reached} with ${runs} ${runs === 1 ? 'seed' : 'seeds'} (${often})`;
    });
  return [`${[head, ...tails].join('; ')}.`];
}

/** What pretraining added to features that were there before it. */
export function pretrainingFindings({ name, summary, description }: Pretraining): string[] {
  const { knn, knnRandom, knnPixels } = summary;
  if (knn === undefined) return [];
  const before = [
    knnRandom !== undefined && `${percent(knnRandom)} before it learnt`,
    knnPixels !== undefined && `${percent(knnPixels)} by raw pixels`,
  ].filter((text) => text !== false);
  const against = before.length === 0 ? '' : `, ${before.join(', ')}`;
  return [`${description.dataset}, held-out kNN: ${name} reaches ${percent(knn)}${against}.`];
}
