/**
 * @file One agent of a comparison: an arm and a seed. A folder of its own holds its metrics, its newest checkpoint, the
 * agent, and at the end result.json; so a job that was stopped goes on, and one that has ended is not done again.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSafetensors, saveSafetensors } from '../encoders/index.js';
import { CheckpointMismatchError } from '../errors.js';
import { writeFileAtomic } from '../files.js';
import type { GeneratorState } from '../random/index.js';
import { checkpointFiles, MetricsLog } from '../runs/index.js';
import { useEngine } from '../tensor/index.js';
import type { Arm } from './arms.js';
import { assemble, type Assembly } from './assemble.js';
import type { NormalizerState } from './normalizer.js';
import type { AgentConfig } from './options.js';
import { trainAgent, type Evaluation, type TrainingProgress } from './training.js';

export interface Job {
  config: AgentConfig;
  arm: Arm;
  seed: number;
  folder: string;
  /** What computes embeddings. */
  engine: string;
  /** Threads of the engine. */
  threads: number;
}

export interface JobResult {
  arm: string;
  seed: number;
  seconds: number;
  /** Every episode of every evaluation. */
  evaluations: Evaluation[];
}

/** Told several times a second. */
export type JobProgress = (step: number, recent: number | undefined) => void;

/** The file of a trained agent within its folder. */
export const AGENT_FILE = 'agent.safetensors';

/** What a checkpoint says beside its tensors. */
interface CheckpointNotes {
  agent: Record<string, unknown>;
  seeds: GeneratorState;
  normalizer?: NormalizerState;
  progress: TrainingProgress;
}

/** The result of a job that has ended, if its folder has one. */
export function finishedJob(folder: string): JobResult | undefined {
  const path = join(folder, 'result.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as JobResult) : undefined;
}

/**
 * Trains an agent from its newest checkpoint, or from the beginning, to its end.
 * @throws UserError, DivergedError, CheckpointMismatchError, EngineError
 */
export async function runJob(
  { config, arm, seed, folder, engine, threads }: Job,
  onProgress: JobProgress,
): Promise<JobResult> {
  if (arm.kind !== 'state') await useEngine(engine, { threads });
  const assembly = assemble(config, arm, seed);
  const checkpoints = join(folder, 'checkpoints');
  const progress = restore(assembly, checkpointFiles(checkpoints)[0]);
  writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify({ config, arm, seed }, null, 2)}\n`);
  const metrics = new MetricsLog(folder, progress.step);
  try {
    await trainAgent(assembly, progress, {
      numEnvs: assembly.numEnvs,
      steps: config.steps,
      evaluateEvery: config.steps / config.evaluations,
      recordEvery: Math.max(1, Math.floor(config.steps / 200)),
      signal: new AbortController().signal,
      onProgress,
      onMetrics: (step, values) => metrics.append({ step, epoch: step / config.steps, metrics: values }),
      onEvaluation: () => save(assembly, progress, checkpoints),
    });
    await saveAgent(assembly, { config, arm, seed }, join(folder, AGENT_FILE));
    const result = { arm: arm.name, seed, seconds: progress.seconds, evaluations: progress.evaluations };
    writeFileAtomic(join(folder, 'result.json'), `${JSON.stringify(result)}\n`);
    rmSync(checkpoints, { recursive: true, force: true });
    return result;
  } finally {
    assembly.close();
  }
}

/** What acting needs: the policy, the statistics that it normalises by, and what it was trained for. */
async function saveAgent(
  { agent, perception }: Assembly,
  description: { config: AgentConfig; arm: Arm; seed: number },
  path: string,
): Promise<void> {
  const notes = { ...description, normalizer: perception.getState() };
  saveSafetensors(path, await agent.policy(), { agent: JSON.stringify(notes) });
}

/** An agent from its file, in an assembly of its own. @throws CheckpointMismatchError for a file that is none. */
export async function loadAgent(path: string, engine: string) {
  const { tensors, metadata } = loadSafetensors(path);
  if (metadata.agent === undefined) {
    throw new CheckpointMismatchError(
      `${path} is not an agent's file: expected the entry "agent" in its metadata.`,
    );
  }
  const { config, arm, seed, normalizer } = JSON.parse(metadata.agent) as {
    config: AgentConfig;
    arm: Arm;
    seed: number;
    normalizer?: NormalizerState;
  };
  if (arm.kind !== 'state') await useEngine(engine);
  const assembly = assemble(config, arm, seed);
  assembly.agent.loadPolicy(tensors);
  assembly.perception.setState(normalizer);
  return { assembly, config, arm, seed };
}

async function save(
  { agent, seeds, perception }: Assembly,
  progress: TrainingProgress,
  folder: string,
): Promise<void> {
  const { tensors, json } = await agent.state();
  const notes: CheckpointNotes = {
    agent: json,
    seeds: seeds.getState(),
    normalizer: perception.getState(),
    progress,
  };
  const name = `step-${String(progress.step).padStart(8, '0')}.safetensors`;
  saveSafetensors(join(folder, name), tensors, { notes: JSON.stringify(notes) });
  for (const old of checkpointFiles(folder).slice(1)) rmSync(old, { force: true });
}

function restore({ agent, seeds, perception }: Assembly, path: string | undefined): TrainingProgress {
  if (path === undefined) return { step: 0, episodes: 0, seconds: 0, evaluations: [] };
  const { tensors, metadata } = loadSafetensors(path);
  const notes = JSON.parse(metadata.notes) as CheckpointNotes;
  agent.restore({ tensors, json: notes.agent });
  seeds.setState(notes.seeds);
  perception.setState(notes.normalizer);
  return notes.progress;
}
