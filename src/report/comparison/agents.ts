/** @file The report's section on agents: returns, learning curves, profiles, pairs. */
import { armCurves, armProfile, summariseArms, type ArmSummary } from '../arms.js';
import type { Block, Measurement, Section } from './document.js';
import { duels, percent, SIGNIFICANCE } from './findings.js';
import type { AgentComparison } from './load.js';
import { madeBy } from './provenance.js';

export function agentsSection(comparison: AgentComparison, summaries: readonly ArmSummary[]): Section {
  const { env, agent, steps, runs, arms } = comparison;
  const title = `Agents: ${env}, ${agent}`;
  if (summaries.length === 0) {
    return { title, blocks: [{ kind: 'text', text: 'No agent has come to its end.' }] };
  }
  const { episodes } = runs[0].evaluations[runs[0].evaluations.length - 1];
  const blocks: Block[] = [
    {
      kind: 'text',
      text:
        `${steps.toLocaleString('en')} environment steps an agent; returns are means of ${episodes.length} evaluation ` +
        'episodes after the last step. IQM: mean of the middle half of the runs, with its 95 % bootstrap interval over runs.',
    },
    {
      kind: 'table',
      table: {
        caption: 'Returns at the end',
        header: ['arm', 'IQM', '95 %', 'mean', 'median', 'lowest', 'runs', 'minutes a run'],
        rows: summaries.map((summary) => [
          summary.arm,
          summary.iqm.value.toFixed(1),
          summary.runs === 1 ? '' : `${summary.iqm.low.toFixed(1)} to ${summary.iqm.high.toFixed(1)}`,
          summary.mean.toFixed(1),
          summary.median.toFixed(1),
          summary.lowest.toFixed(1),
          String(summary.runs),
          (summary.secondsPerRun / 60).toFixed(1),
        ]),
      },
    },
    {
      kind: 'figure',
      title: `Learning curves, ${env}`,
      svg: armCurves(`Learning curves, ${env}`, runs, arms),
      data: {
        caption: 'Mean return over runs at each evaluation',
        header: ['arm', 'step', 'mean return', 'runs'],
        rows: summaries.flatMap(({ arm }) => meanCurve(comparison, arm)),
      },
    },
  ];
  if (summaries.some((summary) => summary.runs > 1)) {
    blocks.push({
      kind: 'figure',
      title: `Performance profiles, ${env}`,
      svg: armProfile(`Performance profiles, ${env}`, runs, arms),
    });
  }
  const pairs = duels(comparison);
  if (pairs.length > 0) {
    blocks.push({
      kind: 'table',
      table: {
        caption: 'The chance that a run of the first arm is better than one of the second',
        header: ['pair', 'chance', '95 %', 'p (Mann-Whitney, exact)', 'significant'],
        rows: pairs.map(({ first, second, chance, pValue }) => [
          `${first} – ${second}`,
          percent(chance.value, 0),
          `${percent(chance.low, 0)} to ${percent(chance.high, 0)}`,
          pValue.toFixed(3),
          pValue < SIGNIFICANCE ? 'yes' : 'no',
        ]),
      },
    });
  }
  blocks.push(madeBy(comparison));
  return { title, blocks };
}

export const summariesOf = ({ runs, arms }: AgentComparison): ArmSummary[] => summariseArms(runs, arms);

function meanCurve({ runs }: AgentComparison, arm: string): string[][] {
  const own = runs.filter((run) => run.arm === arm);
  return own[0].evaluations.map(({ step }, i) => {
    const returns = own.flatMap(({ evaluations }) => evaluations[i]?.episodes.map((one) => one.return) ?? []);
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    return [arm, String(step), mean.toFixed(1), String(own.length)];
  });
}

export const agentsMeasurements = (
  { name, env, agent }: AgentComparison,
  summaries: readonly ArmSummary[],
): Measurement[] =>
  summaries.flatMap(({ arm, iqm, mean, runs, secondsPerRun }) => {
    const common = { run: name, task: env, arm, method: agent, seeds: runs };
    return [
      { ...common, metric: 'return_iqm', ...iqm },
      { ...common, metric: 'return_mean', value: mean },
      { ...common, metric: 'seconds_per_run', value: secondsPerRun },
    ];
  });
