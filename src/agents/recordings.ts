/**
 * @file Videos of what a comparison came to: of every arm its best and its median episode, which their seeds play again,
 * and all arms side by side in the same episode.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { RecordVideo, type Env, type Policy } from '../envs/index.js';
import {
  drawText,
  Recorder,
  textWidth,
  Viewport,
  type Painter,
  type Screen,
  type VideoReport,
} from '../recording/index.js';
import { jobFolder } from './comparison.js';
import { AGENT_FILE, loadAgent, type JobResult } from './job.js';
import { finalReturn } from './saved.js';

export interface RecordingPlan {
  env: string;
  agent: string;
  /** Arms in their order. */
  arms: readonly string[];
  results: readonly JobResult[];
  /** Of the comparison. */
  folder: string;
  /** Videos go here, those of an arm to a folder of its name. */
  output: string;
  /** What the names of files begin with. */
  name: string;
  engine: string;
  /** No further video is begun after it. */
  signal: AbortSignal;
  onVideo?: (title: string) => void;
}

/** The event loop gets its turn after so many steps. */
const STEPS_A_TURN = 16;

/** Records all videos of a comparison, those of arms without results left out. @returns the videos that were made */
export async function recordComparison(plan: RecordingPlan): Promise<VideoReport[]> {
  const { arms, results, output, name, signal, onVideo } = plan;
  const present = arms.filter((arm) => results.some((result) => result.arm === arm));
  const videos: VideoReport[] = [];
  for (const arm of present) {
    for (const [which, episode] of Object.entries(notable(results.filter((result) => result.arm === arm)))) {
      if (signal.aborted) return videos;
      onVideo?.(`${which} episode of ${arm}`);
      videos.push(...(await recordEpisode(plan, { arm, ...episode }, join(output, arm), `${name}-${which}`)));
    }
  }
  if (present.length > 1 && !signal.aborted) {
    onVideo?.('all arms side by side');
    videos.push(...(await recordSideBySide(plan, present, join(output, `${name}-arms.mp4`))));
  }
  return videos;
}

interface FoundEpisode {
  agentSeed: number;
  seed: number;
  return: number;
}

/** Of the last evaluations of an arm's agents, the best episode and the median one. */
function notable(results: readonly JobResult[]): { best: FoundEpisode; median: FoundEpisode } {
  const episodes = results
    .flatMap(({ seed: agentSeed, evaluations }) =>
      evaluations[evaluations.length - 1].episodes.map((episode) => ({ ...episode, agentSeed })),
    )
    .sort((a, b) => a.return - b.return);
  return { best: episodes[episodes.length - 1], median: episodes[(episodes.length - 1) >> 1] };
}

async function recordEpisode(
  { agent, folder, engine }: RecordingPlan,
  { arm, agentSeed, seed }: FoundEpisode & { arm: string },
  place: string,
  namePrefix: string,
): Promise<VideoReport[]> {
  const { assembly } = await loadAgent(join(jobFolder(folder, arm, agentSeed), AGENT_FILE), engine);
  const facts = { policy: `${agent}, ${arm}`, agentSeed };
  const options = { folder: place, namePrefix, facts, episodeTrigger: () => true };
  const recorded = new RecordVideo(assembly.makeEnv(), options);
  const stage = new Stage(recorded, assembly.policy(recorded), seed);
  try {
    while (!stage.ended) {
      stage.step();
      if (stage.length % STEPS_A_TURN === 0) await setImmediate();
    }
  } finally {
    recorded.close();
    assembly.close();
  }
  return recorded.videos;
}

/** Every arm's median agent in the same episode, each in its own part of the picture. */
async function recordSideBySide(
  { env, agent, results, folder, engine }: RecordingPlan,
  arms: readonly string[],
  path: string,
): Promise<VideoReport[]> {
  const { seed } = results[0].evaluations[0].episodes[0];
  const assemblies = [];
  const stages: Stage[] = [];
  const recorder = new Recorder();
  try {
    for (const arm of arms) {
      const own = results.filter((result) => result.arm === arm);
      own.sort((a, b) => finalReturn(a) - finalReturn(b));
      const { seed: agentSeed } = own[(own.length - 1) >> 1];
      const { assembly } = await loadAgent(join(jobFolder(folder, arm, agentSeed), AGENT_FILE), engine);
      assemblies.push(assembly);
      const stageEnv = assembly.makeEnv();
      stages.push(new Stage(stageEnv, assembly.policy(stageEnv), seed));
    }
    const grid = new Grid(arms, stages);
    const { screen, size } = grid;
    const facts = { env, policy: `${agent}: ${arms.join(', ')}`, seed };
    recorder.start({ path, screen, ...size, fps: stages[0].env.fps, facts });
    recorder.frame((painter) => grid.draw(painter));
    for (let step = 1; stages.some(({ ended }) => !ended); step++) {
      for (const stage of stages) if (!stage.ended) stage.step();
      recorder.frame((painter) => grid.draw(painter));
      if (step % STEPS_A_TURN === 0) await setImmediate();
    }
    recorder.finish();
    return recorder.close();
  } finally {
    recorder.close();
    for (const assembly of assemblies) assembly.close();
  }
}

/** An agent in an episode. */
class Stage {
  return = 0;
  length = 0;
  ended = false;
  private observation: unknown;

  constructor(
    readonly env: Env,
    private readonly policy: Policy,
    seed: number,
  ) {
    this.observation = env.reset({ seed }).observation;
  }

  step(): void {
    const { observation, reward, terminated, truncated } = this.env.step(this.policy(this.observation));
    this.observation = observation;
    this.return += reward;
    this.length++;
    this.ended = terminated || truncated;
  }
}

/** Height of a label and of its letters, in parts of the height of an environment's screen. */
const [LABEL, LETTERS] = [0.1, 0.045];
const [PAPER, INK, ENDED_INK, BORDER] = [0xffffff, 0x1f2937, 0x9ca3af, 0xd1d5db];
/** The widest picture, in pixels. */
const MAX_WIDTH = 1280;

/** Stages in rows and columns, each below its title and running return. */
class Grid {
  readonly screen: Screen;
  /** Of the video, in pixels. */
  readonly size: Screen;
  private readonly cell: Screen;
  private readonly columns: number;

  constructor(
    private readonly titles: readonly string[],
    private readonly stages: readonly Stage[],
  ) {
    const { width, height } = stages[0].env.screen!;
    this.cell = { width, height: height * (1 + LABEL) };
    this.columns = Math.ceil(Math.sqrt(stages.length));
    const rows = Math.ceil(stages.length / this.columns);
    this.screen = { width: width * this.columns, height: this.cell.height * rows };
    const scale = Math.min(1, MAX_WIDTH / this.screen.width);
    this.size = {
      width: Math.round(scale * this.screen.width),
      height: Math.round(scale * this.screen.height),
    };
  }

  draw(painter: Painter): void {
    painter.clear(PAPER);
    this.stages.forEach((stage, i) => {
      const { width, height } = stage.env.screen!;
      const x = (i % this.columns) * this.cell.width;
      const y = Math.floor(i / this.columns) * this.cell.height;
      const top = y + this.cell.height - height;
      stage.env.draw?.(new Viewport(painter, { width, height }, { x, y: top, scale: 1 }));
      const label = `${this.titles[i]}: ${stage.return.toFixed(1)}`;
      const letters = Math.min(LETTERS * height, (0.95 * width) / textWidth(label, 1));
      if (x > 0) painter.line(x, y, x, y + this.cell.height, 2, BORDER);
      const ink = stage.ended ? ENDED_INK : INK;
      drawText(painter, label, x + width / 2, y + (LABEL * height - letters) / 2, letters, ink, {
        align: 0.5,
      });
    });
  }
}
