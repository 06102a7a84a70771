/**
 * @file The loop in which an agent learns: play, remember, learn; every so often an evaluation and a checkpoint. All
 * environments begin anew at these, with seeds drawn from the run's, so that a run which goes on from a checkpoint is
 * bit for bit the run that was not stopped.
 */
import { setImmediate } from 'node:timers/promises';
import type { Generator } from '../random/index.js';
import type { Metrics } from '../runs/index.js';
import type { Agent } from './agent.js';
import type { SeededEpisode } from './evaluate.js';
import type { Perception } from './perception.js';
import type { Frames } from './replay/index.js';
import type { Episode, World } from './world.js';

/** What evaluations found, in order. */
export interface Evaluation {
  /** Steps of training before it, over all environments. */
  step: number;
  episodes: SeededEpisode[];
}

/** Where training stands; survives JSON. */
export interface TrainingProgress {
  step: number;
  episodes: number;
  /** Spent on training and evaluation, over all processes. */
  seconds: number;
  evaluations: Evaluation[];
}

export interface TrainingParts {
  agent: Agent;
  world: World;
  perception: Perception;
  /** Draws the environments' seeds. */
  seeds: Generator;
  /** Plays evaluation episodes. */
  evaluate: () => SeededEpisode[];
}

export interface TrainingPlan {
  numEnvs: number;
  /** Over all environments. */
  steps: number;
  /** Steps between evaluations. */
  evaluateEvery: number;
  /** Steps between records of metrics. */
  recordEvery: number;
  signal: AbortSignal;
  onMetrics?: (step: number, metrics: Metrics) => void;
  /** Called several times a second; `recent` is the mean return of the last episodes, if any have ended. */
  onProgress?: (step: number, recent: number | undefined) => void;
  /** After an evaluation: the time to write a checkpoint. */
  onEvaluation?: (progress: TrainingProgress) => void | Promise<void>;
}

/** So often the event loop gets its turn, for signals, messages and progress. */
const TURN_MILLISECONDS = 50;
/** Episodes whose mean return is shown. */
const RECENT = 20;
const SEED_LIMIT = 2 ** 31;

/**
 * Trains from where `progress` stands to the end, or to the evaluation after the signal.
 * @returns whether it came to the end; `progress` tells the rest
 * @throws DivergedError
 */
export async function trainAgent(
  { agent, world, perception, seeds, evaluate }: TrainingParts,
  progress: TrainingProgress,
  plan: TrainingPlan,
): Promise<boolean> {
  const { numEnvs, steps, evaluateEvery, recordEvery, signal } = plan;
  const recent: number[] = [];
  let [turn, since, sinceStep] = [performance.now(), performance.now(), progress.step];
  let begun = performance.now();
  let ended: Episode[] = [];
  let losses: Metrics = {};

  const finishStretch = async () => {
    progress.evaluations.push({ step: progress.step, episodes: evaluate() });
    progress.seconds += (performance.now() - begun) / 1000;
    begun = performance.now();
    plan.onMetrics?.(progress.step, evaluationMetrics(progress.evaluations.at(-1)!));
    await plan.onEvaluation?.(progress);
  };

  if (progress.evaluations.length === 0) await finishStretch();
  while (progress.step < steps) {
    if (signal.aborted) return false;
    const next = Math.min(steps, (Math.floor(progress.step / evaluateEvery) + 1) * evaluateEvery);
    const first: Frames = world.reset(Array.from({ length: numEnvs }, () => seeds.integers(0, SEED_LIMIT)));
    agent.begin(first);
    perception.see(first);
    perception.learn();
    while (progress.step < next) {
      const outcome = world.step(agent.explore(perception.inputs()));
      agent.observe(outcome);
      const ends = outcome.terminated.map((value, env) => value | outcome.truncated[env]);
      perception.see(outcome.nextFrames, ends);
      perception.learn();
      const before = progress.step;
      progress.step += numEnvs;
      for (const episode of outcome.episodes) {
        ended.push(episode);
        recent.push(episode.return);
        if (recent.length > RECENT) recent.shift();
      }
      losses = agent.learn() ?? losses;
      const now = performance.now();
      if (Math.floor(progress.step / recordEvery) > Math.floor(before / recordEvery)) {
        const speed = { 'charts/SPS': (1000 * (progress.step - sinceStep)) / (now - since) };
        plan.onMetrics?.(progress.step, { ...episodeMetrics(ended), ...losses, ...speed });
        progress.episodes += ended.length;
        [ended, since, sinceStep] = [[], now, progress.step];
      }
      if (now - turn < TURN_MILLISECONDS) continue;
      plan.onProgress?.(progress.step, recent.length === 0 ? undefined : mean(recent));
      await setImmediate();
      turn = performance.now();
      if (signal.aborted) return false;
    }
    agent.leave();
    await finishStretch();
  }
  return true;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function episodeMetrics(episodes: readonly Episode[]): Metrics {
  if (episodes.length === 0) return {};
  return {
    'charts/episodic_return': mean(episodes.map((episode) => episode.return)),
    'charts/episodic_length': mean(episodes.map(({ length }) => length)),
  };
}

function evaluationMetrics({ episodes }: Evaluation): Metrics {
  return {
    'eval/episodic_return': mean(episodes.map((episode) => episode.return)),
    'eval/episodic_length': mean(episodes.map(({ length }) => length)),
  };
}
