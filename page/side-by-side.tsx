/** @file Several recordings with one set of controls, at the same moment of their episodes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Recording } from '../src/dashboard/api.js';
import { compact, fileUrl } from './format.js';

/** A video that is further from the common time, in seconds, is set to it; less is made up by its speed. */
const MOST_APART = 0.25;
/** Per second that a video is behind, how much faster it plays. */
const CATCH_UP = 2;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

export function SideBySide({
  recordings,
  onClear,
}: {
  recordings: readonly Recording[];
  onClear: () => void;
}) {
  const videos = useRef<(HTMLVideoElement | null)[]>([]);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [time, setTime] = useState(0);
  const length = Math.max(...recordings.map(({ seconds }) => seconds));
  const frame = 1 / Math.max(...recordings.map(({ fps }) => fps));

  /** The common time, which videos are held to. */
  const clock = useRef(0);
  useEffect(() => {
    if (!playing) return undefined;
    let before = performance.now();
    let request = requestAnimationFrame(function tick(now) {
      // A video that is still loading holds the others.
      const waits = videos.current.some((video) => video !== null && video.readyState < 2);
      if (!waits) clock.current += ((now - before) / 1000) * speed;
      before = now;
      if (clock.current >= length) clock.current = 0;
      for (const video of videos.current) if (video !== null) hold(video, clock.current, waits ? 0 : speed);
      setTime(clock.current);
      request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [playing, speed, length]);

  const pause = () => {
    setPlaying(false);
    for (const video of videos.current) video?.pause();
  };
  const seek = (seconds: number) => {
    clock.current = Math.min(Math.max(0, seconds), length);
    setTime(clock.current);
    for (const video of videos.current) if (video !== null) video.currentTime = within(video, clock.current);
  };
  const step = (frames: number) => {
    pause();
    seek(clock.current + frames * frame);
  };
  return (
    <section class="side-by-side" aria-label="Side by side">
      <div class="videos">
        {recordings.map((recording, i) => (
          <figure key={recording.path}>
            <video
              ref={(video) => {
                videos.current[i] = video;
              }}
              src={fileUrl('recordings', recording.path)}
              aria-label={`${recording.env}, ${recording.arm}: ${recording.path}`}
              preload="auto"
              muted
              playsInline
            />
            <figcaption>
              {recording.env}, {recording.arm}
              {recording.return !== undefined &&
                ` · return ${compact(Math.round(recording.return * 100) / 100)}`}
              {time > recording.seconds && <span class="muted"> · has ended</span>}
            </figcaption>
          </figure>
        ))}
      </div>
      <div class="controls">
        <button type="button" class="primary" onClick={() => (playing ? pause() : setPlaying(true))}>
          {playing ? 'Pause' : 'Play'}
        </button>
        <button type="button" onClick={() => step(-1)}>
          −1<span class="hidden"> frame</span>
        </button>
        <button type="button" onClick={() => step(1)}>
          +1<span class="hidden"> frame</span>
        </button>
        <input
          type="range"
          aria-label="Time in seconds"
          min="0"
          max={length}
          step={frame}
          value={time}
          onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
        />
        <output>
          {time.toFixed(2)} / {length.toFixed(1)} s
        </output>
        <label>
          Speed{' '}
          <select value={speed} onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}>
            {SPEEDS.map((value) => (
              <option key={value} value={value}>
                {value}×
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={onClear}>
          Close
        </button>
      </div>
    </section>
  );
}

/** A time that the video has: its last frame once it has ended. */
const within = (video: HTMLVideoElement, time: number) =>
  Number.isFinite(video.duration) ? Math.min(time, video.duration) : time;

/** Holds a playing video to the common time. */
function hold(video: HTMLVideoElement, time: number, speed: number): void {
  const behind = within(video, time) - video.currentTime;
  if (Math.abs(behind) > MOST_APART) video.currentTime = within(video, time);
  const hasEnded = time >= video.duration;
  if (speed === 0 || hasEnded) {
    if (!video.paused) video.pause();
    return;
  }
  video.playbackRate = Math.min(8, Math.max(0.1, speed * (1 + CATCH_UP * behind)));
  if (video.paused) video.play().catch(() => undefined); // refused while it is being replaced
}
