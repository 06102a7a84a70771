/** @file Which canvas and which video encoder this installation has, and why not the others: `npm run doctor` tells. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { UserError } from '../errors.js';
import { packageVersion } from '../files.js';

const require = createRequire(import.meta.url);

/** What was chosen of several; nothing, when there is none. */
export interface Choice {
  name?: string;
  version?: string;
  /** Of a program. */
  path?: string;
  /** One line on each that was not taken. */
  others: Record<string, string>;
}

/** A candidate: its version and path where it can be used, else the reason why not. */
type Candidate = [name: string, found: { version: string; path?: string } | string];

function choose(candidates: readonly Candidate[]): Choice {
  const choice: Choice = { others: {} };
  for (const [name, found] of candidates) {
    if (typeof found === 'string') choice.others[name] = found;
    else if (choice.name === undefined) Object.assign(choice, { name, ...found });
    else choice.others[name] = `works (${found.version})`;
  }
  return choice;
}

/** The canvas package that paints: `canvas` where someone has compiled it, else `@napi-rs/canvas`, a binary from npm. */
export function chooseCanvas(): Choice {
  return choose(['canvas', '@napi-rs/canvas'].map((name) => [name, examineCanvas(name)]));
}

function examineCanvas(name: string): { version: string } | string {
  const version = packageVersion(name);
  if (version === undefined) return `not installed: npm install ${name}`;
  if (name === 'canvas' && !isMainThread) return 'not safe in worker threads';
  try {
    require(name);
    return { version };
  } catch (error) {
    return `installed, but does not load: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** The name of the encoder that needs no ffmpeg. */
export const WASM_ENCODER = 'h264-mp4-encoder';

/**
 * What writes videos: the ffmpeg that FFMPEG_BIN names, the package ffmpeg-static's, the system's, else an encoder in
 * WebAssembly. What a user names comes before what was installed.
 */
export function chooseVideoEncoder(environment: NodeJS.ProcessEnv = process.env): Choice {
  const named = environment.FFMPEG_BIN ?? '';
  const packaged =
    packageVersion('ffmpeg-static') === undefined ? null : (require('ffmpeg-static') as string | null);
  const wasm = packageVersion(WASM_ENCODER);
  return choose([
    ['FFMPEG_BIN', named === '' ? 'not set' : examineFfmpeg(named, `cannot be run: ${named}`)],
    [
      'ffmpeg-static',
      packaged === null || !existsSync(packaged)
        ? `${packaged === null ? 'not installed' : 'its download failed'}: npm install ffmpeg-static`
        : examineFfmpeg(packaged, `cannot be run: ${packaged}`),
    ],
    [
      'system ffmpeg',
      examineFfmpeg('ffmpeg', 'not found (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg)'),
    ],
    [WASM_ENCODER, wasm === undefined ? `not installed: npm install ${WASM_ENCODER}` : { version: wasm }],
  ]);
}

/** Programs that can be used: asking one takes as long as encoding 30 frames. */
const usable = new Map<string, { version: string; path: string }>();

function examineFfmpeg(path: string, otherwise: string): { version: string; path: string } | string {
  const found = usable.get(path) ?? askFfmpeg(path, otherwise);
  if (typeof found !== 'string') usable.set(path, found);
  return found;
}

function askFfmpeg(path: string, otherwise: string): { version: string; path: string } | string {
  let text: string;
  try {
    text = execFileSync(path, ['-version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return otherwise;
  }
  const version = /^ffmpeg version (\S+)/.exec(text)?.[1];
  if (version === undefined) return `${path} is not ffmpeg`;
  if (text.includes('configuration:') && !text.includes('--enable-libx264')) {
    return `${path} (${version}) was built without libx264`;
  }
  return { version, path };
}

/** An encoder that can be used: a program where it has a path, else WASM_ENCODER. */
export type VideoEncoderChoice = Choice & { name: string };

/** The chosen encoder. @throws UserError when there is none, or when FFMPEG_BIN names what cannot be used. */
export function requireVideoEncoder(environment: NodeJS.ProcessEnv = process.env): VideoEncoderChoice {
  const choice = chooseVideoEncoder(environment);
  const { name, others } = choice;
  if ((environment.FFMPEG_BIN ?? '') !== '' && name !== 'FFMPEG_BIN') {
    throw new UserError(`FFMPEG_BIN is no usable ffmpeg (${others.FFMPEG_BIN}). Name another, or unset it.`);
  }
  if (name === undefined) {
    const reasons = Object.entries(others).map(([other, reason]) => `${other}: ${reason}`);
    throw new UserError(`There is nothing to write videos with. ${reasons.join('; ')}.`);
  }
  return { ...choice, name };
}
