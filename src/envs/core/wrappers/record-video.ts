/** @file Videos of episodes while an agent plays, as Gymnasium's RecordVideo takes them. */
import { join } from 'node:path';
import { UserError } from '../../../errors.js';
import { Recorder, type Facts, type FrameSize, type VideoReport } from '../../../recording/index.js';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.js';
import { Wrapper } from './wrapper.js';

export interface RecordVideoOptions extends FrameSize {
  /** Where the mp4s go, each with a JSON of its facts beside it. */
  folder: string;
  /** Whether to record the episode, counted from 0. Default: `cubicSchedule`, unless there is a step trigger. */
  episodeTrigger?: (episode: number) => boolean;
  /** Whether to begin a video after the step, counted from 0 over all episodes. */
  stepTrigger?: (step: number) => boolean;
  /** Frames of a video, which may span episodes. Default: the whole of one episode. */
  videoLength?: number;
  /** What the names begin with. Default: the environment's id. */
  namePrefix?: string;
  /** Frames a second. Default: the environment's. */
  fps?: number;
  /** Further facts for the JSON, such as the policy's name. */
  facts?: Facts;
}

/** Episodes 0, 1, 8, 27, ... up to 1000, then every thousandth, as Gymnasium's. */
export function cubicSchedule(episode: number): boolean {
  return episode < 1000 ? Math.round(Math.cbrt(episode)) ** 3 === episode : episode % 1000 === 0;
}

/**
 * Records the episodes that a trigger chooses, as PREFIX-episode-N.mp4 or PREFIX-step-N.mp4. Frames are encoded by
 * another process as they are drawn; it also finishes the video if this one is killed.
 *
 * @example
 * const env = new RecordVideo(make('LunarLander-v3'), { folder: 'recordings/LunarLander-v3' });
 * // ... play ...
 * env.close();
 * console.log(env.videos);
 */
export class RecordVideo<Observation, Action> extends Wrapper<Observation, Action> {
  /** The finished ones; all of them are here after `close`. */
  readonly videos: VideoReport[] = [];
  private readonly recorder = new Recorder();
  private recording = false;
  private episode = -1;
  private steps = -1;
  private seed: number | undefined;
  /** Of the video: frames, rewards and steps so far. */
  private frames = 0;
  private return = 0;
  private length = 0;

  /** @throws UserError for an environment that draws nothing, or a videoLength that is no whole number from 1. */
  constructor(
    env: Env<Observation, Action>,
    private readonly options: RecordVideoOptions,
  ) {
    super(env);
    if (env.screen === undefined || env.draw === undefined) {
      throw new UserError(
        'RecordVideo expects an environment that can be seen: give it a `screen` and a method `draw(painter)`.',
      );
    }
    const { videoLength = 1, episodeTrigger, stepTrigger } = options;
    if (!Number.isInteger(videoLength) || videoLength < 1) {
      throw new UserError(`RecordVideo: videoLength expects a whole number from 1, found ${videoLength}.`);
    }
    if (episodeTrigger === undefined && stepTrigger === undefined) {
      this.options = { ...options, episodeTrigger: cubicSchedule };
    }
  }

  override reset(options: ResetOptions = {}): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.episode++;
    this.seed = options.seed;
    const { videoLength, episodeTrigger } = this.options;
    if (videoLength === undefined) this.stop();
    if (episodeTrigger?.(this.episode) === true) this.begin(`episode-${this.episode}`);
    if (this.recording) this.capture({});
    return result;
  }

  override step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    this.steps++;
    const { reward, terminated, truncated } = result;
    this.return += reward;
    this.length++;
    if (this.options.stepTrigger?.(this.steps) === true) this.begin(`step-${this.steps}`);
    if (!this.recording) return result;
    this.capture({ return: this.return, length: this.length, terminated, truncated });
    if ((terminated || truncated) && this.options.videoLength === undefined) this.stop();
    return result;
  }

  /** Waits until all videos are finished. @throws UserError when one could not be. */
  override close(): void {
    this.recording = false;
    try {
      this.videos.push(...this.recorder.close());
    } finally {
      this.env.close();
    }
  }

  private begin(name: string): void {
    const { env, episode, seed, options } = this;
    const { folder, namePrefix = env.spec?.id ?? env.unwrapped.constructor.name, facts } = options;
    const { screen, spec } = env;
    if (screen === undefined) return;
    this.stop();
    this.recorder.start({
      path: join(folder, `${namePrefix.replaceAll('/', '-')}-${name}.mp4`),
      screen,
      fps: options.fps ?? env.fps,
      width: options.width,
      height: options.height,
      facts: { env: spec?.id, options: spec?.options, episode, seed, ...facts },
    });
    this.recording = true;
    this.frames = this.return = this.length = 0;
  }

  private capture(facts: Facts): void {
    try {
      this.recorder.frame((painter) => this.env.draw?.(painter), facts);
    } catch (error) {
      // Told once; the agent may go on without the video.
      this.recording = false;
      throw error;
    }
    if (++this.frames === this.options.videoLength) this.stop();
  }

  private stop(): void {
    if (this.recording) this.recorder.finish();
    this.recording = false;
  }
}
